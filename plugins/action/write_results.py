"""Writes an attempt's measurements, and what they depend on, as the record results.json and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.errors import FailedError
from benchmarks.results import attempt_results
from benchmarks.runs import record_files, run_directory, run_layout
from benchmarks.runs.records import Preflight
from benchmarks.web_page import page_files


class ActionModule(ActionBase):
    """`host` and the number `attempt` name what is read in `run_dir`; `plan` is the run's.

    Reads the attempt's log, Criterion directory and records, and writes `results.json` and `report/index.html` beside
    them; nothing for an attempt of which there is no directory. Returns the `count` of measurements.
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
        run_dir, host, attempt = Path(given["run_dir"]), given["host"], given["attempt"]
        plan = record_files.typed(Preflight, given["plan"])
        try:
            changed, count = attempt_results.write(run_dir, host, attempt, plan, dry=self._task.check_mode)
            if not self._task.check_mode:
                changed |= page_files.write_of_attempt(run_layout.attempt(run_layout.host(run_dir, host), attempt))
        except FailedError as error:
            return {"failed": True, "msg": str(error)}
        except OSError as error:
            return {"failed": True, "msg": str(run_directory.write_failed(error))}
        return {"changed": changed, "count": count}
