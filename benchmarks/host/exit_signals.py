"""Why a signal ended a program, as far as the signal says."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass

MORE_MEMORY = "Choose an instance type with more memory."


@dataclass(frozen=True)
class Signal:
    """A signal, why it is sent, as the end of a sentence, and what to do about it, as a sentence."""

    name: str
    reason: str = ""
    remedy: str = ""

    @property
    def said(self) -> str:
        return f"was ended by {self.name}{self.reason and ', '}{self.reason}"


# signal(7), and what Rust programs get them by.
_KNOWN: Mapping[str, Signal] = {
    known.name: known
    for known in (
        Signal(
            "SIGILL",
            "since it has instructions that this CPU has not",
            "Build it for this CPU: without rustflags, or with -C target-cpu=native.",
        ),
        Signal("SIGKILL", "most likely since the memory ran out", MORE_MEMORY),
        Signal("SIGSEGV", "since it used memory that is not its own: a fault in unsafe code, or endless recursion"),
        Signal("SIGABRT", "by which a program gives up"),
        Signal("SIGBUS", "since a mapped file ended before what was read of it, or the disk is full"),
        Signal("SIGFPE", "since it divided by zero"),
        Signal("SIGSYS", "since it made a system call that is forbidden on this machine"),
        Signal("SIGTERM", "which something else on the machine has sent"),
    )
}
_STATUS_OF_SIGNALS = 128  # what a shell adds to a signal's number


def named(name: str) -> Signal:
    """The signal of a name with or without SIG, as systemd writes it."""
    full = name if name.startswith("SIG") else f"SIG{name}"
    return _KNOWN.get(full, Signal(full))


def numbered(number: int) -> Signal:
    """The signal of a number of Linux."""
    try:
        return named(signal.Signals(number).name)
    except ValueError:
        return Signal(f"signal {number}")


def of_status(status: int) -> Signal | None:
    """The signal that an exit status of a shell stands for, None where it stands for none."""
    number = status - _STATUS_OF_SIGNALS
    return numbered(number) if 0 < number <= signal.SIGRTMAX else None
