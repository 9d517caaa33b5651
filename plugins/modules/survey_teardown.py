"""Finds what setup made in an AWS account."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: survey_teardown
short_description: Find out what teardown would remove from an AWS account, and what it would leave
description:
  - Changes nothing in the account. Fails if something that would be removed is still in use.
  - Writes C(teardown.json).
options:
  parameters: {description: Teardown's parameters., type: dict, required: true}
  run_dir: {description: The run's directory., type: path, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- survey_teardown: {parameters: "{{ parameters }}", run_dir: "{{ run_dir }}"}
"""
RETURN = """
survey: {description: What is removed and what is left., type: dict, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {"parameters": {"type": "dict", "required": True}, "run_dir": {"type": "path", "required": True}},
        supports_check_mode=True,
    )
    from benchmarks.account import remains, removal, users
    from benchmarks.account.teardown_place import choose_place
    from benchmarks.aws import aws_errors, session
    from benchmarks.runs import record_files, run_directory

    parameters, directory = module.params["parameters"], Path(module.params["run_dir"])
    try:
        connect = session.connector(parameters["region"])
        place = choose_place(parameters, connect)
        survey = removal.plan(place, remains.find(connect, place))
        group, profile = survey.id_of("security_group"), survey.id_of("instance_profile")
        removal.check_unused(survey, users.find(connect("ec2"), place.region, group, profile))
    except aws_errors.errors() as error:
        module.fail_json(msg=aws_errors.sentence(error))
    try:
        changed = record_files.write(directory, survey)
    except OSError as error:
        module.fail_json(msg=str(run_directory.cannot_be_written(directory, error)))
    module.exit_json(changed=changed, survey=record_files.plain(survey))


if __name__ == "__main__":
    main()
