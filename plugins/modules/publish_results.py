"""Uploads the files of an attempt to S3, with checksums that S3 verifies."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: publish_results
short_description: Upload log, archive and manifest to S3
description:
  - Each upload carries its SHA-256, which S3 verifies. Files that exist in the bucket are neither uploaded again nor
    replaced.
  - Writes C(manifest.json) and C(published.json) into the attempt's directory.
options:
  run_dir: {description: The run's directory., type: path, required: true}
  host: {description: The host's name., type: str, required: true}
  attempt: {description: Number of the attempt on the host., type: int, required: true}
  plan: {description: The plan from plan_run., type: dict, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- publish_results: {run_dir: runs/r1, host: i-1, attempt: 1, plan: "{{ plan }}"}
"""
RETURN = """
uri: {description: S3 URI of the uploaded files., type: str, returned: success}
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
    except aws_errors.errors() as error:
        module.fail_json(msg=publishing.failure(Path(given["run_dir"]), plan, error))
    except OSError as error:
        module.fail_json(msg=f"What was measured cannot be published: {error}. Make room there, or check its rights.")
    module.exit_json(changed=changed, uri=uri)


if __name__ == "__main__":
    main()
