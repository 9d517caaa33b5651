"""Makes a bucket abort incomplete multipart uploads, which cost money but are not listed as objects."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: abort_stale_uploads
short_description: Add a lifecycle rule that aborts incomplete uploads
description:
  - Other lifecycle rules are kept. Nothing is changed if a rule of the user's own already does the same.
  - In check mode, a bucket that does not exist yet counts as one without rules.
options:
  bucket: {description: The bucket., type: str, required: true}
  account: {description: The account that owns the bucket., type: str, required: true}
  region: {description: The region whose S3 endpoint is called., type: str, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- abort_stale_uploads: {bucket: benchmarks-123456789012-eu-central-1, account: "123456789012", region: eu-central-1}
"""
RETURN = """
changed:
  description: Whether the rule was added or, in check mode, would have been.
  type: bool
  returned: success
"""


def main() -> None:
    module = AnsibleModule(
        {
            "bucket": {"type": "str", "required": True},
            "account": {"type": "str", "required": True},
            "region": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    from benchmarks.account import bucket
    from benchmarks.aws import aws_errors, session

    given = module.params
    try:
        s3 = session.connector(given["region"])("s3")
        changed = bucket.add_upload_rule(s3, given["bucket"], given["account"], dry=module.check_mode)
    except aws_errors.errors() as error:
        module.fail_json(msg=aws_errors.sentence(error))
    module.exit_json(changed=changed)


if __name__ == "__main__":
    main()
