"""Background processes, identified by pid and start time, since the system reuses pids."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A process and its start time, in a system-specific form that is only compared."""

    pid: int
    started: str


def identify(pid: int) -> Process | None:
    """The running process with this pid, or None; a zombie counts as dead."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The command's name is in parentheses and may contain spaces: count the fields after it.
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] in "ZX" else Process(pid, f"{_boot()}:{fields[19]}")
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return Process(pid, shown.stdout.strip()) if shown.stdout.strip() else None


def is_alive(process: Process) -> bool:
    """Whether exactly this process still runs."""
    return identify(process.pid) == process


def end(process: Process, timeout: float = 10.0) -> None:
    """Send SIGTERM to the process, and SIGKILL after `timeout` seconds."""
    for request, wait in ((signal.SIGTERM, timeout), (signal.SIGKILL, 5.0)):
        deadline = time.monotonic() + wait
        if not is_alive(process):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, request)
        while is_alive(process) and time.monotonic() < deadline:
            time.sleep(0.02)


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
