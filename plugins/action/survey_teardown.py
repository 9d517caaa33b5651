"""Finds what setup made in an AWS account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.account import remains, removal, users
from benchmarks.account.teardown_place import choose_place
from benchmarks.aws import aws_errors, session
from benchmarks.runs import record_files, run_directory


class ActionModule(ActionBase):
    """`parameters` are teardown's.

    Changes nothing in the account. Fails if something that would be removed is still in use. Writes `teardown.json`
    into `run_dir`. Returns as `survey` what is removed and what is left.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {"parameters": {"type": "dict", "required": True}, "run_dir": {"type": "path", "required": True}}
        )
        given = record_files.untagged(tagged)
        parameters, directory = given["parameters"], Path(given["run_dir"])
        try:
            connect = session.connector(parameters["region"])
            place = choose_place(parameters, connect)
            survey = removal.plan(place, remains.find(connect, place))
            group, profile = survey.id_of("security_group"), survey.id_of("instance_profile")
            removal.check_unused(survey, users.find(connect("ec2"), place.region, group, profile))
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error)}
        try:
            changed = record_files.write(directory, survey)
        except OSError as error:
            return {"failed": True, "msg": str(run_directory.cannot_be_written(directory, error))}
        return {"changed": changed, "survey": record_files.plain(survey)}
