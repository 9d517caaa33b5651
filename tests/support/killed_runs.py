"""Kills everything that carries out a run on this machine, as a power cut would."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil

from benchmarks.paths import ROOT

# As ./inv starts it, and as a Python program does.
WRAPPERS = (f"{ROOT}/.venv/bin/benchmarks", "benchmarks.cli.program")


def kill(run_id: str) -> None:
    """SIGKILL to the wrapper, Ansible, its workers in sessions of their own, and ssh."""
    for _ in range(3):  # a process may have started another meanwhile
        for process in _processes(run_id):
            with suppress(psutil.NoSuchProcess):
                process.kill()
    _, left = psutil.wait_procs(_processes(run_id), timeout=30)
    assert left == []


def _processes(run_id: str) -> list[psutil.Process]:
    """Those that name a run, with all that they have started, and the wrapper, which need not name it."""
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            # Those of an instance are another machine's, and are seen from here in a sandbox only.
            if _machine(process.pid) == _machine(os.getpid()) and run_id in " ".join(process.cmdline()):
                family = [process, *process.children(recursive=True)]
                parent = process.parent()
                if parent and any(word in WRAPPERS for word in parent.cmdline()):
                    family.append(parent)
                found |= {one.pid: one for one in family if _lives(one)}
    return list(found.values())


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _machine(pid: int) -> Path:
    return Path(f"/proc/{pid}/ns/pid").readlink()
