"""How far a playbook has come, told by Ansible to the process that started it.

By a pipe, since the disk may be full and the run's directory gone just when it matters.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runs import record_files
from benchmarks.runs.records import Stages, StageTime

VARIABLE = "BENCHMARKS_STAGES"
# The playbooks that carry a run out, by their names: times of others, as of bench.terminate's, are not the run's.
PLAYBOOKS = ("benchmark", "finish")
# Before any other stage nothing has been launched.
FIRST = "preflight"
# What is done anew for each attempt of a run, in this order.
OF_ATTEMPT = ("toolchain", "benchmark", "collect", "publish", "terminate")
LAST_PLAY = "Leave nothing running"


@dataclass(frozen=True)
class Reached:
    """The stages of a playbook that have begun, those of them that have ended, and whether it came to its last play."""

    begun: frozenset[str]
    ended: frozenset[str]
    ended_by_itself: bool  # the last play ends what is left of all hosts

    @property
    def started(self) -> bool:
        """Whether more was done than to check the request."""
        return bool(self.begun - {FIRST})

    @property
    def is_launching(self) -> bool:
        """Whether EC2 may be launching instances of which nothing is known yet."""
        return "launch" in self.begun - self.ended


NOTHING = Reached(frozenset(), frozenset(), False)


class Pipe:
    """Takes what a playbook tells."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader, self.writer = reader, writer
        self._said = ""
        self._open = True

    def close(self) -> None:
        """Take what is left, then close it: what was told stays known."""
        self.reached()
        self._open = False
        os.close(self._reader)
        os.close(self.writer)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a child finds the pipe by, which has to inherit `writer`."""
        return {VARIABLE: str(self.writer)}

    def reached(self) -> Reached:
        """What has been told so far. Waits for nothing."""
        while self._open and (chunk := self._read()):
            self._said += chunk
        words = [line.split(" ", 1) for line in self._said.splitlines()]
        told = {event: frozenset(word[1] for word in words if word[0] == event) for event in ("begun", "ended", "play")}
        return Reached(told["begun"], told["ended"], LAST_PLAY in told["play"])

    def _read(self) -> str:
        try:
            return os.read(self._reader, 65536).decode()
        except BlockingIOError:
            return ""


@contextmanager
def pipe() -> Iterator[Pipe]:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    made = Pipe(reader, writer)
    try:
        yield made
    finally:
        made.close()


class Times:
    """How long each stage has taken, and whether it has failed."""

    def __init__(self) -> None:
        self._times: dict[str, StageTime] = {}

    def add(self, stage: str, seconds: float, failed: bool) -> bool:
        """Take note of a stage that has ended; whether it is the first time."""
        earlier = self._times.get(stage)
        before, failed_before = (earlier.seconds, earlier.failed) if earlier else (0.0, False)
        total = round(before + seconds, 3)
        self._times[stage] = StageTime(name=stage, seconds=total, failed=failed or failed_before)
        return not earlier

    def note(self, directory: Path | None, stage: str) -> None:
        """Write a stage's time down at once, so that a run that is interrupted later has it; not worth a failure.

        Times that an earlier call has left of what comes behind it are no longer this run's.
        """
        if directory and directory.exists():
            with suppress(OSError):
                noted = record_files.recall(Stages, directory) or Stages()
                behind = OF_ATTEMPT[OF_ATTEMPT.index(stage) + 1 :] if stage in OF_ATTEMPT else ()
                kept = {one.name: one for one in noted.stages if one.name not in behind or one.name in self._times}
                times = {**kept, stage: self._times[stage]}
                record_files.write(directory, Stages(stages=tuple(times.values())))


def times(directory: Path) -> dict[str, float]:
    """The seconds that a run's stages have taken; none where the record of them is damaged."""
    noted = record_files.recall(Stages, directory) or Stages()
    return {one.name: one.seconds for one in noted.stages}


def tell(event: str, stage: str) -> None:
    """Tell the process that started this playbook, if one has asked: a stage has `begun` or `ended`, a `play` begun."""
    if VARIABLE in os.environ:
        # Whoever has asked may be dead by now, which is no reason to stop.
        with suppress(OSError):
            os.write(int(os.environ[VARIABLE]), f"{event} {stage}\n".encode())
