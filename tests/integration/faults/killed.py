"""Runs of which every process on this machine is killed, and that are brought back."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.integration.conftest import Result, Tool, inv, started, wait_for
from tests.integration.faults.conftest import Faults, check_whole
from tests.support import killed_runs

# In the log of build and measurement.
MEASURES = "Benchmarking sum/100"
# EC2 has the instance.
LAUNCHING = "RunInstances"


class Killed:
    """A command that carries out a run, and is killed with all its processes."""

    def __init__(self, tool: Tool, run_id: str, process: subprocess.Popen[str]) -> None:
        self.tool, self.run_id = tool, run_id
        self._process = process
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.append(line)

    @property
    def said(self) -> str:
        return "".join(self._lines)

    @property
    def goes_on(self) -> bool:
        return self._process.poll() is None

    def wait(self, moment: str) -> None:
        """Wait for what tells it: the beginning of a line that is shown, a file's name, MEASURES or LAUNCHING."""

        def seen() -> bool:
            shown = any(line.startswith(moment) for line in self._lines)
            assert shown or self.goes_on, f"{self.run_id} has ended before {moment}: {self.said}"
            return shown or self._has(moment)

        wait_for(seen, moment, 240)

    def _has(self, moment: str) -> bool:
        if moment == MEASURES:
            return self.tool.is_measuring(self.run_id)
        if moment == LAUNCHING:
            return self.tool.account.launches(self.run_id) == 1
        return any((self.tool.runs / self.run_id).glob(moment))

    def end(self) -> Result:
        """Wait until the command has ended by itself."""
        code = self._process.wait(timeout=240)
        self._reader.join(timeout=30)
        return Result(code, self.said)

    def kill(self) -> str:
        """Returns all that was said."""
        killed_runs.kill(self.run_id)
        self._process.wait(timeout=30)
        self._reader.join(timeout=30)
        return self.said


@dataclass(frozen=True)
class Moment:
    """The moment at which all is killed, as the table of faults names it."""

    fault: str
    told_by: str  # as Killed.wait takes it
    until_then: Mapping[str, object] | None = None  # what AWS does meanwhile, so that the moment lasts


def bring_back(
    tool: Tool, run_id: str, faults_met: Faults, moments: Sequence[Moment], suite: Path | None = None
) -> list[str]:
    """Begin a run, and come back to it as to the latest one whenever all of it is killed. At last it is whole.

    Returns what the first command and each that came back have said.
    """
    said: list[str] = []
    arguments = tool.arguments(run_id, suite)
    for moment in moments:
        if moment.until_then:
            tool.account.admin("PUT", "faults", [moment.until_then])
        command = Killed(tool, run_id, started(arguments, tool.account.environment))
        try:
            command.wait(moment.told_by)
        finally:
            said.append(command.kill())
            tool.account.admin("DELETE", "faults")
        assert moment.told_by != LAUNCHING or not (tool.runs / run_id / "instances.json").exists()
        faults_met.strikes(moment.fault)
        arguments = coming_back(tool)
    return [*said, check_brought_back(tool, run_id, faults_met)]


def check_brought_back(tool: Tool, run_id: str, faults_met: Faults) -> str:
    """Who comes back to a run gets the whole result. Returns what that command has said."""
    back = inv(*coming_back(tool), environment=tool.account.environment)
    faults_met.ends(back.code, f"{run_id}: {back.output}")
    assert "Measured  3 benchmarks" in back.output
    check_whole(tool.account, tool, run_id)
    return back.output


def coming_back(tool: Tool) -> list[str]:
    return ["bench.attach", "latest", "--runs-dir", str(tool.runs)]
