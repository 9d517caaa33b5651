"""Uploads what was asked of a run to S3, before anything is launched."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.aws import aws_errors, session
from benchmarks.results import run_request
from benchmarks.runs import before_plan, record_files, run_directory
from benchmarks.runs.records import Preflight


class ActionModule(ActionBase):
    """`plan` is the run's; `parameters` are as read_parameters wrote them.

    Writes `run.json` into `run_dir` and into each of the run's folders in S3, where it is never replaced. Fails if S3
    refuses, since nothing could be published later. What the run's records said before it was planned is restored then.
    A fault that may pass is a warning. Returns the `uris` of the objects.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        self._supports_check_mode = False
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {
                "run_dir": {"type": "path", "required": True},
                "plan": {"type": "dict", "required": True},
                "parameters": {"type": "dict", "required": True},
            }
        )
        given = record_files.untagged(tagged)
        directory = Path(given["run_dir"])
        plan = record_files.typed(Preflight, given["plan"])
        assert plan.destination
        try:
            s3 = session.connector(plan.destination.region)("s3")
            done = run_request.upload(s3, directory, plan, given["parameters"])
        except aws_errors.errors() as error:
            # Why it is refused matters more than a disk that is full.
            with suppress(OSError):
                before_plan.restore(directory)
            return {"failed": True, "msg": aws_errors.sentence(error)}
        except OSError as error:
            return {"failed": True, "msg": str(run_directory.cannot_be_written(directory, error))}
        return {"changed": done.changed, "uris": list(done.uris), "warnings": list(done.warnings)}
