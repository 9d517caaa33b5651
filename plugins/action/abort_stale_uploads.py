"""Makes a bucket abort incomplete multipart uploads, which cost money but are not listed as objects."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.account import bucket
from benchmarks.aws import aws_errors, session
from benchmarks.runs import record_files


class ActionModule(ActionBase):
    """`bucket` is owned by `account`; `region` is that of the S3 endpoint to call.

    Other lifecycle rules are kept. Nothing is changed if a rule of the user's own already does the same. In check mode,
    a bucket that does not exist yet counts as one without rules.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {
                "bucket": {"type": "str", "required": True},
                "account": {"type": "str", "required": True},
                "region": {"type": "str", "required": True},
            }
        )
        given = record_files.untagged(tagged)
        try:
            s3 = session.connector(given["region"])("s3")
            changed = bucket.add_upload_rule(s3, given["bucket"], given["account"], dry=self._task.check_mode)
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error)}
        return {"changed": changed}
