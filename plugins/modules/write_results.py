"""Writes an attempt's measurements, and what they depend on, as the record results.json and as a page."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: write_results
short_description: Write the results of an attempt
description:
  - Reads the attempt's log, Criterion directory and records, and writes C(results.json) and C(report/index.html) beside
    them.
  - Writes nothing for an attempt of which there is no directory.
options:
  run_dir: {description: The run's directory., type: path, required: true}
  host: {description: The host's name., type: str, required: true}
  attempt: {description: Number of the attempt on the host., type: int, required: true}
  plan: {description: The plan from plan_run., type: dict, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- write_results: {run_dir: runs/r1, host: i-1, attempt: 1, plan: "{{ plan }}"}
"""
RETURN = """
count: {description: Number of measurements., type: int, returned: success}
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
    from benchmarks.errors import FailedError
    from benchmarks.results import attempt_results
    from benchmarks.runs import record_files, run_directory, run_layout
    from benchmarks.runs.records import Preflight
    from benchmarks.web_page import page_files

    given = module.params
    run_dir, host, attempt = Path(given["run_dir"]), given["host"], given["attempt"]
    plan = record_files.typed(Preflight, given["plan"])
    try:
        changed, count = attempt_results.write(run_dir, host, attempt, plan, dry=module.check_mode)
        if not module.check_mode:
            changed |= page_files.write_of_attempt(run_layout.attempt(run_layout.host(run_dir, host), attempt))
    except FailedError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=str(run_directory.write_failed(error)))
    module.exit_json(changed=changed, count=count)


if __name__ == "__main__":
    main()
