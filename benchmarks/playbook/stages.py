"""The progress of a playbook, reported by Ansible to the process that started it.

It uses a pipe, not a file: the disk may be full or the run's directory deleted just when it matters.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from benchmarks.runs import record_files
from benchmarks.runs.records import Stages, StageTime

VARIABLE = "BENCHMARKS_STAGES"
# The playbooks whose stages count as the run's. Those of others, such as terminate, do not.
PLAYBOOKS = ("benchmark", "finish")
# While no other stage has begun, nothing has been launched.
FIRST = "preflight"
# The stages that each attempt of a run repeats, in this order.
OF_ATTEMPT = ("toolchain", "benchmark", "collect", "report", "publish", "terminate")
CONTROLLER = "localhost"
LAST_PLAY = "Leave nothing running"
EVENTS = ("begun", "ended", "play", "answered")
# What a host is at, each told when it begins: see Hosts.
OF_HOST = ("waits", "launched", "works", "measures", "measured", "failed", "ending", "left")


@dataclass(frozen=True)
class Hosts:
    """The names of the hosts that have come so far, whatever has come after."""

    waits: frozenset[str] = frozenset()  # a task has begun for it, and it has no instance yet: named by its number
    launched: frozenset[str] = frozenset()  # of those, the ones that are named by their instance from now on
    works: frozenset[str] = frozenset()  # a task has begun there
    measures: frozenset[str] = frozenset()  # the benchmark runs in a unit of its own, which needs nobody
    measured: frozenset[str] = frozenset()  # it has ended, and what it left is there
    failed: frozenset[str] = frozenset()
    ending: frozenset[str] = frozenset()  # its end has begun
    left: frozenset[str] = frozenset()  # it measures, and this playbook does not wait for it

    @property
    def at_it(self) -> frozenset[str]:
        """Those that measure, or keep what they have measured, whether or not anybody waits for them."""
        return (self.measures - self.ending) | self.left

    @property
    def can_be_left(self) -> bool:
        """Whether this controller can go away: some are at it, and no other instance has still to begin.

        A host without an instance costs nothing, and waits for who comes back.
        """
        begun = self.works - self.launched - self.failed - self.ending - self.left
        return bool(self.at_it) and not begun - self.measures

    @property
    def unlaunched(self) -> frozenset[str]:
        """Those that may still be launched."""
        return self.waits - self.launched - self.failed


@dataclass(frozen=True)
class Reached:
    """The stages of a playbook that have begun and ended, and whether it has reached its last play."""

    begun: frozenset[str]
    ended: frozenset[str]
    ended_by_itself: bool  # the last play terminates the instances of all hosts
    answered_no: bool = False  # it has looked, and the answer is no: nothing has failed
    hosts: Hosts = Hosts()

    @property
    def started(self) -> bool:
        """Whether it has done more than check the request."""
        return bool(self.begun - {FIRST})

    @property
    def is_launching(self) -> bool:
        """Whether EC2 may be launching instances whose ids are not known yet."""
        return "launch" in self.begun - self.ended or bool(self.hosts.unlaunched)


NOTHING = Reached(frozenset(), frozenset(), False)


class Pipe:
    """Receives what a playbook reports."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader, self.writer = reader, writer
        self._said = ""
        self._open = True

    def close(self) -> None:
        """Read what is left, then close the pipe. `reached` keeps its answer."""
        self.reached()
        self._open = False
        os.close(self._reader)
        os.close(self.writer)

    @property
    def environment(self) -> Mapping[str, str]:
        """The variable by which a child finds the pipe. The child has to inherit the descriptor `writer`."""
        return {VARIABLE: str(self.writer)}

    def reached(self) -> Reached:
        """What has been reported so far. Does not block."""
        while self._open and (chunk := self._read()):
            self._said += chunk
        words = [line.split(" ", 1) for line in self._said.splitlines()]
        told = {event: frozenset(w[1] for w in words if w[0] == event) for event in (*EVENTS, *OF_HOST)}
        hosts = Hosts(**{event: told[event] for event in OF_HOST})
        return Reached(told["begun"], told["ended"], LAST_PLAY in told["play"], bool(told["answered"]), hosts)

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


@dataclass
class Current:
    """A stage that is under way: whether anything of it was done, and whether that failed."""

    name: str
    did: bool = False
    failed: bool = False
    begun: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self.begun

    @property
    def result(self) -> Literal["done", "failed", "skipped"]:
        return "failed" if self.failed else "done" if self.did else "skipped"


class Times:
    """How long each stage has taken, and whether it failed: what the controller has done, and then the longest host."""

    def __init__(self) -> None:
        self._times: dict[str, StageTime] = {}
        self._seconds: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))

    def add(self, host: str, stage: str, seconds: float, failed: bool) -> None:
        """Add the time of a stage that has ended on a host, to that of an earlier time if it has run there before."""
        of_stage = self._seconds[stage]
        of_stage[host] += seconds
        longest = max((one for name, one in of_stage.items() if name != CONTROLLER), default=0.0)
        earlier = self._times.get(stage)
        self._times[stage] = StageTime(
            name=stage,
            seconds=round(of_stage[CONTROLLER] + longest, 3),
            failed=failed or bool(earlier and earlier.failed),
        )

    def note(self, directory: Path | None, stage: str) -> None:
        """Write a stage's time at once, so that it is not lost if the run is interrupted. Errors are ignored.

        Times of later stages that an earlier call has recorded are removed: this attempt has not reached them yet.
        """
        if directory and directory.exists():
            with suppress(OSError):
                noted = record_files.recall(Stages, directory) or Stages()
                later = OF_ATTEMPT[OF_ATTEMPT.index(stage) + 1 :] if stage in OF_ATTEMPT else ()
                kept = {one.name: one for one in noted.stages if one.name not in later or one.name in self._times}
                times = {**kept, stage: self._times[stage]}
                # Hosts that fail early come to the last stage first.
                record_files.write(directory, Stages(stages=tuple(sorted(times.values(), key=_place))))


def _place(time: StageTime) -> int:
    """Where a stage stands among those of an attempt; before them, if it is none of those."""
    return OF_ATTEMPT.index(time.name) if time.name in OF_ATTEMPT else -1


def times(directory: Path) -> dict[str, float]:
    """The seconds that each stage of a run has taken; empty if the record is damaged."""
    noted = record_files.recall(Stages, directory) or Stages()
    return {one.name: one.seconds for one in noted.stages}


def tell(event: str, what: str) -> bool:
    """Report to the process that started this playbook; return whether it listens.

    One of EVENTS: a stage has `begun` or `ended`, a `play` has begun, a stage has `answered` no; one of OF_HOST, which
    is about a host; or `over`, which only asks whether it listens.
    """
    if VARIABLE not in os.environ:
        return False
    # That process may have been killed, which is no reason to stop.
    with suppress(OSError):
        os.write(int(os.environ[VARIABLE]), f"{event} {what}\n".encode())
        return True
    return False
