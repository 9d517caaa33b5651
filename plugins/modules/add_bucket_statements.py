"""Adds statements to a bucket policy, which amazon.aws can only replace as a whole."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: add_bucket_statements
short_description: Add statements to a bucket's policy
description:
  - A statement replaces the one with its Sid. All others are kept.
  - In check mode, a bucket that does not exist yet counts as one without a policy.
  - If they are to make objects public, the bucket's own block of public policies is ended before.
options:
  bucket: {description: The bucket., type: str, required: true}
  account: {description: The account that owns the bucket., type: str, required: true}
  region: {description: The region whose S3 endpoint is called., type: str, required: true}
  statements: {description: "Statements, each with a Sid.", type: list, elements: dict, required: true}
  public: {description: Whether the statements are to make objects public., type: bool, default: false}
author: [benchmarks]
"""
EXAMPLES = """
- add_bucket_statements:
    bucket: benchmarks-123456789012-eu-central-1
    account: "123456789012"
    region: eu-central-1
    statements:
      - Sid: OwnersRead
        Effect: Allow
        Principal: {AWS: "arn:aws:iam::123456789012:root"}
        Action: s3:GetObject
        Resource: arn:aws:s3:::benchmarks-123456789012-eu-central-1/*
"""
RETURN = """
changed:
  description: Whether anything was changed or, in check mode, would have been.
  type: bool
  returned: success
"""


def main() -> None:
    module = AnsibleModule(
        {
            "bucket": {"type": "str", "required": True},
            "account": {"type": "str", "required": True},
            "region": {"type": "str", "required": True},
            "statements": {"type": "list", "elements": "dict", "required": True},
            "public": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    from benchmarks.account import public_access
    from benchmarks.aws import aws_errors, session

    given = module.params
    try:
        s3 = session.connector(given["region"])("s3")
        add = public_access.add if given["public"] else public_access.add_to_private
        changed = add(s3, given["bucket"], given["account"], given["statements"], dry=module.check_mode)
    except aws_errors.errors() as error:
        module.fail_json(msg=aws_errors.sentence(error))
    module.exit_json(changed=changed)


if __name__ == "__main__":
    main()
