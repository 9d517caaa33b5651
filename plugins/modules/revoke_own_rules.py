"""Takes back from the security group the addresses that a user no longer has."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: revoke_own_rules
short_description: Take back a user's earlier addresses from a security group
description:
  - Only single addresses in rules for SSH with exactly this description are taken back, and only while the group lets
    in the present range. Rules of other users and wider ranges stay.
options:
  region: {description: The group's region., type: str, required: true}
  vpc: {description: The VPC of the group that setup makes., type: str, required: true}
  description: {description: The description of the user's rules., type: str, required: true}
  allow_from: {description: The range from which the user reaches instances now., type: str, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- revoke_own_rules:
    region: eu-central-1
    vpc: vpc-0123456789abcdef0
    description: SSH for alice (benchmarks)
    allow_from: 203.0.113.7/32
"""
RETURN = """
revoked: {description: The addresses that were taken back., type: list, elements: str, returned: success}
"""


def main() -> None:
    needed = {"type": "str", "required": True}
    module = AnsibleModule(
        dict.fromkeys(("region", "vpc", "description", "allow_from"), needed), supports_check_mode=True
    )
    from benchmarks.account import own_rules
    from benchmarks.aws import aws_errors, session

    given = module.params
    try:
        ec2 = session.connector(given["region"])("ec2")
        revoked = own_rules.revoke_outdated(
            ec2, given["vpc"], given["description"], given["allow_from"], dry=module.check_mode
        )
    except aws_errors.errors() as error:
        module.fail_json(msg=aws_errors.sentence(error))
    module.exit_json(changed=bool(revoked), revoked=revoked)


if __name__ == "__main__":
    main()
