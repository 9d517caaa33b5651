"""What answers of AWS mean to somebody who wants to run benchmarks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from benchmarks.aws.credentials import Lifetime
from benchmarks.aws.renewals import Renewal
from benchmarks.doctor import creating, launching, network, reading, user, vcpus
from benchmarks.doctor.network import Network
from tests.support.account_answers import group, rule
from tests.support.aws_fakes import FakeClient, aws_error

NOW = datetime(2026, 5, 19, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "result", "text"),
    [
        (Lifetime(), "ok", "permanent"),
        (Lifetime(temporary=True, renewed=True), "ok", "temporary, renewed for as long as you are signed in"),
        (
            Lifetime(temporary=True, renewed=True, renewal=Renewal(by_token=True)),
            "ok",
            "temporary, renewed with a session token that does not say when it ends",
        ),
        (
            Lifetime(temporary=True, renewed=True, renewal=Renewal(datetime(2026, 5, 19, 20, 0, tzinfo=UTC))),
            "ok",
            "temporary, renewed until the sign-in ends at 20:00 UTC on 2026-05-19",
        ),
        (
            Lifetime(temporary=True, renewed=True, renewal=Renewal(datetime(2026, 5, 19, 9, 0, tzinfo=UTC))),
            "ok",
            "temporary, renewed until the sign-in ends at 09:00 UTC on 2026-05-19; a run may need them for 4 h, so "
            "sign in again by aws sso login",
        ),
        (Lifetime(temporary=True), "ok", "temporary, until when they do not say"),
        (
            Lifetime(temporary=True, end=datetime(2026, 5, 19, 20, 0, tzinfo=UTC)),
            "ok",
            "temporary, until 20:00 UTC on 2026-05-19",
        ),
        (
            Lifetime(temporary=True, end=datetime(2026, 5, 19, 9, 0, tzinfo=UTC)),
            "ok",
            "temporary, until 09:00 UTC on 2026-05-19; a run may need them for 4 h, so sign in for longer",
        ),
        (Lifetime(temporary=True, end=NOW), "failed", "they ended at 08:00 UTC on 2026-05-19: sign in again."),
    ],
)
def test_credentials_are_told_with_their_end(held: Lifetime, result: str, text: str) -> None:
    found = user.of_lifetime(held, NOW, 240)
    assert (found.result, found.text) == (result, text)


@pytest.mark.parametrize(
    ("arn", "text"),
    [
        ("arn:aws:iam::123456789012:user/team/alice", "alice (user) in the account 123456789012"),
        ("arn:aws:sts::123456789012:assumed-role/dev/bob", "bob (assumed-role) in the account 123456789012"),
        ("arn:aws:iam::123456789012:root", "root (root) in the account 123456789012"),
    ],
)
def test_the_user_is_told_as_aws_knows_them(arn: str, text: str) -> None:
    assert user.of_identity({"Account": "123456789012", "Arn": arn}).text == text


def test_a_region_that_is_not_enabled_fails_with_the_command_that_enables_it() -> None:
    assert user.of_region("eu-central-1", "opt-in-not-required").result == "ok"
    found = user.of_region("ap-east-2", "not-opted-in")
    assert found.result == "failed"
    assert "aws account enable-region --region-name ap-east-2" in found.text


@pytest.mark.parametrize(
    ("limit", "used", "result", "text"),
    [
        (32, 8, "ok", "about 24 of 32 vCPUs of standard instances left (L-1216C47A)"),
        (32, None, "ok", "32 vCPUs of standard instances (L-1216C47A); how many are used is not known"),
        (32, 32, "failed", "about 32 of 32 vCPUs of standard instances are used (L-1216C47A): end some instances"),
        (0, 0, "failed", "your account may run 0 vCPUs of standard instances here: ask for more by aws service-quotas"),
    ],
)
def test_a_quota_that_is_used_up_or_nothing_fails(limit: int, used: int | None, result: str, text: str) -> None:
    found = vcpus.of_quota(limit, used, "eu-central-1")
    assert found.result == result
    assert found.text.startswith(text)


def test_the_command_that_raises_a_quota_is_for_the_region() -> None:
    text = vcpus.of_quota(0, None, "eu-west-1").text
    assert text.endswith("--service-code ec2 --quota-code L-1216C47A --desired-value 32 --region eu-west-1")


def refusing(*operations: str, code: str = "UnauthorizedOperation") -> FakeClient:
    """An EC2 that refuses these operations to a user, and has something else against the others."""
    names = (*reading.NEEDED, *reading.OPTIONAL)
    answers: dict[str, Any] = {xform_name(name): aws_error("DryRunOperation") for name in names}
    return FakeClient(**answers | {xform_name(name): aws_error(code) for name in operations})


def test_reading_is_asked_by_dry_runs_only() -> None:
    ec2 = refusing()
    assert reading.refused(ec2) == {}
    assert len(ec2.calls) == len(reading.NEEDED) + len(reading.OPTIONAL)
    assert all(arguments["DryRun"] is True for _, arguments in ec2.calls)


def test_a_permission_that_is_lacking_is_named_with_the_policy_that_has_it() -> None:
    lacking = reading.refused(refusing("DescribeImages", "DescribeSubnets", "DescribeVolumes"))
    found = reading.of_refused(lacking)
    assert found.result == "failed"
    assert found.text == (
        "your AWS user lacks the permissions ec2:DescribeImages, ec2:DescribeSubnets: ask for the policy in "
        "docs/iam-policy.md."
    )


SCP = "x is not authorized to perform: ec2:y with an explicit deny in a service control policy"
BOUNDARY = "x is not authorized to perform: ec2:y because no permissions boundary allows the ec2:y action"


@pytest.mark.parametrize("judge", [reading.of_refused, creating.of_refused])
def test_what_the_organisation_or_a_boundary_forbids_is_not_told_as_a_missing_permission(judge: Any) -> None:
    refused = {
        "DescribeImages": aws_error("UnauthorizedOperation", SCP),
        "DescribeSubnets": aws_error("UnauthorizedOperation", SCP),
        "DescribeInstances": aws_error("UnauthorizedOperation", BOUNDARY),
    }
    found = judge(refused)
    assert found.result == "failed"
    assert found.text == (
        "A service control policy of your organisation forbids ec2:DescribeImages, ec2:DescribeSubnets, whatever else "
        f"your AWS user is allowed: ask who administers your organisation in AWS. AWS said: {SCP}. "
        "The permissions boundary of your AWS user forbids ec2:DescribeInstances, whatever else your AWS user is "
        f"allowed: ask who administers your AWS user to widen the boundary. AWS said: {BOUNDARY}."
    )
    mixed = judge({**refused, "DescribeInstanceTypes": aws_error("UnauthorizedOperation")})
    assert "ec2:DescribeInstanceTypes" in mixed.text.partition("docs/iam-policy.md")[0]
    assert "ec2:DescribeImages" not in mixed.text.partition("docs/iam-policy.md")[0]


def test_a_permission_that_a_run_can_do_without_is_told_and_is_no_failure() -> None:
    found = reading.of_refused(reading.refused(refusing("DescribeVolumes")))
    assert found.result == "ok"
    assert found.text.endswith("but without ec2:DescribeVolumes bench.terminate --expired finds no volumes")


def test_another_objection_of_ec2_is_no_lack_of_a_permission() -> None:
    assert reading.refused(refusing("DescribeImages", code="InvalidParameterValue")) == {}


@pytest.mark.parametrize(
    ("found", "result", "text"),
    [
        (
            Network("vpc-1", None, [{"MapPublicIpOnLaunch": True, "AvailabilityZone": zone} for zone in "ab"]),
            "ok",
            "vpc-1, with public subnets in 2 zones",
        ),
        (Network("vpc-1", None, [{"MapPublicIpOnLaunch": False}]), "failed", "no subnet of vpc-1"),
        (Network("vpc-1", None, []), "failed", "no subnet of vpc-1 gives instances a public address"),
        (Network("vpc-1", "subnet-1", []), "ok", "vpc-1, whose subnet subnet-1 gives instances no public address"),
    ],
)
def test_a_vpc_must_have_a_subnet_whose_instances_can_be_reached(found: Network, result: str, text: str) -> None:
    finding = network.of_network(found)
    assert finding.result == result
    assert finding.text.startswith(text)


@pytest.mark.parametrize(
    ("allow_from", "own", "result"),
    [
        ("198.51.100.0/24", "198.51.100.7/32", "ok"),
        ("192.0.2.0/24", "203.0.113.7/32", "ok"),  # let in by a rule that is there
        ("8.8.8.0/24", "9.9.9.9/32", "failed"),
        ("8.8.8.0/24", None, "unknown"),
        ("10.0.0.0/8", "9.9.9.9/32", "unknown"),
    ],
)
def test_ones_own_address_is_held_against_the_range_and_the_group(
    allow_from: str, own: str | None, result: str
) -> None:
    assert network.of_admission(group(rule("203.0.113.7/32")), allow_from, own).result == result


OWN = {"Reservations": [{"Instances": [{"InstanceId": "i-1"}]}]}


@pytest.mark.parametrize(
    ("instances", "answer", "result", "text"),
    [
        (OWN, aws_error("DryRunOperation"), "ok", "EC2 would end a run's instance (dry run)"),
        (OWN, aws_error("OperationNotPermitted"), "unknown", "not checked: EC2 says of your instance i-1"),
    ],
)
def test_ending_is_rehearsed_on_an_own_instance_and_never_done(
    instances: Any, answer: Exception, result: str, text: str
) -> None:
    ec2 = FakeClient(describe_instances=instances, terminate_instances=answer)
    finding = launching.of_ending(launching._rehearse_ending(ec2, "alice"))
    assert finding.result == result
    assert finding.text.startswith(text)
    assert [call["DryRun"] for call in ec2.called("terminate_instances")] == [True]


def test_an_own_instance_that_the_user_may_not_end_is_a_failure() -> None:
    ec2 = FakeClient(describe_instances=OWN, terminate_instances=aws_error("UnauthorizedOperation"))
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        launching._rehearse_ending(ec2, "alice")


def test_without_an_own_instance_nothing_is_asked_of_ending() -> None:
    ec2 = FakeClient(describe_instances={"Reservations": []})
    finding = launching.of_ending(launching._rehearse_ending(ec2, "alice"))
    assert finding.result == "unknown"
    assert finding.text.startswith("not checked: ec2:TerminateInstances can only be asked about an instance")
