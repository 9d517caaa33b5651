"""What is done when a run has not ended well, so that no instance is left running without a word.

The one place for that: whatever has become of Ansible, of the run's records and of its directory, AWS is asked by the
run's tag what lives. It is ended, or told of with what it costs, when it ends by itself and what ends it now.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

from benchmarks import aws, command, ending, play, remaining, stages

# How long after an interruption an instance may still turn up that was being launched at that moment.
LATECOMERS = 10.0  # seconds
_CREATED = "What was created stays; the same command creates the rest."


class Aftermath(Protocol):
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
class AfterSetup:
    """Of setting up, which costs nothing and is gone on with by doing it again."""

    console: Console
    interrupted = "stopping"

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        return _CREATED if reached.started else "Nothing was created."

    def of_signal(self, reached: stages.Reached) -> None:
        self.console.print(_CREATED if reached.started else "Nothing was created.", soft_wrap=True)


@dataclass(frozen=True)
class AfterEnding:
    """Of ending a run: where that was broken off it is not gone on with, but what lives is told of."""

    run_id: str
    directory: Path
    region: str
    console: Console
    interrupted = "stopping"

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        # Ansible has said what lives and why, unless it was killed.
        if code < 0:
            self.of_signal(reached)
        return f"Ending the run {self.run_id} failed." if reached.started else "Nothing was ended."

    def of_signal(self, reached: stages.Reached) -> None:
        try:
            left = remaining.of(aws.connector(self.region)("ec2"), self.run_id)
            said = remaining.report(left, self.run_id, self.region, self.directory) if left else "Nothing runs."
        except aws.ERRORS as error:
            said = _unknown(error, remaining.end(self.run_id, self.region, self.directory))
        self.console.print(said, soft_wrap=True)


@dataclass(frozen=True)
class AfterBenchmark:
    """Of a run: it is brought back as far as it came, and its instances are ended, or told of."""

    run_id: str
    directory: Path
    region: str | None  # None where it launches nothing
    keeps: bool
    values: Mapping[str, Any]  # the parameters, which the run's directory may not have any more
    terminal: bool
    columns: int
    console: Console
    interrupted = "ending the run"

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        """Bring back what a playbook has left that did not come to its end, then leave nothing running."""
        if not reached.started:
            return "Nothing was launched."
        if not reached.ended_by_itself:
            why = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            self._say(f"ansible-playbook ended before its time ({why}): bringing back what there is …")
            self._finish()
        self._leave_nothing_running(reached)
        return f"The run failed; what there is of it is in {self.directory}"

    def of_signal(self, reached: stages.Reached) -> None:
        """End the instances first of all: whoever has sent the signal may not wait for long."""
        if reached.started:
            self._leave_nothing_running(reached)
        else:
            self._say("Nothing has been launched.")

    def _finish(self) -> None:
        """Have another playbook collect, publish and end."""
        built = command.playbook("finish", self.values, self.region, terminal=self.terminal, columns=self.columns)
        with play.Playing(built) as playing:
            playing.wait()

    def _leave_nothing_running(self, reached: stages.Reached) -> None:
        if not self.region:
            if not reached.ended_by_itself:
                self._say(f"What it has started may still run on the host: --run-id {self.run_id} goes on with it.")
            return
        latecomers = LATECOMERS if reached.is_launching else 0.0
        by_hand = remaining.end(self.run_id, self.region, self.directory)
        try:
            ec2 = aws.connector(self.region)("ec2")
            left = remaining.of(ec2, self.run_id)
            if self.keeps:
                ending.note_gone(ec2, self.run_id, self.directory)
                self._say(remaining.report(left, self.run_id, self.region, self.directory) if left else "Nothing runs.")
                return
            ended = ending.end(ec2, self.run_id, self.directory, latecomers=latecomers, told=self._told)
            self._say(ending.sentence(self.run_id, self.region, ended))
        except aws.ERRORS as error:
            self._say(_unknown(error, by_hand))

    def _told(self, ids: Sequence[str]) -> None:
        if ids:
            self._say(f"EC2 was told to end {', '.join(ids)}; waiting until nothing of the run is left …")

    def _say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)


def _unknown(error: Exception, by_hand: str) -> str:
    return f"{aws.sentence(error)}\nWhether instances of the run are left is not known: {by_hand}"
