"""What the role of instances allows, and what there is of it."""

from __future__ import annotations

from benchmarks.account import role
from benchmarks.account.role import Role
from tests.support.account_answers import ROLE, TARGET, complete, connector


def test_instances_may_put_objects_into_the_bucket_and_nothing_else() -> None:
    (statement,) = role.policy(TARGET.partition, TARGET.bucket)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::benchmarks-123456789012-eu-central-1/*",
    }


def test_what_there_is_not_of_a_role_is_none() -> None:
    assert role.find(connector()("iam"), TARGET.bucket) == Role()
    assert role.find(connector()("iam"), TARGET.bucket).of_profile is None


def test_a_whole_role_is_found_and_gives_no_cause_for_notes() -> None:
    found = role.find(complete()("iam"), TARGET.bucket)
    assert found == ROLE
    assert found.of_profile == "benchmarks"
    assert role.notes(found, TARGET.partition, TARGET.bucket) == []


def test_each_bucket_has_a_policy_of_its_own_in_the_role() -> None:
    assert role.policy_name("one") != role.policy_name("two")
