"""Exactly what setup made is removed, and what is left is named with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.account import removal, role
from benchmarks.account.bucket import UPLOAD_RULE
from benchmarks.account.bucket_contents import Contents
from benchmarks.account.bucket_policy import ONLY_ADD
from benchmarks.account.remains import FoundBucket, FoundRole, Remains
from benchmarks.account.users import Users
from benchmarks.errors import RefusedError
from tests.support.torn_down_account import (
    BUCKET,
    PLACE,
    POLICY,
    PROFILE,
    ROLE,
    SET_UP,
    TAGGED,
    TEMPLATE,
    VERSION,
    group,
    ssh,
)

EVERYTHING = ["launch_template", "security_group", "instance_profile", "policy", "role", "bucket"]
UNTAGGED: dict[str, Any] = {"Tags": []}
ELSEWHERE = "write-to-benchmarks-123456789012-us-east-1"
RESULTS = Contents(objects=12, bytes=3_400_000)


def kinds(found: Remains, **place: Any) -> list[str]:
    return [one.kind for one in removal.plan(replace(PLACE, **place), found).removals]


def left(found: Remains, **place: Any) -> list[str]:
    return list(removal.plan(replace(PLACE, **place), found).left)


def test_everything_is_removed_in_an_order_in_which_aws_lets_it_go() -> None:
    assert kinds(SET_UP) == EVERYTHING
    assert left(SET_UP) == []


def test_nothing_is_removed_and_nothing_is_left_of_nothing() -> None:
    survey = removal.plan(PLACE, Remains())
    assert (survey.removals, survey.left) == ((), ())


@pytest.mark.parametrize(
    ("change", "stays", "why"),
    [
        (
            {"template": {**TEMPLATE, **UNTAGGED}},
            ["launch_template"],
            ["launch template benchmarks: setup did not"],
        ),
        (
            {"versions": [VERSION, {"VersionNumber": 3}, {"VersionNumber": 2, "VersionDescription": "mine"}]},
            ["launch_template"],
            ["launch template benchmarks: setup did not make its versions 2, 3 (aws ec2 delete-launch-template"],
        ),
        (
            {"group": group(**UNTAGGED)},
            ["security_group"],
            ["security group benchmarks in vpc-1: setup did not make it"],
        ),
        (
            {"referring": ("sg-8", "sg-9")},
            ["security_group"],
            ["security group benchmarks in vpc-1: rules of sg-8, sg-9 name it, so EC2 does not delete it"],
        ),
        (
            {"role": replace(ROLE, role=UNTAGGED)},
            ["role"],
            ["IAM role benchmarks: setup did not make it"],
        ),
        (
            {"role": replace(ROLE, policies=(POLICY, "mine"), attached=("AmazonSSMManagedInstanceCore",))},
            ["role", "instance_profile"],
            [
                "instance profile benchmarks: it hands out the role benchmarks",
                "IAM role benchmarks: setup did not give it the policies mine, AmazonSSMManagedInstanceCore",
            ],
        ),
        (
            {"role": replace(ROLE, policies=(POLICY, ELSEWHERE))},
            ["role", "instance_profile"],
            ["instance profile benchmarks: runs in us-east-1 use it", "IAM role benchmarks: runs in us-east-1 use it"],
        ),
        (
            {"role": replace(ROLE, policies=(POLICY, ELSEWHERE, "write-to-mine"))},
            ["role", "instance_profile"],
            [
                f"instance profile benchmarks: it is also for other buckets, by {ELSEWHERE}, write-to-mine (--bucket",
                f"IAM role benchmarks: it is also for other buckets, by {ELSEWHERE}, write-to-mine (--bucket removes",
            ],
        ),
        (
            {"role": replace(ROLE, profiles=("benchmarks", "web"))},
            ["role", "instance_profile"],
            ["instance profile benchmarks: it hands out", "IAM role benchmarks: the instance profile web has it"],
        ),
        (
            {"profile": {**PROFILE, "Roles": [{"RoleName": "web"}]}},
            ["instance_profile"],
            ["instance profile benchmarks: it has the role web"],
        ),
        (
            {"bucket": FoundBucket(TAGGED, contents=RESULTS)},
            ["bucket"],
            [f"S3 bucket {BUCKET}: it holds 12 objects (3.4 MB) (--delete-results {BUCKET} deletes them"],
        ),
        (
            {"role": None, "profile": None, "iam_hidden": True},
            ["instance_profile", "policy", "role"],
            ["IAM role and instance profile benchmarks: you may not look at them (iam:Get"],
        ),
        ({"bucket": FoundBucket(UNTAGGED)}, ["bucket"], [f"S3 bucket {BUCKET}: setup did not make it"]),
        (
            {"groups_elsewhere": [group(VpcId="vpc-2")]},
            [],
            ["security group benchmarks in vpc-2: it is removed with --subnet and a subnet of that VPC"],
        ),
        (
            {"other_templates": ("in-my-vpc",)},
            ["instance_profile", "policy", "role", "bucket"],
            [
                "instance profile benchmarks: the launch template in-my-vpc uses it (--launch-template removes that)",
                f"policy {POLICY} of the role benchmarks: the launch template in-my-vpc uses it",
                "IAM role benchmarks: the launch template in-my-vpc uses it",
                f"S3 bucket {BUCKET}: runs from the launch template in-my-vpc may use it",
            ],
        ),
        (
            {"other_templates": ("fast", "in-my-vpc"), "group_templates": ("fast",)},
            ["security_group", "instance_profile", "policy", "role", "bucket"],
            [
                "security group benchmarks in vpc-1: the launch template fast uses it (--launch-template removes that)",
                "instance profile benchmarks: the launch template fast, in-my-vpc uses it",
                f"policy {POLICY} of the role benchmarks: the launch template fast, in-my-vpc uses it",
                "IAM role benchmarks: the launch template fast, in-my-vpc uses it",
                f"S3 bucket {BUCKET}: runs from the launch template fast, in-my-vpc may use it",
            ],
        ),
    ],
)
def test_what_setup_did_not_make_or_others_use_stays_alone(
    change: dict[str, Any], stays: list[str], why: list[str]
) -> None:
    found = replace(SET_UP, **change)
    assert kinds(found) == [kind for kind in EVERYTHING if kind not in stays]
    assert [text.startswith(reason) for text, reason in zip(left(found), why, strict=True)] == [True] * len(why)


def test_group_goes_with_the_rules_that_others_added_to_it() -> None:
    found = replace(SET_UP, group=group(ssh("203.0.113.7/32"), ssh("198.51.100.1/32", description=None)))
    (removed,) = (one for one in removal.plan(PLACE, found).removals if one.kind == "security_group")
    assert removed.text == "security group benchmarks in vpc-1, also its 1 rule by others"


def test_of_a_group_that_was_there_only_setups_rules_are_removed() -> None:
    mine = group(ssh("203.0.113.7/32"), ssh("198.51.100.1/32", description=None), **UNTAGGED)
    (removed, *_) = removal.plan(PLACE, Remains(group=mine)).removals
    assert (removed.kind, removed.id) == ("ssh_rules", "sg-1")
    assert removed.text == "rules for SSH of the security group benchmarks in vpc-1: 203.0.113.7/32"


def test_of_a_role_that_was_there_only_the_policy_is_removed() -> None:
    found = Remains(role=FoundRole(UNTAGGED, policies=(POLICY, "mine")))
    assert kinds(found) == ["policy"]


def test_policy_of_another_bucket_is_not_this_ones() -> None:
    assert kinds(Remains(role=FoundRole(TAGGED, policies=(ELSEWHERE,)))) == []


def test_profile_that_was_there_loses_only_the_role_that_setup_made() -> None:
    found = replace(SET_UP, profile={**PROFILE, **UNTAGGED})
    assert kinds(found) == ["launch_template", "security_group", "profile_role", "policy", "role", "bucket"]
    assert left(found) == ["instance profile benchmarks: setup did not make it"]


def test_profile_of_setup_goes_from_a_role_that_was_there() -> None:
    assert kinds(replace(SET_UP, role=replace(ROLE, role=UNTAGGED))) == [k for k in EVERYTHING if k != "role"]


def test_account_without_a_role_and_profile_loses_the_rest() -> None:
    found = replace(SET_UP, role=None, profile=None)
    assert kinds(found) == ["launch_template", "security_group", "bucket"]


def test_of_a_bucket_that_was_there_only_what_setup_added_is_removed() -> None:
    policy = {"Statement": [{"Sid": ONLY_ADD}, {"Sid": "Mine"}, {"Sid": "BenchmarksTeamReads"}]}
    found = Remains(bucket=FoundBucket(UNTAGGED, lifecycle=[UPLOAD_RULE], policy=policy))
    survey = removal.plan(PLACE, found)
    assert [one.kind for one in survey.removals] == ["upload_rule", "bucket_policy"]
    assert survey.removals[1].text == f"statement {ONLY_ADD} in the policy of the S3 bucket {BUCKET}"
    assert survey.left == (f"S3 bucket {BUCKET}: setup did not make it",)


PUBLIC = {"Statement": [{"Sid": "BenchmarksAnyoneReadsResults"}]}


def test_bucket_that_was_there_and_was_opened_is_named_with_how_to_close_it() -> None:
    survey = removal.plan(replace(PLACE, bucket="mine"), Remains(bucket=FoundBucket(UNTAGGED, policy=PUBLIC)))
    assert [one.kind for one in survey.removals] == ["bucket_policy"]
    assert survey.left == (
        "S3 bucket mine: setup did not make it",
        "settings for public access of the S3 bucket mine: --public had opened them (to close them: aws s3api "
        "put-public-access-block --bucket mine --public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true)",
    )


@pytest.mark.parametrize("change", [{"contents": RESULTS}, {}])
def test_public_results_that_are_left_are_named_as_such(change: Any) -> None:
    found = replace(SET_UP, bucket=FoundBucket(TAGGED, policy=PUBLIC, **change), other_templates=("fast",))
    assert left(found)[-1].endswith("; anyone reads its results/ (docs/how-to/bucket.md says how to end that)")
    private = replace(SET_UP, bucket=FoundBucket(TAGGED, **change), other_templates=("fast",))
    assert "anyone" not in left(private)[-1]


def test_of_a_bucket_for_several_regions_it_is_told_what_ends_elsewhere() -> None:
    own = role.policy_name("mine")
    found = replace(SET_UP, role=replace(ROLE, policies=(own,)))
    texts = {one.kind: one.text for one in removal.plan(replace(PLACE, bucket="mine"), found).removals}
    assert texts["instance_profile"] == (
        "instance profile benchmarks; instances that use it in other regions, which are not looked at, lose their "
        "role, and launch templates there that name it can no longer launch"
    )
    texts = {one.kind: one.text for one in removal.plan(PLACE, SET_UP).removals}
    assert texts["instance_profile"] == (
        "instance profile benchmarks; instances that use it in other regions, which are not looked at, lose their role"
    )


def test_settings_of_others_that_go_with_the_bucket_are_counted() -> None:
    def text(**has: Any) -> str:
        found = replace(SET_UP, bucket=FoundBucket(TAGGED, **has))
        return next(one.text for one in removal.plan(PLACE, found).removals if one.kind == "bucket")

    whole = f"S3 bucket {BUCKET} with all its settings"
    own = {"policy": {"Statement": [{"Sid": ONLY_ADD}]}, "lifecycle": [UPLOAD_RULE]}
    assert text() == text(**own) == whole
    mine = {"Sid": "Mine"}
    assert text(policy={"Statement": [{"Sid": ONLY_ADD}, mine]}) == f"{whole}, among them 1 statement by others"
    more = {"policy": {"Statement": [mine, {"Effect": "Deny"}]}, "lifecycle": [UPLOAD_RULE, {"ID": "old"}]}
    assert text(**more) == f"{whole}, among them 2 statements and 1 lifecycle rule by others"


def test_role_that_is_for_this_regions_other_bucket_is_not_said_to_be_for_other_regions() -> None:
    found = replace(SET_UP, role=replace(ROLE, policies=(role.policy_name("mine"), POLICY)))
    assert f"IAM role benchmarks: it is also for other buckets, by {POLICY} (--bucket removes one)" in left(
        found, bucket="mine"
    )


def test_results_go_only_if_their_bucket_is_named() -> None:
    found = replace(SET_UP, bucket=FoundBucket(TAGGED, contents=RESULTS))
    survey = removal.plan(replace(PLACE, delete_results=True), found)
    assert [one.kind for one in survey.removals][-2:] == ["results", "bucket"]
    assert survey.removals[-2].text == f"all that the S3 bucket {BUCKET} holds: 12 objects (3.4 MB)"
    assert survey.left == ()


def test_results_in_a_bucket_that_was_there_are_not_deleted() -> None:
    with pytest.raises(RefusedError, match=f"setup did not make the bucket {BUCKET}, so delete_results"):
        removal.plan(replace(PLACE, delete_results=True), replace(SET_UP, bucket=FoundBucket(UNTAGGED)))


def test_nothing_is_removed_while_it_is_in_use() -> None:
    survey = removal.plan(PLACE, SET_UP)
    told = r"Nothing was removed, since this is still in use in eu-central-1: i-1 of …; eni-1\. End that first\."
    with pytest.raises(RefusedError, match=told):
        removal.check_unused(survey, Users(alive=("i-1 of …", "eni-1")))
    removal.check_unused(survey, Users(ending=("i-1",)))


def test_without_anything_to_remove_it_does_not_matter_what_runs() -> None:
    removal.check_unused(removal.plan(PLACE, Remains()), Users(alive=("i-1",)))
