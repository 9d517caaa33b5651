"""Has the host upload an attempt's results by itself: copies records there, and starts the unit that does it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.host import answers, host_layout, results_service
from benchmarks.results import host_uploads
from benchmarks.runs import attempts


class ActionModule(ActionBase):
    """`here` is the attempt's directory on the controller, `directory` the one on the host, `root` the tool's there."""

    _VALID_ARGS = frozenset(
        ("upload", "here", "directory", "root", "unit", "python", "look_seconds", "unfollowed_seconds")
    )

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        # Ansible has types of its own.
        upload: dict[str, Any] = json.loads(json.dumps(args["upload"]))
        directory, python, unit = (str(args[name]) for name in ("directory", "python", "unit"))
        order = results_service.order(
            upload,
            directory,
            str(args["root"]),
            unit,
            float(args["look_seconds"]),
            float(args["unfollowed_seconds"]),
        )
        program = Path(self._find_needle("files", results_service.PROGRAM)).read_text(encoding="utf-8")
        here = Path(args["here"])
        records = [here / name for name in host_uploads.COPIED if (here / name).exists()]
        files = {
            results_service.PROGRAM: (program, 0o755),
            results_service.ORDER: (json.dumps(order, indent=2), 0o600),
            **{path.name: (path.read_text(encoding="utf-8"), 0o644) for path in records},
        }
        name, power_off = host_layout.results_unit(unit, upload["attempt"]), results_service.power_off_unit(unit)
        for command in (
            results_service.place_command(directory, files, python),
            results_service.start_command(name, power_off, directory, python),
        ):
            answer = answers.read(self._low_level_execute_command(answers.marked(command)))
            if not answer.succeeded and attempts.is_active(here.parent):
                # It was told as the attempt began, and may measure: what fails now takes nothing back.
                return {"changed": False, "warnings": [results_service.untold(answer.said)]}
            if not answer.succeeded:
                # It can be measured, and collected from here.
                return {"changed": False, "uploads": False, "warnings": [results_service.refused(answer.said)]}
        return {"changed": False, "uploads": True}
