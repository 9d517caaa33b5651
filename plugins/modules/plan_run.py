"""Decides, before anything costs money, exactly what a run will launch, build and upload."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: plan_run
short_description: Check a request against AWS and write the plan of the run
description:
  - Writes C(preflight.json). Nothing is launched; a dry run of RunInstances asks EC2 to check the launch.
  - For a machine of the user's own, AWS is called only if a bucket is given.
  - What it replaces and removes is kept until the next request, so that C(find_active) can restore it.
  - A resumed run keeps the time at which it was first planned, which is part of its tags and of its keys in S3.
options:
  parameters: {description: The parameters as read_parameters wrote them., type: dict, required: true}
  run_dir: {description: The run's directory., type: path, required: true}
  crates_index: {description: URL of the sparse index that knows a crate's versions., type: str, required: true}
  dist_server: {description: URL of the server of rustup and its toolchains., type: str, required: true}
  attaches:
    description: Whether a run that was begun is only brought to its end, as it was planned then.
    type: bool
    default: false
author: [benchmarks]
"""
EXAMPLES = """
- plan_run:
    parameters: "{{ parameters }}"
    run_dir: "{{ run_dir }}"
    crates_index: https://index.crates.io
    dist_server: https://static.rust-lang.org
"""
RETURN = """
plan: {description: The plan that was written., type: dict, returned: success}
screen: {description: The plan for the user; empty if no machine is needed., type: str, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {
            "parameters": {"type": "dict", "required": True},
            "run_dir": {"type": "path", "required": True},
            "crates_index": {"type": "str", "required": True},
            "dist_server": {"type": "str", "required": True},
            "attaches": {"type": "bool", "default": False},
        },
    )
    from benchmarks.aws import aws_errors, credentials, session
    from benchmarks.host import url_secrets
    from benchmarks.launch import termination
    from benchmarks.preflight import resuming, run_plan, screen, source_check
    from benchmarks.runs import before_plan, failures, parameters_file, record_files, run_directory
    from benchmarks.runs.records import Preflight

    directory = Path(module.params["run_dir"])
    parameters = module.params["parameters"]
    try:
        url_secrets.check("RUSTUP_DIST_SERVER", module.params["dist_server"])
        url_secrets.check("toolchain_crates_index", module.params["crates_index"])
        run_directory.check_space(directory)
        begun = resuming.Begun(directory, record_files.read(Preflight, directory))
        connect = session.connector(parameters["region"])
        run_plan.refuse_dry(parameters, begun.plan)
        if module.params["attaches"]:
            planned = run_plan.come_back(parameters, connect, begun)
        else:
            check_source = partial(source_check.check, crates_index_url=module.params["crates_index"])
            planned = run_plan.make(parameters, connect, run_plan.start_of(begun.plan), begun, check_source)
        if planned.measured:
            termination.note_gone(connect("ec2"), directory.name, directory)
        if begun.plan:
            before_plan.keep(directory)
        # Stages that failed are repeated; if the instances are gone, only those that need no machine.
        failures.forget_failures(directory, failures.OF_BRINGING_BACK if planned.measured else None)
        changed = record_files.write(directory, planned)
        parameters_file.accept(directory)
    except aws_errors.errors() as error:
        parameters_file.refuse(directory)
        module.fail_json(msg=aws_errors.sentence(error))
    except OSError as error:
        module.fail_json(msg=str(run_directory.cannot_be_written(directory, error)))
    for warning in planned.warnings:
        module.warn(warning)
    shown = screen.of_plan(planned, directory.name, parameters, credentials.lifetime)
    module.exit_json(changed=changed, plan=record_files.plain(planned), screen=shown)


if __name__ == "__main__":
    main()
