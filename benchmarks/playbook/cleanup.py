"""What is done and said when a playbook has not ended well.

Of a run that is the one place for it: whatever has become of Ansible, of the run's records and of its directory, AWS is
asked by the run's tag what lives. It is ended, or told of with what it costs, when it ends by itself and what ends it.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rich.console import Console

from benchmarks.aws import aws_errors, session
from benchmarks.launch import remaining, termination
from benchmarks.playbook import command_line, playbook_process, stages

# How long after an interruption an instance may still turn up that was being launched at that moment.
LATE_ARRIVALS = 10.0  # seconds
# Said of a playbook that has done nothing yet.
NOTHING_DONE = {
    "benchmark": "Nothing has been launched.",
    "setup": "Nothing was created.",
    "terminate": "Nothing was ended.",
}
_CREATED = "What was created stays; the same command creates the rest."


class Cleanup(Protocol):
    """What there is to do and to say when a playbook has not ended well."""

    @property
    def console(self) -> Console:
        """Where it is said."""

    @property
    def interrupted(self) -> str:
        """What a signal makes of it, in a word or three."""

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        """After an exit code that is not 0; the sentence that the user is left with."""

    def of_signal(self, reached: stages.Reached) -> None:
        """After a signal."""


@dataclass(frozen=True)
class SetupCleanup:
    """Of setting up, which costs nothing and is gone on with by doing it again."""

    console: Console
    interrupted = "stopping"

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        return _CREATED if reached.started else NOTHING_DONE["setup"]

    def of_signal(self, reached: stages.Reached) -> None:
        self.console.print(_CREATED if reached.started else NOTHING_DONE["setup"], soft_wrap=True)


@dataclass(frozen=True)
class Instances:
    """The instances of a run, as AWS knows them; `connect` and `sleep` are what asks it, and what waits."""

    run_id: str
    directory: Path
    region: str
    console: Console
    connect: Callable[[str], session.Connect] = session.connector
    sleep: Callable[[float], None] = time.sleep

    def end(self, late_arrivals: float) -> None:
        """End them all, with those that turn up for so many seconds; tell of what could not be ended."""
        try:
            ec2 = self.connect(self.region)("ec2")
        except aws_errors.ERRORS as error:
            self._say_unknown(error)
            return
        try:
            ended = termination.end(ec2, self.run_id, self.directory, late_arrivals=late_arrivals, told=self._told)
            self._say(termination.sentence(self.run_id, self.region, ended))
        except aws_errors.ERRORS as error:
            self._say(termination.explain(error, ec2, self.run_id, self.directory))
            with suppress(*aws_errors.ERRORS):
                termination.note_gone(ec2, self.run_id, self.directory)

    def tell(self, late_arrivals: float = 0.0) -> None:
        """Say what lives."""
        deadline = time.monotonic() + late_arrivals
        try:
            ec2 = self.connect(self.region)("ec2")
            while not (left := remaining.of(ec2, self.run_id)) and time.monotonic() < deadline:
                self.sleep(1)
            termination.note_gone(ec2, self.run_id, self.directory)
        except aws_errors.ERRORS as error:
            self._say_unknown(error)
            return
        if left:
            self._say(remaining.report(left, self.run_id, self.region, self.directory))

    def _say_unknown(self, error: Exception) -> None:
        unknown = remaining.unknown(self.run_id, self.region, self.directory)
        self._say(f"{aws_errors.sentence(error)}\n{unknown}")

    def _told(self, ids: Sequence[str]) -> None:
        self._say(f"EC2 was told to end {', '.join(ids)}; waiting until nothing of the run is left …")

    def _say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)


@dataclass(frozen=True)
class TerminateCleanup:
    """Of ending a run: where that was broken off it is not gone on with, but what lives is told of."""

    instances: Instances
    interrupted = "stopping"

    @property
    def console(self) -> Console:
        return self.instances.console

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        # Ansible has said what lives and why, unless it was killed.
        if code < 0:
            self.instances.tell()
        return f"Ending the run {self.instances.run_id} failed." if reached.started else NOTHING_DONE["terminate"]

    def of_signal(self, reached: stages.Reached) -> None:
        self.instances.tell()


@dataclass(frozen=True)
class BenchmarkCleanup:
    """Of a run: it is brought back as far as it came, and its instances are ended, or told of."""

    run_id: str
    directory: Path
    instances: Instances | None  # None where it launches none
    keeps: bool
    fresh: bool  # begun by this process
    finish: command_line.Command  # the playbook that brings back what another has left, publishes and ends
    console: Console
    interrupted = "ending the run"

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        """Bring back what a playbook has left that did not come to its end, then leave nothing running."""
        if not reached.started:
            self._tell_what_ran()
            return "Nothing was launched."
        try:
            if not reached.ended_by_itself:
                why = signal.Signals(-code).name if code < 0 else f"exit code {code}"
                self._say(f"ansible-playbook ended before its time ({why}): bringing back what there is …")
                with playbook_process.Playing(self.finish) as playing:
                    playing.wait()
        except OSError as error:
            self._say(f"What there is could not be brought back: {error}.")
        self._leave_nothing_running(reached)
        return f"The run failed. Partial results are in {self.directory}"

    def of_signal(self, reached: stages.Reached) -> None:
        """End the instances first of all: whoever has sent the signal may not wait for long."""
        if reached.started:
            self._leave_nothing_running(reached)
        else:
            self._say(NOTHING_DONE["benchmark"])
            self._tell_what_ran()

    def _leave_nothing_running(self, reached: stages.Reached) -> None:
        late_arrivals = LATE_ARRIVALS if reached.is_launching else 0.0
        if not self.instances:
            if not reached.ended_by_itself:
                self._say(f"What it has started may still run on the host: --run-id {self.run_id} goes on with it.")
        elif self.keeps:
            self.instances.tell(late_arrivals)
        else:
            self.instances.end(late_arrivals)

    def _tell_what_ran(self) -> None:
        """Of a run that was begun before, say what lives of it: this call has done nothing about that."""
        if self.instances and not self.fresh:
            self.instances.tell()

    def _say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)
