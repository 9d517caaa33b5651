"""Decides, before anything costs money, exactly what a run will launch, build and upload."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: plan_run
short_description: Check a request against AWS and write down what will be done
description:
  - Writes C(preflight.json). Nothing is launched, apart from a dry run that asks whether the launch would be allowed.
  - For a machine that the user has, AWS is asked only where a bucket is named.
  - A run that goes on keeps the time at which it was first planned, which is part of its tags and keys.
options:
  parameters: {description: The frozen parameters., type: dict, required: true}
  run_dir: {description: The run's directory., type: path, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- plan_run: {parameters: "{{ parameters }}", run_dir: "{{ run_dir }}"}
"""
RETURN = """
plan: {description: What was written., type: dict, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {"parameters": {"type": "dict", "required": True}, "run_dir": {"type": "path", "required": True}},
    )
    from benchmarks import aws, continuing, ending, plan, runs

    directory = Path(module.params["run_dir"])
    parameters = module.params["parameters"]
    try:
        runs.check_space(directory)
        begun = continuing.Begun(directory, runs.read_record(directory, plan.RECORD, plan.NEEDED))
        connect = aws.connector(parameters["region"])
        planned = plan.make(parameters, connect, plan.start_of(begun.plan), begun)
        if planned["over"]:
            ending.note_gone(connect("ec2"), directory.name, directory)
        # What went wrong before is done again, but for what a host that is gone has done.
        runs.forget_failures(directory, runs.OF_BRINGING_BACK if planned["over"] else None)
        changed = runs.write_record(directory, plan.RECORD, planned)
        runs.settle_parameters(directory, accepted=True)
    except aws.ERRORS as error:
        runs.settle_parameters(directory, accepted=False)
        module.fail_json(msg=aws.sentence(error))
    except OSError as error:
        module.fail_json(msg=str(runs.cannot_be_written(directory, error)))
    for warning in planned["warnings"]:
        module.warn(warning)
    module.exit_json(changed=changed, plan=planned)


if __name__ == "__main__":
    main()
