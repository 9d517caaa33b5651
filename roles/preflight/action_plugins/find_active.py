"""Asks a host of a run that goes on whether it is measuring; refuses the request while that is something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.errors import RefusedError
from benchmarks.host import attempt_states
from benchmarks.runs import attempts


class ActionModule(ActionBase):
    """Takes the host's directories here and there, what the names of units begin with, and the suite's digest."""

    _VALID_ARGS = frozenset(("host_dir", "directory", "unit", "suite_digest"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        look = attempt_states.states_command(args["directory"], args["unit"])
        answer = self._low_level_execute_command(look, sudoable=False)
        here = Path(args["host_dir"])
        try:
            number = attempt_states.active_attempt(attempt_states.read_states(answer["stdout"]), args["suite_digest"])
            attempts.follow(here, number)
        except (RefusedError, OSError) as error:
            raise AnsibleActionFail(str(error)) from None
        return {"changed": False}
