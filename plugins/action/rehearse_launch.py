"""Asks EC2 by a dry run whether it would launch from the launch template that setup has created."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.aws import aws_errors, session
from benchmarks.doctor import examination
from benchmarks.runs import record_files


class ActionModule(ActionBase):
    """`parameters` are setup's; `owner` is the user's name, for the tags.

    Launches nothing, and does not fail for what EC2 answers. Returns that as one of setup's checks, `check`.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {"parameters": {"type": "dict", "required": True}, "owner": {"type": "str", "required": True}}
        )
        given = record_files.untagged(tagged)
        parameters = given["parameters"]
        try:
            check = examination.rehearse_launch(parameters, session.connector(parameters["region"]), given["owner"])
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error)}
        return {"changed": False, "check": record_files.plain(check)}
