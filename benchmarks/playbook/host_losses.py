"""Tells the failure of a task on a host by what EC2 says of the host, if that is gone and so does not answer over SSH.

An instance may be ended at any stage: as a spot instance, by its timer, by somebody else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from benchmarks.host import host_check
from benchmarks.host.fetch_failures import TaskResult
from benchmarks.playbook import task_failures
from benchmarks.runs import record_files
from benchmarks.runs.records import Instances

ON_HOST = ("", "collect")  # stages, as failures name them, whose tasks run on the host


def check_command(directory: Path | None, host: str) -> Sequence[str]:
    """The command that asks EC2 about a host that a run has launched; empty for any other."""
    launched = record_files.recall(Instances, directory) if directory else None
    if launched is None or host not in (instance.instance_id for instance in launched.instances):
        return ()
    return (sys.executable, "-m", "benchmarks.aws.instance_check", launched.region, host, "with-checks")


def recorded(directory: Path, host: str, task: str, result: TaskResult, stage: str) -> str:
    """The failure of `task` on `host` for the run's record: of a host that is gone, first of all why it is.

    EC2 is asked of any failure in a stage on the host, since tasks that follow a lost connection fail in other ways.
    """
    unanswered = of_this_process().of_consequence(host, result)
    told = unanswered or task_failures.sentence(host, task, result)
    gone = host_check.gone(check_command(directory, host)) if stage in ON_HOST else ""
    if not gone or told.startswith(gone):
        return told
    return gone if unanswered or task_failures.is_unanswered(result) else f"{gone}\n{told}"


class Losses:
    """The hosts of a run that are known to be gone, and those that have not answered."""

    def __init__(self) -> None:
        self._gone: dict[str, str] = {}
        self._unanswered: dict[str, str] = {}
        self._told: dict[tuple[str, str, str], str] = {}

    def told(self, directory: Path | None, host: str, task: str, result: TaskResult, delegated: bool) -> str:
        """The failure of `task` on `host`. All who ask for the same one get the same sentence, and EC2 is asked once.

        What is delegated runs on the controller, and fails for a reason of its own.
        """
        if delegated:
            return task_failures.sentence(host, task, result)
        key = (host, task, str(result.get("msg")))
        if key not in self._told:
            self._told[key] = self.sentence(directory, host, task, result)
        return self._told[key]

    def sentence(self, directory: Path | None, host: str, task: str, result: TaskResult) -> str:
        """The failure of `task` on `host`, as from task_failures; of a host that is gone, why it is.

        EC2 is asked only if the host did not answer. If it cannot be asked, or still has the host, the failure is told
        as it is. What fails on a host after that it was lost is no failure of its own.
        """
        if host in self._gone:
            return self._gone[host]
        told = self.of_consequence(host, result) or task_failures.sentence(host, task, result)
        if task_failures.is_unanswered(result):
            if gone := host_check.gone(check_command(directory, host)):
                self._gone[host] = gone
                return gone
            self._unanswered[host] = told
        return told

    def of_consequence(self, host: str, result: TaskResult) -> str:
        """Why `host` has not answered, of a task that failed as it lacks what an earlier one has not learned from it.

        Empty for any other failure. The play ignores that a host is unreachable, and goes on with the next task.
        """
        return self._unanswered.get(host, "") if task_failures.lacks_a_value(result) else ""


@cache
def of_this_process() -> Losses:
    """What ansible-playbook's main process knows of hosts that are gone: for all its callbacks alike."""
    return Losses()
