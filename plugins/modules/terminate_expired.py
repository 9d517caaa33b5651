"""Ends the instances and volumes of all runs whose time is over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: terminate_expired
short_description: End instances and volumes of any run that are older than their tags allow
description:
  - Needs no record of any run. What cannot be ended keeps nothing else from being ended, and is a failure at the end.
options:
  regions: {description: Where to look., type: list, elements: str, required: true}
  all_owners: {description: Whether to end those of other people as well., type: bool, default: false}
  runs_dir: {description: Where the directories of runs are in which their end is recorded., type: path}
  timeout: {description: Seconds until no instance may be alive., type: int, default: 600}
author: [benchmarks]
"""
EXAMPLES = """
- terminate_expired: {regions: [eu-central-1, us-east-1]}
"""
RETURN = """
ended: {description: Ids of what was ended., type: list, elements: str, returned: success}
lines: {description: What was done and is left in each region., type: list, elements: str, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {
            "regions": {"type": "list", "elements": "str", "required": True},
            "all_owners": {"type": "bool", "default": False},
            "runs_dir": {"type": "path"},
            "timeout": {"type": "int", "default": 600},
        },
        supports_check_mode=True,
    )
    from benchmarks.aws import session
    from benchmarks.launch import expired_ending, termination

    given = module.params
    outcome = expired_ending.end(
        {region: session.connector(region) for region in given["regions"]},
        datetime.now(UTC),
        all_owners=given["all_owners"],
        check=module.check_mode,
        timeout=given["timeout"],
    )
    if given["runs_dir"]:
        termination.note_expired(Path(given["runs_dir"]), outcome.runs)
    if not outcome.complete:
        module.fail_json(msg="\n".join(outcome.lines), ended=list(outcome.ended))
    module.exit_json(changed=bool(outcome.ended), ended=list(outcome.ended), lines=list(outcome.lines))


if __name__ == "__main__":
    main()
