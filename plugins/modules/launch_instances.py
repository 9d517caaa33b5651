"""Brings a run's instances to running: finds those that there are, launches those that there are not."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: launch_instances
short_description: Launch a run's instances once, however often it is called
description:
  - Instances are found by the run's tag. One that is missing is launched with a client token made of the request, so
    that a call that was interrupted does not launch a second one.
  - The run's keys are written to C(keys/) before the first call. Writes C(instances.json) and C(known_hosts).
options:
  run_id: {description: The run., type: str, required: true}
  run_dir: {description: The run's directory., type: path, required: true}
  plan: {description: What to launch, as plan_run decided., type: dict, required: true}
  key_file: {description: Private key of the user's own., type: path}
  lifetime: {description: Minutes after which an instance switches itself off., type: int, required: true}
  timeout: {description: Seconds that EC2 may take until the instances run., type: int, default: 600}
author: [benchmarks]
"""
EXAMPLES = """
- launch_instances: {run_id: r1, run_dir: runs/r1, plan: "{{ plan }}", lifetime: 240}
"""
RETURN = """
instances: {description: The run's instances., type: list, elements: dict, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {
            "run_id": {"type": "str", "required": True},
            "run_dir": {"type": "path", "required": True},
            "plan": {"type": "dict", "required": True},
            "key_file": {"type": "path", "no_log": False},
            "lifetime": {"type": "int", "required": True},
            "timeout": {"type": "int", "default": 600},
        },
        supports_check_mode=True,
    )
    from benchmarks.aws import aws_errors, caller, session
    from benchmarks.launch import hosts, run_instances
    from benchmarks.runs import run_directory, ssh_keys

    given = module.params
    directory = Path(given["run_dir"])
    connect = session.connector(given["plan"]["region"])
    try:
        if module.check_mode:
            there = hosts.there(connect("ec2"), given["run_id"])
            module.exit_json(changed=not there, instances=there, diff=hosts.difference(there, given["plan"]))
        keys = ssh_keys.run_keys(directory, Path(given["key_file"]) if given["key_file"] else None)
        launch = run_instances.prepare(given["run_id"], given["plan"], keys, given["lifetime"], caller.name(connect))
        note = partial(hosts.note, directory, given["plan"]["region"], keys.host.public)
        changed, instances = hosts.ensure(connect("ec2"), [launch], given["timeout"], note)
    except aws_errors.ERRORS as error:
        module.fail_json(msg=aws_errors.sentence(error))
    except OSError as error:
        module.fail_json(msg=str(run_directory.cannot_be_written(directory, error)))
    module.exit_json(changed=changed, instances=instances)


if __name__ == "__main__":
    main()
