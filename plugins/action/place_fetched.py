"""Puts a file that was fetched as a whole into its place on the controller, unless more of it is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.host import growing_files
from benchmarks.runs import run_directory


class ActionModule(ActionBase):
    """`src` is on the controller and ends with `.part`, which the file's name then does not."""

    _VALID_ARGS = frozenset(("src",))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        part = Path(self._task.args["src"])
        try:
            return {"changed": growing_files.place(part, part.with_name(part.name.removesuffix(".part")))}
        except OSError as error:
            raise AnsibleActionFail(str(run_directory.write_failed(error))) from None
