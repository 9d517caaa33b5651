"""What each of a run's several hosts is at, while each goes through the stages at its own pace."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from benchmarks.runs.host_labels import Label
from benchmarks.text import duration


@dataclass
class Course:
    """The course of a host: its stage, the first one in which something failed, and the results it has."""

    label: Label
    stage: str = ""
    failed: bool = False
    failed_in: str = ""
    benchmarks: int = 0
    begun: float = field(default_factory=time.monotonic)

    @property
    def progress(self) -> str:
        """What the host is at, until more is known."""
        if self.label.waits:
            return "  waits for the vCPU quota"
        return f"  … {self.stage}".rstrip()

    @property
    def idle(self) -> str:
        """What it does together with other hosts, of which all are without an instance; empty once it has one."""
        return "wait for the vCPU quota" if self.label.waits else ""

    def fail(self) -> None:
        """Something has failed in the stage that the host is at."""
        if not self.failed:
            self.failed, self.failed_in = True, self.stage

    def over(self, is_left: bool) -> str:
        """How it has gone, in one line, when nothing follows; `is_left` is whether the host goes on by itself."""
        if self.failed:
            how = f"failed in {self.failed_in}" if self.failed_in else "failed"
        else:
            how = "left measuring" if is_left else "done"
        word = "in" if how == "done" else "after"
        # A host that was never launched has taken no time.
        took = "" if self.label.waits else f" {word} {duration(time.monotonic() - self.begun)}"
        results = f": {self.benchmarks} benchmark{'s' * (self.benchmarks != 1)}" if self.benchmarks else ""
        return f"{'✗' if self.failed else '✓'} {self.label}  {how}{took}{results}"
