"""Launches the instances of a run that do not exist yet, and waits until all run."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.aws import aws_errors, caller, session
from benchmarks.launch import boot_times, hosts, run_instances, termination
from benchmarks.runs import record_files, run_directory, ssh_keys
from benchmarks.runs.records import LaunchPlan


class ActionModule(ActionBase):
    """`plans` are those of plan_run, `started` is when it first planned; `key_file` is a key of the user's own.

    `build_limit` and `time_limit` are in minutes: some time after both, each instance powers itself off, also if its
    type is slow to boot. `timeout` is in seconds until all run. Existing instances are found by the run's tag. A
    missing one is launched with a client token that is derived from the request, so that repeating an interrupted call
    launches no second one. A run that was ended, and is asked for anew, counts as ended until just before its launch.
    Makes the run's keys before the first launch, and writes `instances.json` and `known_hosts` into `run_dir`. Returns
    the run's `instances`; in check mode, those that exist.

    Of several, those for which the vCPU quota has no room are not launched. That one is refused does not fail the
    others: it is recorded as a failure of its host, and warned of; if all are, this fails.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {
                "run_id": {"type": "str", "required": True},
                "run_dir": {"type": "path", "required": True},
                "plans": {"type": "list", "elements": "dict", "required": True},
                "started": {"type": "str", "required": True},
                "key_file": {"type": "path", "no_log": False},
                "build_limit": {"type": "int", "required": True},
                "time_limit": {"type": "int", "required": True},
                "timeout": {"type": "int", "default": 600},
            }
        )
        given = record_files.untagged(tagged)
        directory = Path(given["run_dir"])
        plans = [record_files.typed(LaunchPlan, plan) for plan in given["plans"]]
        region = plans[0].region
        try:
            connect = session.connector(region)
            if self._task.check_mode:
                there = hosts.existing(connect("ec2"), given["run_id"])
                shown, difference = [record_files.plain(one) for one in there], hosts.difference(there, plans)
                return {"changed": len(there) < len(plans), "instances": shown, "diff": difference}
            keys = ssh_keys.run_keys(directory, Path(given["key_file"]) if given["key_file"] else None)
            started, owner = datetime.fromisoformat(given["started"]), caller.name(connect)
            lasting = boot_times.lifetimes(plans, given["build_limit"], given["time_limit"])
            note = partial(hosts.note, directory, region, keys.host.public)
            ec2 = connect("ec2")
            begin = partial(termination.launch_anew, ec2, given["run_id"], directory)
            launches = [
                run_instances.prepare(given["run_id"], started, keys, minutes, owner, plan) for plan, minutes in lasting
            ]
            outcome = hosts.ensure(ec2, launches, given["timeout"], note, begin=begin, directory=directory)
            refused = hosts.note_refused(directory, plans, outcome)
            if not outcome.instances:
                return {"failed": True, "msg": "None of the run's instances could be launched.", "warnings": refused}
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error)}
        except OSError as error:
            return {"failed": True, "msg": str(run_directory.cannot_be_written(directory, error))}
        return {
            "changed": outcome.changed,
            "instances": [record_files.plain(one) for one in outcome.instances],
            "warnings": refused,
        }
