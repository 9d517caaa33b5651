"""Lists the instance types that fit a request, and writes them to a file in the run's directory."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.errors import RefusedError
from benchmarks.picker import answers, formats, region_data
from benchmarks.runs import files, record_files, run_directory


class ActionModule(ActionBase):
    """`parameters` are as read_parameters wrote them.

    Writes `instance_types.json`, with everything known about each type, into `run_dir`. Launches nothing. Uses the same
    cache as `./inv bench.types`, and gives the same answers. Returns the `listing` in the requested format, and the
    name of the `best` fit if there is one.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {"parameters": {"type": "dict", "required": True}, "run_dir": {"type": "path", "required": True}}
        )
        given = record_files.untagged(tagged)
        parameters = given["parameters"]
        try:
            answer = answers.answer(parameters, os.environ, datetime.now(UTC), parts=region_data.PARTS)
        except RefusedError as error:
            return {"failed": True, "msg": str(error)}
        directory = Path(given["run_dir"])
        try:
            changed = not self._task.check_mode and files.write_whole(directory / answers.FILE, formats.as_json(answer))
        except OSError as error:
            return {"failed": True, "msg": str(run_directory.cannot_be_written(directory, error))}
        if not answer.choice.fitting:
            return {"failed": True, "msg": answers.nothing_fits(answer)}
        best = answer.best.type.name if answer.best else None
        listing = formats.text(
            answer,
            parameters.get("format") or "table",
            wide=bool(parameters.get("wide")),
            command=answers.playbook_command(best, parameters["region"]) if best else None,
        )
        return {"changed": changed, "listing": listing, "best": best}
