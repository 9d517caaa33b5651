"""Reads a playbook's public parameters from the extra variables, validates them, and writes `parameters.yml`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars

from benchmarks.errors import RefusedError
from benchmarks.parameters import request
from benchmarks.paths import ROOT
from benchmarks.playbook import stage_tags
from benchmarks.runs import before_plan, locks, parameters_file, run_directory


class ActionModule(ActionBase):
    """`entry_point` names the playbook; `internal` lists the role variables that extra variables may set as well."""

    _VALID_ARGS = frozenset(("entry_point", "internal"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        internal = set(self._task.args["internal"])
        extra = load_extra_vars(self._loader)
        given = {
            name: value for name, value in extra.items() if name not in internal and not name.startswith("ansible_")
        }
        directory = Path(task_vars["run_dir"])
        playbook = ROOT / f"playbooks/{self._task.args['entry_point']}.yml"
        try:
            stage_tags.check(
                [*task_vars["ansible_run_tags"], *task_vars["ansible_skip_tags"]], stage_tags.of_playbook(playbook)
            )
            # Relative paths are relative to the repository's root, from which the documentation calls ansible-playbook.
            values = request.read(self._task.args["entry_point"], given, ROOT)
            resolved = request.resolve(self._task.args["entry_point"], values, os.environ)
            locks.check_playbook(directory)
        except RefusedError as error:
            raise AnsibleActionFail(str(error)) from None
        # Terminating a run needs nothing from its directory.
        if self._task.args["entry_point"] == "terminate":
            return {"changed": False, "warnings": list(resolved.warnings)}
        holds = {**resolved.parameters, "run_id": task_vars["run_id"], "runs_dir": str(directory.parent)}
        # This call leaves the run, which is for a later one to come back to.
        if "detach" in holds:
            holds["detach"] = False
        before_plan.drop(directory)
        try:
            changed = parameters_file.freeze(directory, holds)
        except OSError as error:
            raise AnsibleActionFail(str(run_directory.cannot_be_written(directory, error))) from None
        return {"changed": changed, "warnings": list(resolved.warnings)}
