"""What is done when a run has not ended well, so that no instance is left running without a word.

The one place for that: whatever has become of Ansible, of the run's records and of its directory, AWS is asked by the
run's tag what lives. It is ended, or told of with what it costs, when it ends by itself and what ends it now.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import aws, command, ending, play, remaining, stages

# How long after an interruption an instance may still turn up that was being launched at that moment.
LATECOMERS = 10.0  # seconds


@dataclass(frozen=True)
class Aftermath:
    """What there is to do after a run of this id. `values` are its parameters, which its directory may have no more."""

    run_id: str
    directory: Path
    region: str | None  # None where it launches nothing
    keeps: bool
    fresh: bool  # begun by this process
    values: Mapping[str, Any]
    terminal: bool
    columns: int
    console: Console
    connect: Callable[[str], aws.Connect] = aws.connector
    sleep: Callable[[float], None] = time.sleep

    def of_failure(self, code: int, reached: stages.Reached) -> None:
        """Bring back what a playbook has left that did not come to its end, then leave nothing running."""
        if not reached.started:
            self._tell_what_ran()
            return
        try:
            if not reached.ended_by_itself:
                why = signal.Signals(-code).name if code < 0 else f"exit code {code}"
                self._say(f"ansible-playbook ended before its time ({why}): bringing back what there is …")
                self._finish()
        except OSError as error:
            self._say(f"What there is could not be brought back: {error}.")
        self._leave_nothing_running(reached)

    def of_signal(self, reached: stages.Reached) -> None:
        """End the instances first of all: whoever has sent the signal may not wait for long."""
        if reached.started:
            self._leave_nothing_running(reached)
        else:
            self._say("Nothing has been launched.")
            self._tell_what_ran()

    def _finish(self) -> None:
        """Have another playbook collect, publish and end."""
        built = command.playbook("finish", self.values, self.region, terminal=self.terminal, columns=self.columns)
        with play.Playing(built) as playing:
            playing.wait()

    def _leave_nothing_running(self, reached: stages.Reached) -> None:
        latecomers = LATECOMERS if reached.is_launching else 0.0
        if not self.region:
            if not reached.ended_by_itself:
                self._say(f"What it has started may still run on the host: --run-id {self.run_id} goes on with it.")
        elif self.keeps:
            self._tell_what_runs(latecomers)
        else:
            self._end(self.region, latecomers)

    def _end(self, region: str, latecomers: float) -> None:
        ec2 = self.connect(region)("ec2")
        try:
            ended = ending.end(ec2, self.run_id, self.directory, latecomers=latecomers, told=self._told)
            self._say(ending.sentence(self.run_id, region, ended))
        except aws.ERRORS as error:
            self._say(ending.explain(error, ec2, self.run_id, self.directory))
            self._tell_what_runs(0.0, silent=True)

    def _tell_what_ran(self) -> None:
        """Of a run that was begun before, say what lives of it: this call has done nothing about that."""
        if not self.fresh:
            self._tell_what_runs(0.0)

    def _tell_what_runs(self, latecomers: float, *, silent: bool = False) -> None:
        """Say what lives of the run; `silent` where that has just been told, unless it cannot be known."""
        if not self.region:
            return
        deadline = time.monotonic() + latecomers
        try:
            ec2 = self.connect(self.region)("ec2")
            while not (left := remaining.of(ec2, self.run_id)) and time.monotonic() < deadline:
                self.sleep(1)
        except aws.ERRORS as error:
            by_hand = remaining.end_command(self.run_id, self.region, self.directory)
            why = aws.sentence(error)
            self._say(f"{why}\nWhether instances of the run are left is not known. To end what there is: {by_hand}")
            return
        if left and not silent:
            self._say(remaining.report(left, self.run_id, self.region, self.directory))

    def _told(self, ids: Sequence[str]) -> None:
        self._say(f"EC2 was told to end {', '.join(ids)}; waiting until nothing of the run is left …")

    def _say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)
