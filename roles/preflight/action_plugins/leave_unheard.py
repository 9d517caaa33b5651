"""Leaves a host as it is that does not tell what it is at, if others of its run do; fails if none does.

It may measure all the same, and must not keep those that answer from being followed. For this call it has failed.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.host import ssh_failures
from benchmarks.playbook import stages
from benchmarks.runs import attempts, before_plan, event_records, events, failures, host_labels, run_directory


class ActionModule(ActionBase):
    """`host_dir` is on the controller, `answers` is what find_active has answered for this host and all others.

    Where it fails, what the run's records said before it was planned is restored.
    """

    _VALID_ARGS = frozenset(("host_dir", "unheard", "answers"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        here = Path(args["host_dir"])
        if not any(map(_is_heard, args["answers"])):
            # Why it is refused matters more than a disk that is full.
            with suppress(OSError):
                before_plan.restore(here.parent)
            raise AnsibleActionFail(args["unheard"])
        host = host_labels.here(task_vars["inventory_hostname"])
        told = ssh_failures.unheard(args["unheard"])
        try:
            attempts.leave(here)
            failures.record_failure(
                here.parent, host, "Check what the host is at", told, attempt=attempts.current(here)
            )
        except OSError as error:
            raise AnsibleActionFail(str(run_directory.write_failed(error))) from None
        stages.tell("left", host)
        events.note(events.here(), event_records.RunLeft(host=host))
        return {"changed": False, "warnings": [told]}


def _is_heard(answer: Any) -> bool:
    """Whether a host has told what it is at, or is known to be gone; of one that was not asked there is no number."""
    return "number" in answer and not answer["unheard"]
