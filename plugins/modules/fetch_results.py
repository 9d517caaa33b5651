"""Fetches from S3 what an instance has uploaded by itself of an attempt, when it is gone before that was collected."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: fetch_results
short_description: Fetch what a lost instance has uploaded
description:
  - Brings log, archive and records of an attempt into its directory, verified by the checksums that the instance names.
    What is there as a whole is kept.
  - While the instance goes down it uploads, and is waited for.
  - If the instance has measured to its end, failures to follow it and to collect from it are forgotten.
options:
  run_dir: {description: The run's directory., type: path, required: true}
  host: {description: The host's name., type: str, required: true}
  attempt: {description: Number of the attempt on the host., type: int, required: true}
  plan: {description: The plan from plan_run., type: dict, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- fetch_results: {run_dir: runs/r1, host: i-1, attempt: 1, plan: "{{ plan }}"}
"""
RETURN = """
said: {description: What was fetched; empty if nothing is in S3., type: str, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {
            "run_dir": {"type": "path", "required": True},
            "host": {"type": "str", "required": True},
            "attempt": {"type": "int", "required": True},
            "plan": {"type": "dict", "required": True},
        },
    )
    from benchmarks.aws import aws_errors, session
    from benchmarks.results import fetching
    from benchmarks.runs import record_files, run_directory
    from benchmarks.runs.records import Preflight

    given = module.params
    plan = record_files.typed(Preflight, given["plan"])
    assert plan.destination and plan.launch
    try:
        s3 = session.connector(plan.destination.region)("s3")
        ec2 = session.connector(plan.launch.region)("ec2")
        found = fetching.fetch(s3, ec2, Path(given["run_dir"]), given["host"], given["attempt"], plan)
    except aws_errors.errors() as error:
        module.fail_json(msg=aws_errors.sentence(error))
    except OSError as error:
        module.fail_json(msg=str(run_directory.write_failed(error)))
    module.exit_json(changed=bool(found.files), said=found.said)


if __name__ == "__main__":
    main()
