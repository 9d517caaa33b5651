"""Removing: what fails is named and stops nothing else, and what takes its time is waited for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.account import removal, remover
from benchmarks.account.bucket import UPLOAD_RULE
from benchmarks.account.bucket_policy import ONLY_ADD
from benchmarks.account.remains import FoundBucket, Remains
from benchmarks.account.remover import Outcome, Remover
from benchmarks.runs.records import Removal, Teardown
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.torn_down_account import (
    BUCKET,
    PLACE,
    POLICY,
    PROFILE,
    SET_UP,
    account,
    connector,
    emptied,
    group,
    instance,
    reservations,
    ssh,
)

DONE: dict[str, Any] = {
    operation: {}
    for operation in (
        *("delete_launch_template", "delete_security_group", "remove_role_from_instance_profile"),
        *("delete_instance_profile", "delete_role_policy", "delete_role", "delete_bucket", "delete_objects"),
        *("revoke_security_group_ingress", "put_bucket_lifecycle_configuration", "delete_bucket_lifecycle"),
        *("put_bucket_policy", "delete_bucket_policy"),
    )
}
EVERYTHING = removal.plan(PLACE, SET_UP)


def client(**changes: Any) -> FakeClient:
    return account(**{**DONE, **changes})


class Clock:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.time = 0.0

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def now(self) -> float:
        return self.time


def remove(aws: FakeClient, survey: Teardown = EVERYTHING, told: list[str] | None = None) -> Outcome:
    clock, heard = Clock(), told if told is not None else []
    return Remover(connector(aws), survey, 600, heard.append, clock.sleep, clock.now).remove_all()


def only(kind: str, id: str) -> Teardown:
    removals = (Removal(kind=kind, id=id, text=f"the {kind}"),)
    return Teardown(account=PLACE.account, region=PLACE.region, bucket=BUCKET, removals=removals, left=())


def test_everything_is_removed_in_order_and_told_at_once() -> None:
    aws = client()
    told: list[str] = []
    outcome = remove(aws, told=told)
    assert outcome == Outcome(tuple(one.text for one in EVERYTHING.removals))
    assert told == [f"removed  {one.text}" for one in EVERYTHING.removals]
    assert [name for name, _ in aws.calls if name in DONE] == [
        "delete_launch_template",
        "delete_security_group",
        "remove_role_from_instance_profile",
        "delete_instance_profile",
        "delete_role_policy",
        "delete_role",
        "delete_bucket",
    ]
    assert aws.called("delete_role_policy") == [{"RoleName": "benchmarks", "PolicyName": POLICY}]
    assert aws.called("delete_bucket") == [{"Bucket": BUCKET, "ExpectedBucketOwner": PLACE.account}]


def test_what_cannot_be_removed_is_named_and_stops_nothing_else() -> None:
    denied = aws_error("UnauthorizedOperation", "You may not", "DeleteLaunchTemplate")
    outcome = remove(client(delete_launch_template=denied, delete_bucket=aws_error("BucketNotEmpty", "It is not")))
    assert len(outcome.removed) == 4
    first, second = outcome.failures
    assert first.startswith("Not removed: launch template benchmarks: Your AWS user lacks the permission DeleteLaunch")
    assert second.startswith(f"Not removed: S3 bucket {BUCKET} with all its settings: AWS refused")
    assert remover.result(outcome, ())["msg"] == f"{first}\n{second}"


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("delete_launch_template", "InvalidLaunchTemplateId.NotFound"),
        ("delete_security_group", "InvalidGroup.NotFound"),
        ("get_instance_profile", "NoSuchEntity"),
        ("delete_role_policy", "NoSuchEntity"),
        ("delete_role", "NoSuchEntity"),
        ("delete_bucket", "NoSuchBucket"),
    ],
)
def test_what_is_gone_already_counts_as_removed(operation: str, code: str) -> None:
    assert remove(client(**{operation: aws_error(code)})).failures == ()


@pytest.mark.parametrize(
    ("kind", "operation", "code"),
    [
        ("upload_rule", "get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"),
        ("bucket_policy", "get_bucket_policy", "NoSuchBucketPolicy"),
    ],
)
def test_what_was_added_to_a_bucket_and_is_gone_counts_as_removed(kind: str, operation: str, code: str) -> None:
    assert remove(client(**{operation: aws_error(code)}), only(kind, BUCKET)).failures == ()


def test_conflict_that_passes_is_waited_for() -> None:
    conflict = aws_error("DeleteConflict", "must remove roles first", "DeleteRole")
    aws = client(delete_role=[conflict, conflict, {}], delete_instance_profile=[conflict, {}])
    assert remove(aws).failures == ()
    assert len(aws.called("delete_role")) == 3


def test_conflict_that_stays_is_a_failure_after_a_while() -> None:
    aws = client(delete_role=aws_error("DeleteConflict", "must detach policies first", "DeleteRole"))
    (failure,) = remove(aws, only("role", "benchmarks")).failures
    assert failure == "Not removed: the role: AWS refused DeleteRole (DeleteConflict): must detach policies first."
    assert 20 < len(aws.called("delete_role")) < 40


def test_profile_keeps_a_role_of_others() -> None:
    aws = client(get_instance_profile={"InstanceProfile": {**PROFILE, "Roles": [{"RoleName": "web"}]}})
    remove(aws, only("instance_profile", "benchmarks"))
    assert aws.called("remove_role_from_instance_profile") == []


IN_USE = aws_error("DependencyViolation", "resource sg-1 has a dependent object", "DeleteSecurityGroup")
INTERFACE = {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "Attachment": {"InstanceId": "i-1"}}]}
DYING = reservations(instance(state="shutting-down"))


def test_group_is_deleted_when_what_is_shutting_down_has_freed_it() -> None:
    told: list[str] = []
    aws = client(
        delete_security_group=[IN_USE] * 60 + [{}], describe_instances=DYING, describe_network_interfaces=INTERFACE
    )
    assert remove(aws, only("security_group", "sg-1"), told).failures == ()
    assert told == [
        "waiting for i-1 to shut down, which takes bare metal minutes …",
        "removed  the security_group",
    ]


def test_group_is_not_waited_for_without_end() -> None:
    aws = client(delete_security_group=IN_USE, describe_instances=DYING, describe_network_interfaces=INTERFACE)
    (failure,) = remove(aws, only("security_group", "sg-1")).failures
    assert failure == "Not removed: the security_group: it is in use by i-1, which is shutting down."


def test_group_that_something_alive_uses_fails_at_once_and_names_it() -> None:
    alive = reservations(instance(SecurityGroups=[{"GroupId": "sg-1"}]))
    aws = client(delete_security_group=IN_USE, describe_instances=alive)
    (failure,) = remove(aws, only("security_group", "sg-1")).failures
    assert "it is in use by i-1, which uses the security group benchmarks (running; aws ec2" in failure
    assert len(aws.called("delete_security_group")) == 1


def test_group_that_nothing_visible_uses_is_tried_for_a_while() -> None:
    aws = client(delete_security_group=IN_USE)
    (failure,) = remove(aws, only("security_group", "sg-1")).failures
    assert failure.endswith("it is in use by something that EC2 does not show.")
    assert 10 < len(aws.called("delete_security_group")) < 20


def test_only_setups_rules_are_taken_out_of_a_group() -> None:
    mine = group(ssh("203.0.113.7/32"), ssh("198.51.100.1/32", description=None))
    aws = client(describe_security_groups={"SecurityGroups": [mine]})
    remove(aws, only("ssh_rules", "sg-1"))
    (call,) = aws.called("revoke_security_group_ingress")
    assert call["IpPermissions"][0]["IpRanges"] == [{"CidrIp": "203.0.113.7/32"}]


EXPIRE = {"ID": "mine", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 9}}
OWNED = {"Bucket": BUCKET, "ExpectedBucketOwner": PLACE.account}


def test_only_setups_rule_is_taken_out_of_a_bucket() -> None:
    kept = {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class"}
    aws = client(get_bucket_lifecycle_configuration={"Rules": [EXPIRE, UPLOAD_RULE], **kept})
    remove(aws, only("upload_rule", BUCKET))
    assert aws.called("put_bucket_lifecycle_configuration") == [
        {**OWNED, "LifecycleConfiguration": {"Rules": [EXPIRE]}, **kept}
    ]


def test_bucket_without_other_rules_has_none_afterwards() -> None:
    aws = client()
    remove(aws, only("upload_rule", BUCKET))
    assert aws.called("delete_bucket_lifecycle") == [OWNED]


def test_only_setups_statements_are_taken_out_of_a_policy() -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": ONLY_ADD}, {"Sid": "Mine"}, {"Sid": "BenchmarksTeamReads"}],
    }
    aws = client(get_bucket_policy={"Policy": json.dumps(policy)})
    remove(aws, only("bucket_policy", BUCKET))
    (call,) = aws.called("put_bucket_policy")
    assert json.loads(call["Policy"]) == {**policy, "Statement": [{"Sid": "Mine"}, {"Sid": "BenchmarksTeamReads"}]}


def test_policy_that_s3_does_not_take_without_setups_statements_is_told_with_the_cause() -> None:
    old = {"Sid": "Old", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    policy = {"Statement": [{"Sid": ONLY_ADD}, old]}
    refused = aws_error("AccessDenied", "because of the BlockPublicPolicy setting in S3 Block Public Access.")
    aws = client(get_bucket_policy={"Policy": json.dumps(policy)}, put_bucket_policy=refused)
    (failure,) = remove(aws, only("bucket_policy", BUCKET)).failures
    assert f"S3 does not take the policy of the bucket {BUCKET} with the statement Old, since that lets" in failure


def test_policy_without_other_statements_is_deleted() -> None:
    aws = client(get_bucket_policy={"Policy": json.dumps({"Statement": {"Sid": ONLY_ADD}})})
    remove(aws, only("bucket_policy", BUCKET))
    assert aws.called("delete_bucket_policy") == [OWNED]


def test_progress_of_deleting_many_results_is_told() -> None:
    told: list[str] = []
    versions = [{"Key": str(n), "VersionId": "1", "IsLatest": True, "Size": 1} for n in range(1000)]
    remove(client(list_object_versions=[{"Versions": versions}, {}]), only("results", BUCKET), told)
    assert told[0] == f"deleted  1,000 objects and versions of {BUCKET} so far"


def test_what_is_gone_is_not_shown_any_more() -> None:
    assert remover.still_there(connector(emptied()), PLACE, EVERYTHING) == ()


def test_what_aws_still_shows_is_waited_for_and_then_named() -> None:
    slept: list[float] = []
    left = remover.still_there(connector(account()), PLACE, only("role", "benchmarks"), slept.append, timeout=0)
    assert left == ("IAM role benchmarks",)
    assert remover.result(Outcome(("x",)), left) == {
        "failed": True,
        "msg": "AWS still shows IAM role benchmarks: run it again.",
    }


def test_what_was_left_on_purpose_is_no_failure() -> None:
    results = replace(SET_UP, bucket=FoundBucket({"Tags": []}))
    survey = removal.plan(PLACE, results)
    assert "bucket" not in [one.kind for one in survey.removals]
    assert remover.still_there(connector(account()), PLACE, removal.plan(PLACE, Remains())) == ()
    assert remover.result(Outcome(("x",)), ())["sentence"] == "Everything listed to be removed is gone."
