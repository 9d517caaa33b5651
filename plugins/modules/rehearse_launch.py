"""Asks EC2 by a dry run whether it would launch from the launch template that setup has created."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: rehearse_launch
short_description: Ask EC2 whether it would launch from a launch template
description: Launches nothing, and never fails for what EC2 answers, which is in the result.
options:
  parameters: {description: Setup's parameters., type: dict, required: true}
  owner: {description: The user's name, for the tags., type: str, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- rehearse_launch: {parameters: "{{ parameters }}", owner: alice}
"""
RETURN = """
check: {description: What EC2 would do, as one of setup's checks., type: dict, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {"parameters": {"type": "dict", "required": True}, "owner": {"type": "str", "required": True}},
        supports_check_mode=True,
    )
    from benchmarks.aws import aws_errors, session
    from benchmarks.doctor import examination
    from benchmarks.runs import record_files

    parameters = module.params["parameters"]
    try:
        check = examination.rehearse_launch(parameters, session.connector(parameters["region"]), module.params["owner"])
    except aws_errors.errors() as error:
        module.fail_json(msg=aws_errors.sentence(error))
    module.exit_json(changed=False, check=record_files.plain(check))


if __name__ == "__main__":
    main()
