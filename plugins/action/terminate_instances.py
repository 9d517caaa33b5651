"""Terminates a run's instances and waits until none is alive."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.aws import aws_errors, caller, session
from benchmarks.launch import remaining, termination
from benchmarks.runs import record_files


class ActionModule(ActionBase):
    """With `instance_id`, only this one of the run `run_id`; `timeout` is in seconds until none may be alive.

    `keep` leaves what has answered over SSH and powers itself off; hosts that are `spared` are left alone; `asked`
    if the user has named the run, which then must be known; `final` if the run is over even if nothing of it was there.
    The instances are found by the run's tag. Ids in its records are looked up as well, since tags of new instances
    become visible only after a while. One that is
    shutting down is billed no more: it is followed for a while until it is terminated, which takes bare metal many
    minutes, but is no failure if it is not. Writes `terminated.json` into `run_dir`, if there is one. Returns the ids
    that this call `terminated`, those `shutting_down`, and the result as a `sentence` for the user.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {
                "run_id": {"type": "str", "required": True},
                "run_dir": {"type": "path", "required": True},
                "region": {"type": "str", "required": True},
                "instance_id": {"type": "str"},
                "keep": {"type": "bool", "default": False},
                "spared": {"type": "list", "elements": "str", "default": []},
                "asked": {"type": "bool", "default": False},
                "final": {"type": "bool", "default": True},
                "timeout": {"type": "int", "default": 600},
            }
        )
        given = record_files.untagged(tagged)
        directory = Path(given["run_dir"])
        try:
            connect = session.connector(given["region"])
            ec2 = connect("ec2")
        except aws_errors.errors() as error:
            unknown = remaining.unknown(given["run_id"], given["region"], directory)
            return {"failed": True, "msg": f"{aws_errors.sentence(error)}\n{unknown}"}
        account = partial(caller.account, connect, given["region"])
        try:
            if given["asked"]:
                termination.check_known(ec2, given["run_id"], directory)
            if self._task.check_mode:
                would = termination.would_end(
                    ec2,
                    given["run_id"],
                    directory,
                    given["instance_id"],
                    account=account,
                    keep=given["keep"],
                    spared=given["spared"],
                )
                outcome = termination.Outcome(tuple(would))
            else:
                outcome = termination.end(
                    ec2,
                    given["run_id"],
                    directory,
                    account=account,
                    only=given["instance_id"],
                    keep=given["keep"],
                    spared=given["spared"],
                    final=given["final"],
                    timeout=given["timeout"],
                )
        except aws_errors.errors() as error:
            region = ec2.meta.region_name
            return {"failed": True, "msg": termination.explain(error, connect, region, given["run_id"], directory)}
        return {
            "changed": bool(outcome.ended),
            "terminated": list(outcome.ended),
            "shutting_down": list(outcome.shutting_down),
            "sentence": termination.sentence(given["run_id"], given["region"], outcome),
            "warnings": list(termination.not_kept(outcome, directory)) if given["keep"] else [],
        }
