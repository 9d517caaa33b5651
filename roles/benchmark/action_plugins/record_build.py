"""Writes the record of a build on the controller. Whatever fails in that is a warning: the build can be measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.errors import FailedError
from benchmarks.parameters import suites
from benchmarks.runs import builds, record_files, run_directory
from benchmarks.runs.records import Toolchain


class ActionModule(ActionBase):
    """`printed` is the output of build_facts.py, `toolchain` the toolchain role's record."""

    _VALID_ARGS = frozenset(("path", "printed", "suite", "toolchain", "environment"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        host = record_files.typed(Toolchain, args["toolchain"]).host
        # YAML makes numbers of what a suite's environment may leave without quotes.
        environment = {key: str(value) for key, value in args["environment"].items()}
        try:
            build = builds.of(str(args["printed"]), suites.of_role(args["suite"]).benches, host, environment)
            return {"changed": record_files.write_file(Path(args["path"]), build)}
        except FailedError as error:
            return {"changed": False, "warnings": [str(error)]}
        except OSError as error:
            return {"changed": False, "warnings": [str(run_directory.write_failed(error))]}
