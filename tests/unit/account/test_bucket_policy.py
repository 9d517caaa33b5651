"""What setup adds to a bucket's policy, and that it leaves all else as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.account import bucket_policy
from tests.support.account_answers import ONLY_ADD
from tests.support.aws_fakes import FakeClient, aws_error

MINE = {
    "Sid": "Mine",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:user/bob"},
    "Action": ["s3:GetObject"],
    "Resource": "arn:aws:s3:::mine/*",
}
POLICY = {"Version": "2008-10-17", "Id": "of old", "Statement": [MINE]}
# As S3 may return it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
RETURNED = {
    **ONLY_ADD,
    "Principal": {"AWS": "*"},
    "Action": ["s3:PutObject"],
    "Resource": [ONLY_ADD["Resource"]],
    "Condition": {
        "Null": {"s3:if-none-match": ["true"]},
        "ArnEquals": {"aws:PrincipalArn": ["arn:aws:iam::123456789012:role/benchmarks"]},
    },
}


def bucket(policy: Any) -> FakeClient:
    return FakeClient(
        get_bucket_policy=policy if isinstance(policy, Exception) else {"Policy": json.dumps(policy)},
        put_bucket_policy={},
    )


def written(s3: FakeClient) -> Any:
    ((call),) = s3.called("put_bucket_policy")
    assert (call["Bucket"], call["ExpectedBucketOwner"]) == ("mine", "123456789012")
    return json.loads(call["Policy"])


def test_the_role_is_denied_every_write_of_results_that_could_replace_one() -> None:
    made = bucket_policy.only_add("aws-cn", "mine", "arn:aws-cn:iam::123456789012:role/benchmarks")
    assert (made["Effect"], made["Principal"], made["Action"]) == ("Deny", "*", "s3:PutObject")
    assert made["Resource"] == "arn:aws-cn:s3:::mine/results/*"
    assert made["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws-cn:iam::123456789012:role/benchmarks"},
        "Null": {"s3:if-none-match": "true"},
    }


def test_a_bucket_without_a_policy_gets_one() -> None:
    s3 = bucket(aws_error("NoSuchBucketPolicy"))
    assert bucket_policy.add(s3, "mine", "123456789012", [ONLY_ADD])
    assert written(s3) == {"Version": "2012-10-17", "Statement": [ONLY_ADD]}


@pytest.mark.parametrize("policy", [POLICY, {**POLICY, "Statement": MINE}])
def test_what_a_policy_says_otherwise_is_kept(policy: dict[str, Any]) -> None:
    s3 = bucket(policy)
    assert bucket_policy.add(s3, "mine", "123456789012", [ONLY_ADD])
    assert written(s3) == {**POLICY, "Statement": [MINE, ONLY_ADD]}


@pytest.mark.parametrize("there", [ONLY_ADD, RETURNED])
def test_a_statement_that_is_there_is_not_written_again(there: dict[str, Any]) -> None:
    s3 = bucket({**POLICY, "Statement": [there, MINE]})
    assert not bucket_policy.add(s3, "mine", "123456789012", [ONLY_ADD])
    assert s3.called("put_bucket_policy") == []


@pytest.mark.parametrize(
    "other",
    [
        {"Resource": "arn:aws:s3:::mine/elsewhere/*"},
        {"Condition": {"Null": {"s3:if-none-match": "true"}, "ArnEquals": {"aws:PrincipalArn": "another"}}},
        {"Effect": "Allow"},
    ],
)
def test_a_statement_that_differs_is_replaced(other: dict[str, Any]) -> None:
    s3 = bucket({**POLICY, "Statement": [{**ONLY_ADD, **other}, MINE]})
    assert bucket_policy.add(s3, "mine", "123456789012", [ONLY_ADD])
    assert written(s3)["Statement"] == [MINE, ONLY_ADD]


def test_a_dry_run_writes_nothing_and_knows_whether_it_would() -> None:
    for policy, would in [(POLICY, True), (aws_error("NoSuchBucket"), True), ({"Statement": [ONLY_ADD]}, False)]:
        s3 = bucket(policy)
        assert bucket_policy.add(s3, "mine", "123456789012", [ONLY_ADD], dry=True) is would
        assert s3.called("put_bucket_policy") == []


def test_a_bucket_that_is_gone_is_an_error() -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        bucket_policy.add(bucket(aws_error("NoSuchBucket")), "mine", "123456789012", [ONLY_ADD])


@pytest.mark.parametrize(
    ("policy", "found"),
    [(POLICY, POLICY), (aws_error("NoSuchBucketPolicy"), bucket_policy.EMPTY), (aws_error("AccessDenied"), None)],
)
def test_a_policy_is_found_as_far_as_the_user_may_read_it(policy: Any, found: Any) -> None:
    assert bucket_policy.find(bucket(policy), "mine", "123456789012") == found


def test_policy_may_be_a_single_statement() -> None:
    assert bucket_policy.statements({"Statement": {"Sid": "a"}}) == [{"Sid": "a"}]
    assert bucket_policy.statements({}) == []


READS = bucket_policy.anyone_reads("aws", "mine")


@pytest.mark.parametrize(
    ("change", "reads"),
    [
        ({}, True),
        ({"Principal": {"AWS": ["*"]}, "Action": ["s3:Get*"], "Resource": ["arn:aws:s3:::mine/*"]}, True),
        ({"Action": "s3:*"}, True),
        ({"Effect": "Deny"}, False),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, False),
        ({"Action": "s3:PutObject"}, False),
        ({"Resource": "arn:aws:s3:::mine/site/*"}, False),
    ],
)
def test_what_lets_anyone_read_results_is_told_from_the_rest(change: dict[str, Any], reads: bool) -> None:
    assert bucket_policy.lets_anyone_read_results({"Statement": [{**READS, **change}]}, "mine") is reads


ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::mine/*"}


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ({"Sid": "Old", "Principal": "*"}, ["the statement Old"]),
        ({"Sid": "Old", "Principal": {"AWS": "*"}}, ["the statement Old"]),
        ({"Sid": "Old", "Principal": {"AWS": ["arn:aws:iam::123456789012:root", "*"]}}, ["the statement Old"]),
        ({"Sid": "Old", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:root"}}, ["the statement Old"]),
        ({"Principal": "*"}, ["its statement 1, which has no Sid,"]),
        ({"Sid": "Old", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, []),
        ({"Sid": "Old", "Principal": {"Service": "logging.s3.amazonaws.com"}}, []),
        ({"Sid": "Old", "Principal": "*", "Effect": "Deny"}, []),
        ({"Sid": "BenchmarksAnyoneReadsResults", "Principal": "*"}, []),
    ],
)
def test_statements_for_everybody_are_named_by_sid_or_number(statement: dict[str, Any], named: list[str]) -> None:
    policy = {**POLICY, "Statement": [{**ALLOW, **statement}]}
    assert bucket_policy.for_everybody(policy, but=bucket_policy.SIDS) == named


def test_a_policy_that_s3_refuses_for_another_reason_is_told_by_that() -> None:
    s3 = FakeClient(put_bucket_policy=aws_error("AccessDenied", "no identity-based policy allows s3:PutBucketPolicy"))
    with pytest.raises(ClientError):
        bucket_policy.put(s3, "mine", "123456789012", POLICY)
