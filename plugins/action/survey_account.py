"""Waits until AWS shows all that setup has created."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.account import survey as account_survey
from benchmarks.account.target import choose_target
from benchmarks.aws import aws_errors, session
from benchmarks.runs import record_files


class ActionModule(ActionBase):
    """`parameters` are setup's; `timeout` is how many seconds to wait.

    Changes nothing in the account. Fails if something is still missing in the end. Returns as `survey` what runs need,
    and whether it exists.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {"parameters": {"type": "dict", "required": True}, "timeout": {"type": "int", "required": True}}
        )
        given = record_files.untagged(tagged)
        parameters = given["parameters"]
        try:
            connect = session.connector(parameters["region"])
            target = choose_target(parameters, connect)
            survey = account_survey.wait_complete(connect, target, given["timeout"])
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error)}
        return {"changed": False, "survey": record_files.plain(survey)}
