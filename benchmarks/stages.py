"""How far a playbook has come, told by Ansible to the process that started it.

By a pipe, since the disk may be full and the run's directory gone just when it matters.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import runs

RECORD = "stages.json"
VARIABLE = "BENCHMARKS_STAGES"
# Before any other stage nothing has been launched.
FIRST = "preflight"
LAST = "terminate"
# What is done anew for each attempt of a run, in this order.
OF_ATTEMPT = ("toolchain", "benchmark", "collect", "publish", LAST)


@dataclass(frozen=True)
class Reached:
    """The stages of a playbook that have begun, and those of them that have ended."""

    begun: frozenset[str]
    ended: frozenset[str]

    @property
    def started(self) -> bool:
        """Whether more was done than to check the request."""
        return bool(self.begun - {FIRST})

    @property
    def ended_by_itself(self) -> bool:
        """Whether it came to its last stage, which ends what is left."""
        return LAST in self.begun

    @property
    def is_launching(self) -> bool:
        """Whether EC2 may be launching instances of which nothing is known yet."""
        return "launch" in self.begun - self.ended


class Pipe:
    """Takes what a playbook tells."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader, self.writer = reader, writer
        self._said = ""

    @property
    def environment(self) -> Mapping[str, str]:
        """What a child finds the pipe by, which has to inherit `writer`."""
        return {VARIABLE: str(self.writer)}

    def reached(self) -> Reached:
        """What has been told so far. Waits for nothing."""
        while chunk := self._read():
            self._said += chunk
        words = [line.split(" ", 1) for line in self._said.splitlines()]
        stages = {event: frozenset(word[1] for word in words if word[0] == event) for event in ("begun", "ended")}
        return Reached(stages["begun"], stages["ended"])

    def _read(self) -> str:
        try:
            return os.read(self._reader, 65536).decode()
        except BlockingIOError:
            return ""


@contextmanager
def pipe() -> Iterator[Pipe]:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    try:
        yield Pipe(reader, writer)
    finally:
        os.close(reader)
        os.close(writer)


class Times:
    """How long each stage has taken, and whether it has failed."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[str, Any]] = {}

    def add(self, stage: str, seconds: float, failed: bool) -> bool:
        """Take note of a stage that has ended; whether it is the first time."""
        first = stage not in self._entries
        entry = self._entries.setdefault(stage, {"seconds": 0.0, "failed": False})
        entry["seconds"] = round(entry["seconds"] + seconds, 3)
        entry["failed"] = entry["failed"] or failed
        return first

    def note(self, directory: Path, stage: str) -> None:
        """Write a stage's time down at once, so that a run that is interrupted later has it; not worth a failure.

        Times that an earlier call has left of what comes behind it are no longer this run's.
        """
        if directory.exists():
            with suppress(OSError):
                noted = runs.recall(directory, RECORD) or {}
                behind = OF_ATTEMPT[OF_ATTEMPT.index(stage) + 1 :] if stage in OF_ATTEMPT else ()
                kept = {name: entry for name, entry in noted.items() if name not in behind or name in self._entries}
                runs.write_record(directory, RECORD, {**kept, stage: self._entries[stage]})


def tell(event: str, stage: str) -> None:
    """Tell the process that started this playbook, if there is one that asked, that a stage has `begun` or `ended`."""
    if VARIABLE in os.environ:
        # Whoever has asked may be dead by now, which is no reason to stop.
        with suppress(OSError):
            os.write(int(os.environ[VARIABLE]), f"{event} {stage}\n".encode())
