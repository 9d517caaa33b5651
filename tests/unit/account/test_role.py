"""What the role of instances allows."""

from __future__ import annotations

from benchmarks.account import role
from tests.support.account_answers import TARGET


def test_instances_may_put_objects_into_the_bucket_and_nothing_else() -> None:
    (statement,) = role.policy(TARGET.partition, TARGET.bucket)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::benchmarks-123456789012-eu-central-1/*",
    }
