"""Launches the instance of a host that waits until the vCPU quota has room for it."""

from __future__ import annotations

import time
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.aws import aws_errors, caller, session
from benchmarks.aws.session import Client
from benchmarks.launch import boot_times, hosts, run_instances, waiting_host
from benchmarks.launch.run_instances import Launch
from benchmarks.playbook import stages
from benchmarks.runs import attempts, record_files, run_directory, run_layout, ssh_keys
from benchmarks.runs.records import LaunchPlan


class ActionModule(ActionBase):
    """`host` is the host's name in `plans`; `keep` if the run ends no instance. The rest is as for launch_instances.

    Nothing is launched if all that would make room was left measuring. Returns whether the instance was launched, as
    `changed`, and if so its record as `instance`, and in `shown` what to show of it at once: a task after this one
    would be skipped, since the host does not wait any more. Whatever comes of it, `waited` is how many seconds passed
    before EC2 was asked for the instance.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        self._supports_check_mode = False
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {
                "run_id": {"type": "str", "required": True},
                "run_dir": {"type": "path", "required": True},
                "plans": {"type": "list", "elements": "dict", "required": True},
                "host": {"type": "str", "required": True},
                "started": {"type": "str", "required": True},
                "key_file": {"type": "path", "no_log": False},
                "build_limit": {"type": "int", "required": True},
                "time_limit": {"type": "int", "required": True},
                "timeout": {"type": "int", "default": 600},
                "keep": {"type": "bool", "default": False},
            }
        )
        given = record_files.untagged(tagged)
        directory = Path(given["run_dir"])
        plans = tuple(record_files.typed(LaunchPlan, plan) for plan in given["plans"])
        plan = next(plan for plan in plans if plan.name == given["host"])

        @cache
        def make() -> tuple[Client, Launch]:
            connect = session.connector(plan.region)
            started = datetime.fromisoformat(given["started"])
            owner = caller.name(connect)
            lifetime = boot_times.lifetime([plan], given["build_limit"], given["time_limit"])
            asked = run_instances.prepare(given["run_id"], started, keys, lifetime, owner, plan)
            return connect("ec2"), asked

        begun = time.monotonic()
        asked_at: list[float] = []

        def about_to() -> None:
            # From now on there may be an instance, which is not to be left as it boots.
            stages.tell("works", plan.name)
            asked_at.append(time.monotonic())

        def waited() -> float:
            return round((asked_at or [time.monotonic()])[-1] - begun, 3)

        waiting = waiting_host.WaitingHost(
            directory,
            plan,
            plans,
            keeps=given["keep"],
            is_left=lambda name: attempts.is_left(run_layout.host(directory, name)),
        )
        try:
            keys = ssh_keys.run_keys(directory, Path(given["key_file"]) if given["key_file"] else None)
            note = partial(hosts.note, directory, plan.region, keys.host.public)
            launched = waiting_host.launch(waiting, make, given["timeout"], note, about_to)
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error), "waited": waited()}
        except OSError as error:
            return {"failed": True, "msg": str(run_directory.cannot_be_written(directory, error)), "waited": waited()}
        if launched is None:
            return {"changed": False, "waited": waited()}
        where = f"({launched.instance_type}, {launched.zone}) at {launched.public_dns or launched.address}"
        shown = f"{plan.name} is {launched.instance_id} {where}"
        return {"changed": True, "waited": waited(), "instance": record_files.plain(launched), "shown": shown}
