"""Unpacks the archive of Criterion's directory on the controller, as far as that can do no harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.errors import RefusedError
from benchmarks.readers import criterion_archive


class ActionModule(ActionBase):
    """`src` is the archive, `dest` the directory that gets the directory `criterion`; both are on the controller."""

    _VALID_ARGS = frozenset(("src", "dest"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        archive = Path(self._task.args["src"])
        try:
            left_out = criterion_archive.unpack_fetched(archive, Path(self._task.args["dest"]), archive.name)
        except RefusedError as error:
            raise AnsibleActionFail(str(error)) from None
        return {"changed": True, "warnings": [left_out] if left_out else []}
