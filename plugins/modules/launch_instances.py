"""Launches the instances of a run that do not exist yet, and waits until all run."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: launch_instances
short_description: Launch a run's instances idempotently
description:
  - Existing instances are found by the run's tag. A missing one is launched with a client token derived from the
    request, so that repeating an interrupted call does not launch a second instance.
  - A run that was ended, and is asked for anew, counts as ended until just before its launch.
  - Creates the run's keys in C(keys/) before the first launch. Writes C(instances.json) and C(known_hosts).
options:
  run_id: {description: The run's id., type: str, required: true}
  run_dir: {description: The run's directory., type: path, required: true}
  plans: {description: The launch plans from plan_run., type: list, elements: dict, required: true}
  started: {description: When the run was first planned., type: str, required: true}
  key_file: {description: The user's own private key for the login., type: path}
  lifetime: {description: Minutes from its launch until an instance has powered itself off., type: int, required: true}
  timeout: {description: Seconds to wait for the instances to run., type: int, default: 600}
author: [benchmarks]
"""
EXAMPLES = """
- launch_instances: {run_id: r1, run_dir: runs/r1, plans: "{{ plans }}", started: 2026-05-19T08:15:00Z, lifetime: 240}
"""
RETURN = """
instances:
  description: The run's instances; in check mode, only those that exist.
  type: list
  elements: dict
  returned: success
"""


def main() -> None:
    module = AnsibleModule(
        {
            "run_id": {"type": "str", "required": True},
            "run_dir": {"type": "path", "required": True},
            "plans": {"type": "list", "elements": "dict", "required": True},
            "started": {"type": "str", "required": True},
            "key_file": {"type": "path", "no_log": False},
            "lifetime": {"type": "int", "required": True},
            "timeout": {"type": "int", "default": 600},
        },
        supports_check_mode=True,
    )
    from benchmarks.aws import aws_errors, caller, session
    from benchmarks.launch import hosts, run_instances, termination
    from benchmarks.runs import record_files, run_directory, ssh_keys
    from benchmarks.runs.records import LaunchPlan

    given = module.params
    directory = Path(given["run_dir"])
    plans = [record_files.typed(LaunchPlan, plan) for plan in given["plans"]]
    region = plans[0].region
    try:
        connect = session.connector(region)
        if module.check_mode:
            there = hosts.existing(connect("ec2"), given["run_id"])
            shown, difference = [record_files.plain(one) for one in there], hosts.difference(there, plans)
            module.exit_json(changed=len(there) < len(plans), instances=shown, diff=difference)
        keys = ssh_keys.run_keys(directory, Path(given["key_file"]) if given["key_file"] else None)
        started, owner = datetime.fromisoformat(given["started"]), caller.name(connect)
        prepare = partial(run_instances.prepare, given["run_id"], started, keys, given["lifetime"], owner)
        note = partial(hosts.note, directory, region, keys.host.public)
        ec2 = connect("ec2")
        begin = partial(termination.launch_anew, ec2, given["run_id"], directory)
        launches = list(map(prepare, plans))
        changed, found = hosts.ensure(ec2, launches, given["timeout"], note, begin=begin, directory=directory)
    except aws_errors.errors() as error:
        module.fail_json(msg=aws_errors.sentence(error))
    except OSError as error:
        module.fail_json(msg=str(run_directory.cannot_be_written(directory, error)))
    module.exit_json(changed=changed, instances=[record_files.plain(one) for one in found])


if __name__ == "__main__":
    main()
