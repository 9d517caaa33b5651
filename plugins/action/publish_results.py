"""Uploads the files of an attempt to S3, with checksums that S3 verifies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.aws import aws_errors, session
from benchmarks.results import publishing
from benchmarks.runs import record_files
from benchmarks.runs.records import Preflight


class ActionModule(ActionBase):
    """`host` and the number `attempt` name what is uploaded from `run_dir`; `plan` is the run's.

    Each upload carries its SHA-256, which S3 verifies. Files that are in the bucket are neither uploaded again nor
    replaced. Writes `manifest.json` and `published.json` into the attempt's directory. Returns the S3 `uri` of the
    files.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
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
        assert plan.destination
        try:
            changed, uri = publishing.publish(
                session.connector(plan.destination.region),
                Path(given["run_dir"]),
                given["host"],
                given["attempt"],
                plan,
                dry=self._task.check_mode,
            )
        except aws_errors.errors() as error:
            return {"failed": True, "msg": publishing.failure(Path(given["run_dir"]), plan, error)}
        except OSError as error:
            return {
                "failed": True,
                "msg": f"What was measured cannot be published: {error}. Make room there, or check its rights.",
            }
        return {"changed": changed, "uri": uri}
