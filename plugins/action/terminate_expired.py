"""Ends the instances and volumes of all runs whose time is over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.aws import session
from benchmarks.launch import expired_ending, termination
from benchmarks.runs import record_files


class ActionModule(ActionBase):
    """`regions` are where to look; `all_owners` if those of other people are ended as well.

    `runs_dir` has the directories of runs in which their end is recorded; `timeout` is in seconds until no instance may
    be alive. Needs no record of any run. What cannot be ended keeps nothing else from being ended, and is a failure at
    the end. Returns the ids of what was `ended` and, in `lines`, what was done and is left in each region.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {
                "regions": {"type": "list", "elements": "str", "required": True},
                "all_owners": {"type": "bool", "default": False},
                "runs_dir": {"type": "path"},
                "timeout": {"type": "int", "default": 600},
            }
        )
        given = record_files.untagged(tagged)
        outcome = expired_ending.end(
            {region: session.connector(region) for region in given["regions"]},
            datetime.now(UTC),
            all_owners=given["all_owners"],
            check=self._task.check_mode,
            timeout=given["timeout"],
        )
        if given["runs_dir"]:
            termination.note_expired(Path(given["runs_dir"]), outcome.runs)
        if not outcome.complete:
            return {"failed": True, "msg": "\n".join(outcome.lines), "ended": list(outcome.ended)}
        return {"changed": bool(outcome.ended), "ended": list(outcome.ended), "lines": list(outcome.lines)}
