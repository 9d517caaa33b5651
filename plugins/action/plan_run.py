"""Decides, before anything costs money, exactly what a run will launch, build and upload."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.aws import aws_errors, credentials, session
from benchmarks.host import url_secrets
from benchmarks.launch import termination
from benchmarks.preflight import lost_hosts, resuming, run_plan, screen, source_check
from benchmarks.runs import before_plan, failures, parameters_file, record_files, run_directory
from benchmarks.runs.records import Preflight


class ActionModule(ActionBase):
    """`parameters` are as read_parameters wrote them; `attaches` if a run is only brought to its end, as planned.

    `crates_index` is the URL of the sparse index that knows a crate's versions, `dist_server` that of rustup and its
    toolchains. Launches nothing; a dry run of RunInstances asks EC2 to check the launch. For a machine of the user's
    own, AWS is called only if a bucket is given. Writes `preflight.json` into `run_dir`. What it replaces and removes
    there is kept until the next request, so that find_active can restore it. A run that is resumed keeps the time at
    which it was first planned, which is part of its tags and of its keys in S3. Of hosts that are gone, the newest
    attempt at what is asked for becomes the current one; those of several that have none have failed. Returns the
    `plan` and, for the user, the `screen`, empty if no machine is needed.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        self._supports_check_mode = False
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {
                "parameters": {"type": "dict", "required": True},
                "run_dir": {"type": "path", "required": True},
                "crates_index": {"type": "str", "required": True},
                "dist_server": {"type": "str", "required": True},
                "attaches": {"type": "bool", "default": False},
            }
        )
        given = record_files.untagged(tagged)
        directory = Path(given["run_dir"])
        parameters = given["parameters"]
        try:
            url_secrets.check("RUSTUP_DIST_SERVER", given["dist_server"])
            url_secrets.check("toolchain_crates_index", given["crates_index"])
            run_directory.check_space(directory)
            begun = resuming.Begun(directory, record_files.read(Preflight, directory))
            connect = session.connector(parameters["region"])
            run_plan.refuse_dry(parameters, begun.plan)
            if given["attaches"]:
                planned = run_plan.come_back(parameters, connect, begun)
            else:
                check_source = partial(source_check.check, crates_index_url=given["crates_index"])
                planned = run_plan.make(parameters, connect, run_plan.start_of(begun.plan), begun, check_source)
            if planned.gone:
                termination.note_gone(connect("ec2"), directory.name, directory)
            if begun.plan:
                before_plan.keep(directory)
            failures.forget_failures(directory, resuming.repeated(directory, planned))
            resuming.turn_to_measured(directory, planned)
            if planned.gone:
                lost_hosts.note(connect("ec2"), directory, planned)
            changed = record_files.write(directory, planned)
            parameters_file.accept(directory)
        except aws_errors.errors() as error:
            parameters_file.refuse(directory)
            return {"failed": True, "msg": aws_errors.sentence(error)}
        except OSError as error:
            return {"failed": True, "msg": str(run_directory.cannot_be_written(directory, error))}
        return {
            "changed": changed,
            "plan": record_files.plain(planned),
            "screen": screen.of_plan(planned, directory.name, parameters, credentials.lifetime),
            "warnings": list(planned.warnings),
        }
