"""Checks which of the resources that runs need exist in an AWS account."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: survey_account
short_description: Find out which resources exist and which are missing in an AWS account
description:
  - Changes nothing in the account. Fails if setup could not create a resource, such as another account's bucket.
  - Writes C(setup.json) if a directory is given.
options:
  parameters: {description: Setup's parameters., type: dict, required: true}
  run_dir: {description: The run's directory., type: path}
  timeout: {description: Seconds to wait until nothing is missing; do not wait if unset., type: int}
author: [benchmarks]
"""
EXAMPLES = """
- survey_account: {parameters: "{{ parameters }}", run_dir: "{{ run_dir }}"}
"""
RETURN = """
survey: {description: What runs need and whether it exists., type: dict, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {
            "parameters": {"type": "dict", "required": True},
            "run_dir": {"type": "path"},
            "timeout": {"type": "int"},
        },
        supports_check_mode=True,
    )
    from benchmarks.account import survey as account_survey
    from benchmarks.account.target import choose_target
    from benchmarks.aws import aws_errors, session
    from benchmarks.runs import record_files

    parameters, timeout = module.params["parameters"], module.params["timeout"]
    try:
        connect = session.connector(parameters["region"])
        target = choose_target(parameters, connect)
        if timeout is None:
            survey = account_survey.survey(target, account_survey.find_existing(connect, target))
        else:
            survey = account_survey.wait_complete(connect, target, timeout)
    except aws_errors.errors() as error:
        module.fail_json(msg=aws_errors.sentence(error))
    directory = module.params["run_dir"]
    changed = bool(directory) and record_files.write(Path(directory), survey)
    module.exit_json(changed=changed, survey=record_files.plain(survey))


if __name__ == "__main__":
    main()
