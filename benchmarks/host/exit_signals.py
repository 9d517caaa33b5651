"""What the signal that ended a program says about the cause."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass

MORE_MEMORY = "Choose an instance type with more memory."


@dataclass(frozen=True)
class Signal:
    """A signal; `reason` completes a sentence, and `remedy` is a sentence of its own."""

    name: str
    reason: str = ""
    remedy: str = ""

    @property
    def said(self) -> str:
        return f"was ended by {self.name}{self.reason and ', '}{self.reason}"


# See signal(7). The reasons are those that are usual for Rust programs.
_KNOWN: Mapping[str, Signal] = {
    known.name: known
    for known in (
        Signal(
            "SIGILL",
            "because it uses instructions that this CPU lacks",
            "Build it for this CPU: without rustflags, or with -C target-cpu=native.",
        ),
        Signal("SIGKILL", "most likely because memory ran out", MORE_MEMORY),
        Signal("SIGSEGV", "because it accessed invalid memory: a fault in unsafe code, or endless recursion"),
        Signal("SIGABRT", "with which a program aborts itself"),
        Signal("SIGBUS", "because a mapped file is shorter than what was read of it, or the disk is full"),
        Signal("SIGFPE", "because it divided by zero"),
        Signal("SIGSYS", "because it made a system call that this machine forbids"),
        Signal("SIGTERM", "which something else on the machine sent"),
    )
}
_STATUS_OF_SIGNALS = 128  # a shell's exit status for a signal is this plus the signal's number


def named(name: str) -> Signal:
    """The signal with this name; systemd writes it without SIG."""
    full = name if name.startswith("SIG") else f"SIG{name}"
    return _KNOWN.get(full, Signal(full))


def numbered(number: int) -> Signal:
    """The signal with this Linux signal number."""
    try:
        return named(signal.Signals(number).name)
    except ValueError:
        return Signal(f"signal {number}")


def of_status(status: int) -> Signal | None:
    """The signal that a shell's exit status stands for, None if it stands for none."""
    number = status - _STATUS_OF_SIGNALS
    return numbered(number) if 0 < number <= signal.SIGRTMAX else None
