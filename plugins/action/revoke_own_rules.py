"""Takes back from the security group the addresses that a user no longer has."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.account import own_rules
from benchmarks.aws import aws_errors, session
from benchmarks.runs import record_files


class ActionModule(ActionBase):
    """`vpc` is that of the group, in `region`; `description` is that of the user's rules.

    Only single addresses in rules for SSH with exactly this description are taken back, and only while the group lets
    in `allow_from`, the range from which the user reaches instances now. Rules of other users and wider ranges stay.
    Returns the addresses that were `revoked`.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        needed = {"type": "str", "required": True}
        _, tagged = self.validate_argument_spec(dict.fromkeys(("region", "vpc", "description", "allow_from"), needed))
        given = record_files.untagged(tagged)
        try:
            ec2 = session.connector(given["region"])("ec2")
            revoked = own_rules.revoke_outdated(
                ec2, given["vpc"], given["description"], given["allow_from"], dry=self._task.check_mode
            )
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error)}
        return {"changed": bool(revoked), "revoked": revoked}
