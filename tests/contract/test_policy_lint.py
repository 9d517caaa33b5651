"""The documented policies, and what setup writes, are policies that AWS accepts, and no wider than they need be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.account import bucket_policy, role
from benchmarks.pages import policy_page
from tests.support.policy_lint import findings

BUCKET, OBJECTS = "arn:aws:s3:::results", "arn:aws:s3:::results/*"
INSTANCE = "arn:aws:ec2:*:123456789012:instance/*"


def linted(action: str | list[str], resource: str | list[str], condition: Any = None, **changes: Any) -> list[str]:
    """What is found in a statement that allows an action."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **changes}
    if condition:
        statement["Condition"] = condition
    return findings({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    "path", [policy_page.SETUP, policy_page.TEARDOWN, policy_page.RUN, policy_page.INSTANCE], ids=lambda path: path.stem
)
def test_documented_policies_are_in_order(path: Path) -> None:
    assert findings(json.loads(path.read_text().replace("ACCOUNT", "123456789012"))) == []


def test_only_ec2_may_take_the_role() -> None:
    (statement,) = role.TRUST["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }


def test_what_setup_adds_to_the_policy_of_the_bucket_is_in_order() -> None:
    role_arn, bucket = "arn:aws:iam::123456789012:role/benchmarks", "benchmarks-123456789012-eu-west-1"
    statements = [bucket_policy.only_add("aws", bucket, role_arn), bucket_policy.anyone_reads("aws", bucket)]
    assert findings({"Version": "2012-10-17", "Statement": statements}, bucket=True) == []


@pytest.mark.parametrize(
    ("action", "resource", "said"),
    [
        ("ec2:RunInstance", INSTANCE, "no action ec2:RunInstance"),
        ("ec3:RunInstances", INSTANCE, "no action ec3:RunInstances"),
        ("ec2:terminateInstances", INSTANCE, "no action ec2:terminateInstances"),
        ("ec2:DescribeInstances", INSTANCE, "knows no resource"),
        ("ec2:TerminateInstances", "*", "can be restricted to resources (instance)"),
        ("ec2:TerminateInstances", "arn:aws:ec2:*:123456789012:volume/*", "about none of its resources"),
        ("ec2:TerminateInstances", "arn:aws:ec2:*:instance/*", "about none of its resources"),
        ("ec2:RunInstances", INSTANCE, "also needs a resource of the kind image"),
        ("ec2:TerminateInstances", [INSTANCE, OBJECTS], f"no action of it is about {OBJECTS}"),
        ("s3:GetObject", BUCKET, "about none of its resources"),
        ("s3:ListBucket", OBJECTS, "about none of its resources"),
    ],
)
def test_wrong_actions_and_resources_are_found(action: str, resource: Any, said: str) -> None:
    assert any(said in one for one in linted(action, resource)), linted(action, resource)


@pytest.mark.parametrize(
    ("action", "resource", "condition", "fine"),
    [
        ("ec2:TerminateInstances", INSTANCE, {"Null": {"aws:ResourceTag/benchmarks:run": "false"}}, True),
        ("ec2:TerminateInstances", INSTANCE, {"Null": {"aws:RequestTag/benchmarks:run": "false"}}, False),
        ("ec2:CreateTags", INSTANCE, {"StringEquals": {"ec2:CreateAction": "RunInstances"}}, True),
        ("ec2:TerminateInstances", INSTANCE, {"StringEquals": {"ec2:CreateAction": "RunInstances"}}, False),
        ("s3:PutObject", OBJECTS, {"Null": {"s3:if-none-match": "true"}}, True),
        ("s3:PutObject", OBJECTS, {"Bool": {"s3:ObjectCreationOperation": "true"}}, True),
        ("s3:PutObject", OBJECTS, {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/x"}}, True),
        ("s3:PutObject", OBJECTS, {"ArnEquals": {"s3:if-none-match": "x"}}, False),
        ("s3:PutObject", OBJECTS, {"NumericEquals": {"s3:if-none-match": "1"}}, False),
    ],
)
def test_conditions_that_no_action_takes_are_found(action: str, resource: str, condition: Any, fine: bool) -> None:
    assert (linted(action, resource, condition) == []) is fine


def test_malformed_policies_are_found() -> None:
    fine = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": OBJECTS}
    assert findings({"Version": "2012-10-17", "Statement": [fine]}) == []
    for wrong in (
        {"Version": "2008-10-17", "Statement": [fine]},
        {"Version": "2012-10-17", "Statement": [fine], "Statements": []},
        {"Version": "2012-10-17", "Statement": [{**fine, "Sid": "a"}, {**fine, "Sid": "a"}]},
        {"Version": "2012-10-17", "Statement": [{**fine, "Sid": "a b"}]},
        {"Version": "2012-10-17", "Statement": [{**fine, "Effect": "allow"}]},
        {"Version": "2012-10-17", "Statement": [{**fine, "Principal": "*"}]},
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject"}]},
    ):
        assert findings(wrong), wrong
    assert findings({"Version": "2012-10-17", "Statement": [{**fine, "Principal": "*"}]}, bucket=True) == []
    assert findings({"Version": "2012-10-17", "Statement": [fine]}, bucket=True) != []
