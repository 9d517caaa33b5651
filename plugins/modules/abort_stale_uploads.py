"""Has a bucket abort multipart uploads that were never completed, which cost money and are seen nowhere."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: abort_stale_uploads
short_description: Add a lifecycle rule that aborts incomplete uploads
description:
  - Other lifecycle rules are kept. A rule of the user's own that does the same is enough.
options:
  bucket: {description: The bucket., type: str, required: true}
  account: {description: The account that owns it., type: str, required: true}
  region: {description: A region to ask S3 in., type: str, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- abort_stale_uploads: {bucket: benchmarks-123456789012-eu-central-1, account: "123456789012", region: eu-central-1}
"""
RETURN = """
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
    except aws_errors.ERRORS as error:
        module.fail_json(msg=aws_errors.sentence(error))
    module.exit_json(changed=changed)


if __name__ == "__main__":
    main()
