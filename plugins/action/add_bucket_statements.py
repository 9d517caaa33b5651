"""Adds statements to a bucket policy, which amazon.aws can only replace as a whole."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.account import public_access
from benchmarks.aws import aws_errors, session
from benchmarks.runs import record_files


class ActionModule(ActionBase):
    """`bucket` is owned by `account`; `region` is that of the S3 endpoint to call; each of the `statements` has a Sid.

    A statement replaces the one with its Sid; all others are kept. If they are to make objects `public`, the bucket's
    own block of public policies is ended before. In check mode, a bucket that does not exist yet counts as one without
    a policy.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {
                "bucket": {"type": "str", "required": True},
                "account": {"type": "str", "required": True},
                "region": {"type": "str", "required": True},
                "statements": {"type": "list", "elements": "dict", "required": True},
                "public": {"type": "bool", "default": False},
            }
        )
        given = record_files.untagged(tagged)
        try:
            s3 = session.connector(given["region"])("s3")
            add = public_access.add if given["public"] else public_access.add_to_private
            changed = add(s3, given["bucket"], given["account"], given["statements"], dry=self._task.check_mode)
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error)}
        return {"changed": changed}
