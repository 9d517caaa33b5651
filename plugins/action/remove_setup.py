"""Removes what setup made. An action, not a module, so that progress is shown while it goes on."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from benchmarks.account import remover
from benchmarks.account.teardown_place import choose_place
from benchmarks.aws import aws_errors, session
from benchmarks.runs import record_files
from benchmarks.runs.records import Teardown

display = Display()


class ActionModule(ActionBase):
    """`survey` says what to remove; `timeout` is how many seconds to wait for instances that are shutting down."""

    _VALID_ARGS = frozenset(("survey", "parameters", "timeout"))
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        if self._task.check_mode:
            return {"changed": True}
        parameters = args["parameters"]
        survey: Teardown = record_files.typed(Teardown, args["survey"])
        connect = session.connector(parameters["region"])
        try:
            outcome = remover.Remover(connect, survey, float(args["timeout"]), _tell).remove_all()
            left = () if outcome.failures else remover.still_there(connect, choose_place(parameters, connect), survey)
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error)}
        return {"changed": bool(outcome.removed), **remover.result(outcome, left)}


def _tell(text: str) -> None:
    display.display(f"  {text}")
