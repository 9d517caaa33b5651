"""Writes a failure record of this host into the run's directory; the run goes on to collect, publish and terminate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks import failure, runs


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(("run_dir", "task", "result"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        host = task_vars["inventory_hostname"]
        runs.record_failure(
            Path(args["run_dir"]), host, args["task"], failure.sentence(host, args["task"], args["result"])
        )
        return {"changed": True}
