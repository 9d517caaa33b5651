"""Uploads a host's files to S3 and proves that they have arrived whole."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: publish_results
short_description: Upload log, archive and manifest under a key that says what they are
description:
  - Each upload carries its SHA-256, which S3 verifies. Files that are there already are not uploaded again, and none
    is ever replaced.
  - Writes C(manifest.json) and C(published.json) beside the files.
options:
  run_dir: {description: The run's directory., type: path, required: true}
  host: {description: The host's name., type: str, required: true}
  attempt: {description: Number of the run's attempt on the host., type: int, required: true}
  plan: {description: The record of preflight., type: dict, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- publish_results: {run_dir: runs/r1, host: i-1, attempt: 1, plan: "{{ plan }}"}
"""
RETURN = """
uri: {description: Where the files are., type: str, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {
            "run_dir": {"type": "path", "required": True},
            "host": {"type": "str", "required": True},
            "attempt": {"type": "int", "required": True},
            "plan": {"type": "dict", "required": True},
        },
        supports_check_mode=True,
    )
    from benchmarks.aws import aws_errors, session
    from benchmarks.results import publishing
    from benchmarks.runs import record_files
    from benchmarks.runs.records import Preflight

    given = module.params
    plan = record_files.typed(Preflight, given["plan"])
    assert plan.destination
    try:
        changed, uri = publishing.publish(
            session.connector(plan.destination.region),
            Path(given["run_dir"]),
            given["host"],
            given["attempt"],
            plan,
            dry=module.check_mode,
        )
    except aws_errors.ERRORS as error:
        module.fail_json(msg=aws_errors.sentence(error))
    except OSError as error:
        module.fail_json(msg=f"What was measured cannot be published: {error}.")
    module.exit_json(changed=changed, uri=uri)


if __name__ == "__main__":
    main()
