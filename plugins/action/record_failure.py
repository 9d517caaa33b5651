"""Writes a failure record for this host into the run's directory, so that the run can continue with later stages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.playbook import host_losses, task_failures
from benchmarks.runs import failures, planned_hosts, run_directory


class ActionModule(ActionBase):
    """`host` is given where the task ran on the controller for a host: what has failed is then not the host itself."""

    _VALID_ARGS = frozenset(("run_dir", "host", "attempt", "stage", "task", "result"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        directory = Path(args["run_dir"])
        host = args.get("host") or planned_hosts.name(directory, task_vars["inventory_hostname"])
        if "host" in args:
            sentence = task_failures.sentence(host, args["task"], args["result"])
        else:
            sentence = host_losses.recorded(directory, host, args["task"], args["result"], args["stage"])
        try:
            attempt = int(args["attempt"])
            failures.record_failure(directory, host, args["task"], sentence, args["stage"], attempt)
        except OSError as error:
            # Terminating the instances matters more than the record: the failure is kept as a fact until then.
            known = task_vars.get("ansible_facts", {}).get("unrecorded_failures", [])
            note = str(run_directory.cannot_be_written(directory, error))
            return {"changed": True, "ansible_facts": {"unrecorded_failures": [*known, sentence, note]}}
        return {"changed": True}
