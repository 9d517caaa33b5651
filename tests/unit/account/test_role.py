"""What the role of instances allows, and what there is of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.account import role
from benchmarks.account.role import Role
from tests.support.account_answers import ROLE, TARGET, complete, connector
from tests.support.aws_fakes import FakeClient, aws_error


def test_instances_may_put_results_into_the_bucket_and_nothing_else() -> None:
    (statement,) = role.policy(TARGET.partition, TARGET.bucket)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::benchmarks-123456789012-eu-central-1/results/*",
    }


def test_what_there_is_not_of_a_role_is_none() -> None:
    assert role.find(connector()("iam"), TARGET.partition, TARGET.bucket) == Role()
    assert role.find(connector()("iam"), TARGET.partition, TARGET.bucket).of_profile is None


def test_a_whole_role_is_found_and_gives_no_cause_for_notes() -> None:
    found = role.find(complete()("iam"), TARGET.partition, TARGET.bucket)
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


ELSEWHERE = "benchmarks-123456789012-us-east-1"


def of_role(documents: dict[str, Any], attached: Sequence[str] = ()) -> Any:
    def get(**asked: Any) -> Any:
        if asked["PolicyName"] not in documents:
            raise aws_error("NoSuchEntity")
        return {"PolicyDocument": documents[asked["PolicyName"]]}

    return FakeClient(
        get_role={"Role": ROLE.role},
        get_instance_profile={"InstanceProfile": ROLE.instance_profile},
        list_role_policies={"PolicyNames": list(documents)},
        list_attached_role_policies={"AttachedPolicies": [{"PolicyName": name} for name in attached]},
        get_role_policy=get,
    )


def test_policies_that_setup_did_not_write_are_found_inline_and_attached() -> None:
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    documents = {
        role.policy_name(TARGET.bucket): role.policy("aws", TARGET.bucket),
        role.policy_name(ELSEWHERE): role.policy("aws", ELSEWHERE),
        "write-to-mine": everything,
        "mine": everything,
    }
    found = role.find(of_role(documents, ["AmazonSSMManagedInstanceCore"]), "aws", TARGET.bucket)
    assert found.others == ("write-to-mine", "mine", "AmazonSSMManagedInstanceCore")
    (note,) = role.notes(found, "aws", TARGET.bucket)
    assert note.startswith("The role benchmarks also has the policies write-to-mine, mine, AmazonSSMManagedInstance")


def test_the_buckets_own_policy_with_another_content_is_handed_to_no_instance() -> None:
    name = role.policy_name(TARGET.bucket)
    found = role.find(of_role({name: {"Statement": []}}), "aws", TARGET.bucket)
    assert found.others == (name,)
    (note,) = role.notes(found, "aws", TARGET.bucket)
    assert "is not as setup writes it" in note
    assert name in role.refusal(found, ["launch_template"])


@pytest.mark.parametrize(
    ("missing", "refused"),
    [
        (["launch_template"], True),
        (["instance_profile", "policy"], True),
        (["policy", "bucket"], False),
        ([], False),
    ],
)
def test_a_role_that_may_do_more_is_refused_only_where_it_would_be_handed_out_anew(
    missing: list[str], refused: bool
) -> None:
    found = replace(ROLE, others=("AdministratorAccess",))
    assert bool(role.refusal(found, missing)) is refused
    assert bool(role.notes(found, "aws", TARGET.bucket, missing)) is not refused
    assert role.refusal(ROLE, missing) == ""


def test_a_profile_with_another_role_is_put_into_no_new_template() -> None:
    found = replace(ROLE, instance_profile={"Roles": [{"RoleName": "admin"}]})
    told = role.refusal(found, ["launch_template"])
    assert told.startswith("The instance profile benchmarks has the role admin, not benchmarks, so that a launch")
    assert role.notes(found, "aws", TARGET.bucket, ["launch_template"]) == []
    assert role.refusal(found, ["bucket"]) == ""
