"""Checks this machine, the AWS user and the account for what runs need."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: check_account
short_description: Check whether this machine, the AWS user and the account are ready for runs
description:
  - Changes nothing in the account; EC2 is asked by dry runs what it would allow.
  - Fails only for parameters that no account could satisfy. What a check found is in the listing.
  - Writes C(setup.json) if the account could be looked at.
options:
  parameters: {description: Setup's parameters., type: dict, required: true}
  run_dir: {description: The run's directory., type: path, required: true}
  ansible: {description: The version of ansible-core., type: str, required: true}
  collections: {description: The directories with Ansible's collections., type: list, elements: path, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- check_account:
    parameters: "{{ parameters }}"
    run_dir: "{{ run_dir }}"
    ansible: "{{ ansible_version.full }}"
    collections: "{{ lookup('ansible.builtin.config', 'COLLECTIONS_PATHS') }}"
"""
RETURN = """
listing: {description: All that was found, line by line., type: str, returned: success}
problem: {description: Why setup cannot go on; empty if it can., type: str, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {
            "parameters": {"type": "dict", "required": True},
            "run_dir": {"type": "path", "required": True},
            "ansible": {"type": "str", "required": True},
            "collections": {"type": "list", "elements": "path", "required": True},
        },
        supports_check_mode=True,
    )
    from benchmarks.aws import aws_errors, session
    from benchmarks.doctor import examination, listing
    from benchmarks.runs import record_files, run_directory
    from benchmarks.runs.records import Setup

    parameters, directory = module.params["parameters"], Path(module.params["run_dir"])
    here = examination.Machine(module.params["ansible"], module.params["collections"])
    changed = False
    try:
        earlier = record_files.recall(Setup, directory)
        found = examination.examine(parameters, session.connector(parameters["region"]), here, earlier)
        if found.setup:
            changed = record_files.write(directory, found.setup)
        else:
            # Of an earlier call, which may have found more.
            (directory / Setup.FILE).unlink(missing_ok=True)
    except aws_errors.errors() as error:
        module.fail_json(msg=aws_errors.sentence(error))
    except OSError as error:
        module.fail_json(msg=str(run_directory.cannot_be_written(directory, error)))
    module.exit_json(
        changed=changed,
        listing=listing.listing(found, parameters["region"]),
        problem=listing.obstacle(found, parameters["yes"]),
    )


if __name__ == "__main__":
    main()
