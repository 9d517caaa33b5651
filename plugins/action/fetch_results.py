"""Fetches from S3 what an instance has uploaded by itself of an attempt, when it is gone before that was collected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.aws import aws_errors, session
from benchmarks.results import fetching
from benchmarks.runs import record_files, run_directory
from benchmarks.runs.records import Preflight


class ActionModule(ActionBase):
    """`host` and the number `attempt` name what is fetched into `run_dir`; `plan` is the run's.

    All is verified by the checksums that the instance names. What is there as a whole is kept. While the instance goes
    down it uploads, and is waited for. If it has measured to its end, failures to follow it and to collect from it are
    forgotten. Returns what was fetched as `said`, empty if nothing is in S3.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        self._supports_check_mode = False
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {
                "run_dir": {"type": "path", "required": True},
                "host": {"type": "str", "required": True},
                "attempt": {"type": "int", "required": True},
                "plan": {"type": "dict", "required": True},
            }
        )
        given = record_files.untagged(tagged)
        plan = record_files.typed(Preflight, given["plan"])
        assert plan.destination and plan.launch
        try:
            s3 = session.connector(plan.destination.region)("s3")
            ec2 = session.connector(plan.launch.region)("ec2")
            found = fetching.fetch(s3, ec2, Path(given["run_dir"]), given["host"], given["attempt"], plan)
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error)}
        except OSError as error:
            return {"failed": True, "msg": str(run_directory.write_failed(error))}
        return {"changed": bool(found.files), "said": found.said}
