"""What the role of instances allows, and what there is of it."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.account import role
from benchmarks.account.role import Role
from tests.support.account_answers import ROLE, TARGET, complete, connector


def test_instances_may_put_results_into_the_bucket_and_nothing_else() -> None:
    (statement,) = role.policy(TARGET.partition, TARGET.bucket)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::benchmarks-123456789012-eu-central-1/results/*",
    }


def test_what_there_is_not_of_a_role_is_none() -> None:
    assert role.find(connector()("iam"), TARGET.bucket) == Role()
    assert role.find(connector()("iam"), TARGET.bucket).of_profile is None


def test_a_whole_role_is_found_and_gives_no_cause_for_notes() -> None:
    found = role.find(complete()("iam"), TARGET.bucket)
    assert found == ROLE
    assert found.of_profile == "benchmarks"
    assert role.notes(found, TARGET.partition, TARGET.bucket) == []


def test_a_policy_that_setup_wrote_for_the_whole_bucket_is_too_wide_and_gives_no_cause_for_notes() -> None:
    narrow = role.policy(TARGET.partition, TARGET.bucket)
    (statement,) = narrow["Statement"]
    wide = {**narrow, "Statement": [{**statement, "Resource": f"arn:aws:s3:::{TARGET.bucket}/*"}]}
    assert role.is_too_wide(wide, TARGET.partition, TARGET.bucket)
    assert not role.is_too_wide(narrow, TARGET.partition, TARGET.bucket)
    assert role.notes(replace(ROLE, policy=wide), TARGET.partition, TARGET.bucket) == []


def test_a_role_is_known_by_its_own_arn_or_the_one_that_it_will_have() -> None:
    own = "arn:aws:iam::123456789012:role/team/benchmarks"
    assert role.arn(Role(role={"Arn": own}), "aws", "123456789012") == own
    assert role.arn(Role(), "aws-cn", "123456789012") == "arn:aws-cn:iam::123456789012:role/benchmarks"


def test_each_bucket_has_a_policy_of_its_own_in_the_role() -> None:
    assert role.policy_name("one") != role.policy_name("two")
