"""Waits until AWS shows all that setup has created."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: survey_account
short_description: Wait until all that runs need exists in an AWS account
description: Changes nothing in the account. Fails if something is still missing in the end.
options:
  parameters: {description: Setup's parameters., type: dict, required: true}
  timeout: {description: Seconds to wait., type: int, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- survey_account: {parameters: "{{ parameters }}", timeout: 30}
"""
RETURN = """
survey: {description: What runs need and whether it exists., type: dict, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {"parameters": {"type": "dict", "required": True}, "timeout": {"type": "int", "required": True}},
        supports_check_mode=True,
    )
    from benchmarks.account import survey as account_survey
    from benchmarks.account.target import choose_target
    from benchmarks.aws import aws_errors, session
    from benchmarks.runs import record_files

    parameters = module.params["parameters"]
    try:
        connect = session.connector(parameters["region"])
        target = choose_target(parameters, connect)
        survey = account_survey.wait_complete(connect, target, module.params["timeout"])
    except aws_errors.errors() as error:
        module.fail_json(msg=aws_errors.sentence(error))
    module.exit_json(changed=False, survey=record_files.plain(survey))


if __name__ == "__main__":
    main()
