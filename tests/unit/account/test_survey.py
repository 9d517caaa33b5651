"""What an account has, what it lacks, and what a user is told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.account import bucket_policy
from benchmarks.account import survey as account_survey
from benchmarks.account.survey import Existing
from benchmarks.errors import FailedError, RefusedError
from tests.support.account_answers import (
    BUCKET,
    COMPLETE,
    ROLE,
    TARGET,
    complete,
    connector,
    error,
    group,
    rule,
    template,
)

WIDE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{TARGET.bucket}/*"}],
}
PARTS = [
    "security_group",
    "ssh_rule",
    "role",
    "policy",
    "instance_profile",
    "bucket",
    "upload_rule",
    "add_rule",
    "launch_template",
]


def test_empty_account_lacks_everything() -> None:
    survey = account_survey.survey(TARGET, Existing())
    assert [need.name for need in survey.missing] == PARTS
    assert survey.notes == ()


def test_complete_account_lacks_nothing_and_gives_no_cause_for_notes() -> None:
    survey = account_survey.survey(TARGET, COMPLETE)
    assert survey.missing == ()
    assert survey.notes == ()


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"security_group": None}, ["security_group", "ssh_rule"]),
        ({"security_group": group()}, ["ssh_rule"]),
        ({"role": replace(ROLE, policy=None)}, ["policy"]),
        ({"role": replace(ROLE, instance_profile={"Roles": []})}, ["instance_profile"]),
        ({"role": replace(ROLE, policy=WIDE)}, ["policy"]),
        ({"bucket": None}, ["bucket", "upload_rule", "add_rule"]),
        ({"bucket": replace(BUCKET, policy=bucket_policy.EMPTY)}, ["add_rule"]),
        ({"bucket": replace(BUCKET, lifecycle=[])}, ["upload_rule"]),
        ({"bucket": replace(BUCKET, lifecycle=None)}, []),
        ({"launch_template": None}, ["launch_template"]),
    ],
)
def test_only_what_is_not_there_is_missing(change: dict[str, Any], missing: list[str]) -> None:
    survey = account_survey.survey(TARGET, replace(COMPLETE, **change))
    assert [need.name for need in survey.missing] == missing


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (
            {"security_group": group(rule("203.0.113.7/32", "198.51.100.1/32"))},
            "also lets in 198.51.100.1/32 by SSH",
        ),
        ({"security_group": group(rule("0.0.0.0/0"))}, "open to the whole Internet on port 22"),
        (
            {"role": replace(ROLE, role={"AssumeRolePolicyDocument": {"Statement": []}})},
            "does not trust ec2.amazonaws.com",
        ),
        ({"role": replace(ROLE, policy={"Statement": []})}, "is not as setup writes it"),
        (
            {"role": replace(ROLE, instance_profile={"Roles": [{"RoleName": "other"}]})},
            "has the role other, not benchmarks",
        ),
        ({"bucket": replace(BUCKET, region="us-east-1")}, "is in us-east-1, so results leave eu-central-1"),
        ({"bucket": replace(BUCKET, blocks_public_access=False)}, "does not block public access"),
        ({"bucket": replace(BUCKET, disables_acls=False)}, "has ACLs enabled"),
        ({"launch_template": template(SecurityGroupIds=["sg-2"])}, "lacks this VPC's security group benchmarks"),
        ({"launch_template": template(IamInstanceProfile={})}, "lacks the instance profile benchmarks"),
    ],
)
def test_difference_that_matters_is_told_and_nothing_is_missing_for_it(change: dict[str, Any], note: str) -> None:
    survey = account_survey.survey(TARGET, replace(COMPLETE, **change))
    assert [note in told for told in survey.notes] == [True]
    assert survey.missing == ()


def test_profile_that_exists_is_known_even_without_a_role() -> None:
    empty = replace(ROLE, instance_profile={"Roles": []})
    assert account_survey.survey(TARGET, replace(COMPLETE, role=empty)).has_profile
    assert not account_survey.survey(TARGET, Existing()).has_profile


NO_PROFILE = replace(TARGET, no_instance_profile=True)


def test_without_a_profile_iam_is_not_asked_and_nothing_of_it_is_missing() -> None:
    def connect(service: str, region: str | None = None) -> Any:
        assert service != "iam"
        return connector()(service, region)

    found = account_survey.find_existing(connect, NO_PROFILE)
    survey = account_survey.survey(NO_PROFILE, found)
    assert [need.name for need in survey.needs] == [
        *("security_group", "ssh_rule", "bucket", "upload_rule", "add_rule", "launch_template")
    ]
    assert survey.no_instance_profile


def test_a_template_without_a_profile_is_noted_only_if_there_should_be_one() -> None:
    bare = replace(COMPLETE, launch_template=template(IamInstanceProfile={}))
    assert account_survey.survey(NO_PROFILE, bare).notes == ()
    (note,) = account_survey.survey(TARGET, bare).notes
    assert "lacks the instance profile benchmarks" in note
    assert "aws ec2 delete-launch-template --launch-template-name benchmarks, then setup again" in note


def test_private_subnet_is_told() -> None:
    survey = account_survey.survey(replace(TARGET, private_subnet="subnet-1"), COMPLETE)
    assert survey.notes[0].startswith("The subnet subnet-1 gives instances no public address")


def test_nothing_is_found_in_an_empty_account() -> None:
    assert account_survey.find_existing(connector(), TARGET) == Existing()


@pytest.mark.parametrize(
    ("launch_template", "answers", "sentence"),
    [
        ("benchmarks", {"head_bucket": error("403")}, "belongs to another account, or your AWS user may not use it"),
        ("lt-0123", {"describe_launch_templates": error("InvalidLaunchTemplateId.NotFound")}, "give a name and no"),
        ("benchmarks:3", {}, "There is no launch template benchmarks:3 in eu-central-1"),
        ("benchmarks", {"get_role": error("AccessDenied")}, "lacks the permission"),
    ],
)
def test_what_setup_could_not_mend_is_refused(launch_template: str, answers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        account_survey.find_existing(connector(**answers), replace(TARGET, launch_template=launch_template))


def test_what_was_created_is_waited_for() -> None:
    accounts = iter([complete(get_role=error("NoSuchEntity")), complete()])
    current = [next(accounts)]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        current[0] = next(accounts)

    survey = account_survey.wait_complete(lambda *given: current[0](*given), TARGET, 30, sleep)
    assert survey.missing == ()
    assert len(slept) == 1


def test_what_does_not_turn_up_is_named() -> None:
    with pytest.raises(FailedError, match=r"after 0 seconds: IAM role benchmarks, for instances\. Run it again\.$"):
        account_survey.wait_complete(complete(get_role=error("NoSuchEntity")), TARGET, 0, lambda _seconds: None)
