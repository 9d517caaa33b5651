"""What is done when a run has not ended well, so that no instance is left running without a word.

The one place for that: whatever has become of Ansible, of the run's records and of its directory, AWS is asked by the
run's tag what lives. It is ended, or told of with what it costs, when it ends by itself and what ends it now.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import aws, command, ending, play, remaining, stages

# How long after an interruption an instance may still turn up that was being launched at that moment.
LATECOMERS = 10.0  # seconds


@dataclass(frozen=True)
class Aftermath:
    """What there is to do after a run of this id."""

    run_id: str
    directory: Path
    region: str | None  # None where it launches nothing
    keeps: bool
    values: Mapping[str, Any]  # the parameters, which the run's directory may not have any more
    terminal: bool
    columns: int
    console: Console

    def of_failure(self, code: int, reached: stages.Reached) -> None:
        """Bring back what a playbook has left that did not come to its end, then leave nothing running."""
        if not reached.started:
            return
        if not reached.ended_by_itself:
            why = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            self._say(f"ansible-playbook ended before its time ({why}): bringing back what there is …")
            self._finish()
        self._leave_nothing_running(reached)

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
                self._say(remaining.report(left, self.run_id, self.region, self.directory) if left else "Nothing runs.")
                return
            ended = ending.end(ec2, self.run_id, self.directory, latecomers=latecomers, told=self._told)
            self._say(ending.sentence(self.run_id, self.region, ended))
        except aws.ERRORS as error:
            self._say(f"{aws.sentence(error)}\nWhether instances of the run are left is not known: {by_hand}")

    def _told(self, ids: Sequence[str]) -> None:
        if ids:
            self._say(f"EC2 was told to end {', '.join(ids)}; waiting until nothing of the run is left …")

    def _say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)
