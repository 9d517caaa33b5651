"""Finds out what runs need in an AWS account and whether it is there."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: survey_account
short_description: Find out what there is and what is missing in an AWS account
description:
  - Changes nothing in the account. Refuses what setup could not create, such as a bucket of another account.
  - Writes C(setup.json) where a directory is given.
options:
  parameters: {description: The frozen parameters of setup., type: dict, required: true}
  run_dir: {description: The run's directory., type: path}
  timeout: {description: Seconds after which nothing may be missing any more., type: int}
author: [benchmarks]
"""
EXAMPLES = """
- survey_account: {parameters: "{{ parameters }}", run_dir: "{{ run_dir }}"}
"""
RETURN = """
survey: {description: What was found., type: dict, returned: success}
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
            survey = account_survey.survey(target, account_survey.look(connect, target))
        else:
            survey = account_survey.wait_complete(connect, target, timeout)
    except aws_errors.ERRORS as error:
        module.fail_json(msg=aws_errors.sentence(error))
    directory = module.params["run_dir"]
    changed = bool(directory) and record_files.write(Path(directory), survey)
    module.exit_json(changed=changed, survey=record_files.plain(survey))


if __name__ == "__main__":
    main()
