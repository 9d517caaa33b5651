"""Unpacks the archive of Criterion's directory on the controller, as far as that can do no harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from benchmarks.errors import RefusedError
from benchmarks.readers import criterion_archive
from benchmarks.runs import run_directory


class ActionModule(ActionBase):
    """`dest` is the directory that gets `src`, an archive that was fetched as a whole, and the directory `criterion`.

    Both are on the controller. `src` ends with `.part`, which the archive's name then does not. If nothing was
    `fetched`, the archive that is in `dest` is unpacked, and what an earlier fetch has left is removed.
    """

    _VALID_ARGS = frozenset(("src", "dest", "fetched"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        part, directory = Path(self._task.args["src"]), Path(self._task.args["dest"])
        archive = directory / part.name.removesuffix(".part")
        fetched = boolean(self._task.args["fetched"])
        try:
            if fetched:
                part.replace(archive)
            else:
                part.unlink(missing_ok=True)
            left_out = criterion_archive.unpack_fetched(archive, directory, archive.name)
        except OSError as error:
            raise AnsibleActionFail(str(run_directory.write_failed(error))) from None
        except RefusedError as error:
            raise AnsibleActionFail(str(error)) from None
        return {"changed": fetched, "warnings": [left_out] if left_out else []}
