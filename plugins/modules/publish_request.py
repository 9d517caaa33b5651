"""Uploads what was asked of a run to S3, before anything is launched."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: publish_request
short_description: Upload a run's request and plan to S3
description:
  - Writes C(run.json) into the run's directory, and into the run's folder in S3. There it is never replaced.
  - Fails if S3 refuses, since nothing could be published later. What the run's records said before it was planned is
    restored then. A fault that may pass is a warning.
options:
  run_dir: {description: The run's directory., type: path, required: true}
  plan: {description: The plan from plan_run., type: dict, required: true}
  parameters: {description: The parameters as read_parameters wrote them., type: dict, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- publish_request: {run_dir: runs/r1, plan: "{{ plan }}", parameters: "{{ parameters }}"}
"""
RETURN = """
uri: {description: S3 URI of the object., type: str, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {
            "run_dir": {"type": "path", "required": True},
            "plan": {"type": "dict", "required": True},
            "parameters": {"type": "dict", "required": True},
        },
    )
    from benchmarks.aws import aws_errors, session
    from benchmarks.results import run_request
    from benchmarks.runs import before_plan, record_files, run_directory
    from benchmarks.runs.records import Preflight

    directory = Path(module.params["run_dir"])
    plan = record_files.typed(Preflight, module.params["plan"])
    assert plan.destination
    try:
        s3 = session.connector(plan.destination.region)("s3")
        done = run_request.upload(s3, directory, plan, module.params["parameters"])
    except aws_errors.errors() as error:
        # Why it is refused matters more than a disk that is full.
        with suppress(OSError):
            before_plan.restore(directory)
        module.fail_json(msg=aws_errors.sentence(error))
    except OSError as error:
        module.fail_json(msg=str(run_directory.cannot_be_written(directory, error)))
    if done.warning:
        module.warn(done.warning)
    module.exit_json(changed=done.changed, uri=done.uri)


if __name__ == "__main__":
    main()
