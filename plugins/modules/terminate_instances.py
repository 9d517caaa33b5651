"""Terminates a run's instances and waits until none is alive."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: terminate_instances
short_description: Terminate a run's instances, found by tag, and verify that none is alive
description:
  - The instances are found by the run's tag. Ids in the run's records are looked up as well, since tags of new
    instances become visible only after a while.
  - An instance that is shutting down is billed no more. It is followed for a while until it is terminated, which takes
    bare metal many minutes, but is no failure if it is not.
  - Writes C(terminated.json) if the run's directory exists.
options:
  run_id: {description: The run's id., type: str, required: true}
  run_dir: {description: The run's directory., type: path, required: true}
  region: {description: Region of the instances., type: str, required: true}
  instance_id: {description: Terminate only this instance., type: str}
  keep: {description: Keep what has answered over SSH and powers itself off., type: bool, default: false}
  asked: {description: Whether the user named the run; fail if it is unknown., type: bool, default: false}
  final: {description: Whether the run is over even if nothing of it was there., type: bool, default: true}
  timeout: {description: Seconds until none may be alive., type: int, default: 600}
author: [benchmarks]
"""
EXAMPLES = """
- terminate_instances: {run_id: r1, run_dir: runs/r1, region: eu-central-1}
"""
RETURN = """
terminated: {description: Ids of the instances that this call terminated., type: list, elements: str, returned: success}
shutting_down: {description: Ids of those not terminated yet., type: list, elements: str, returned: success}
sentence: {description: The result as a sentence for the user., type: str, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {
            "run_id": {"type": "str", "required": True},
            "run_dir": {"type": "path", "required": True},
            "region": {"type": "str", "required": True},
            "instance_id": {"type": "str"},
            "keep": {"type": "bool", "default": False},
            "asked": {"type": "bool", "default": False},
            "final": {"type": "bool", "default": True},
            "timeout": {"type": "int", "default": 600},
        },
        supports_check_mode=True,
    )
    from benchmarks.aws import aws_errors, session
    from benchmarks.launch import remaining, termination

    given = module.params
    directory = Path(given["run_dir"])
    try:
        connect = session.connector(given["region"])
        ec2 = connect("ec2")
    except aws_errors.errors() as error:
        unknown = remaining.unknown(given["run_id"], given["region"], directory)
        module.fail_json(msg=f"{aws_errors.sentence(error)}\n{unknown}")
    try:
        if given["asked"]:
            termination.check_known(ec2, given["run_id"], directory)
        if module.check_mode:
            would = termination.would_end(ec2, given["run_id"], directory, given["instance_id"], keep=given["keep"])
            outcome = termination.Outcome(tuple(would))
        else:
            outcome = termination.end(
                ec2,
                given["run_id"],
                directory,
                only=given["instance_id"],
                keep=given["keep"],
                final=given["final"],
                timeout=given["timeout"],
            )
    except aws_errors.errors() as error:
        region = ec2.meta.region_name
        module.fail_json(msg=termination.explain(error, connect, region, given["run_id"], directory))
    if given["keep"]:
        for why in termination.not_kept(outcome, directory):
            module.warn(why)
    told = termination.sentence(given["run_id"], given["region"], outcome)
    ended, slow = list(outcome.ended), list(outcome.shutting_down)
    module.exit_json(changed=bool(ended), terminated=ended, shutting_down=slow, sentence=told)


if __name__ == "__main__":
    main()
