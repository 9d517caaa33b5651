"""Policies allow, deny and refuse as AWS documents it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws.iam.policies import (
    Decision,
    UnsupportedPolicyError,
    arn_like,
    bucket_statements,
    decide,
    identity_statements,
    text_like,
)

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/ada"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/benchmarks"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/benchmarks/i-0abc"
INSTANCE = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-0abc"
END = "ec2:TerminateInstances"
ALLOW, DENIED, NOTHING = Decision.ALLOW, Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY


def statement(**changes: Any) -> dict[str, Any]:
    base = {"Effect": "Allow", "Action": END, "Resource": "*"}
    return {name: value for name, value in (base | changes).items() if value is not None}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def said(
    *statements: dict[str, Any], action: str = END, resource: str = INSTANCE, **context: list[str] | str
) -> Decision:
    """What a user's policy says; a context's key is written with __ for `:`."""
    keys = {name.replace("__", ":"): [value] if isinstance(value, str) else value for name, value in context.items()}
    return decide(identity_statements(policy(*statements)), action, resource, USER, keys)


def said_of_bucket(*statements: dict[str, Any], principal: str = USER, **context: list[str]) -> Decision:
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    allowed = bucket_statements(policy(*statements))
    return decide(allowed, "s3:GetObject", "arn:aws:s3:::results/log", principal, keys)


def conditional(operator: str, key: str, value: Any, context: dict[str, list[str]]) -> bool:
    """Whether a condition holds."""
    read = identity_statements(policy(statement(Condition={operator: {key: value}})))
    return decide(read, END, INSTANCE, USER, context) is ALLOW


def test_nothing_is_allowed_that_no_statement_allows() -> None:
    assert said() is NOTHING
    assert said(statement(Action="ec2:StopInstances")) is NOTHING
    assert said(statement(Resource=f"arn:aws:ec2:*:{ACCOUNT}:volume/*")) is NOTHING


def test_what_a_statement_allows_is_allowed() -> None:
    assert said(statement()) is ALLOW
    assert said(statement(Action=["ec2:RunInstances", END], Resource=[f"arn:aws:ec2:*:{ACCOUNT}:instance/*"])) is ALLOW


def test_deny_wins_wherever_it_stands() -> None:
    assert said(statement(), statement(Effect="Deny")) is DENIED
    assert said(statement(Effect="Deny"), statement()) is DENIED
    assert said(statement(), statement(Effect="Deny", Action="ec2:StopInstances")) is ALLOW


def test_action_is_matched_without_regard_to_case() -> None:
    assert said(statement(Action="EC2:terminate*")) is ALLOW
    assert said(statement(Action="*")) is ALLOW
    assert said(statement(Action="ec2:TerminateInstance")) is NOTHING


def test_resource_is_matched_with_regard_to_case_and_part_by_part() -> None:
    assert arn_like(f"arn:aws:ec2:*:{ACCOUNT}:instance/*", INSTANCE)
    assert not arn_like(f"arn:aws:ec2:*:{ACCOUNT}:INSTANCE/*", INSTANCE)
    assert not arn_like("arn:aws:ec2:*:instance/*", INSTANCE)
    assert not arn_like("arn:aws:*", INSTANCE)
    assert arn_like("arn:aws:s3:::results/*", "arn:aws:s3:::results/a/b:c")
    assert not arn_like("arn:aws:s3:::results/*", "arn:aws:s3:::results")


def test_action_without_a_resource_needs_the_star() -> None:
    look = statement(Action="ec2:DescribeInstances")
    assert said(look, action="ec2:DescribeInstances", resource="*") is ALLOW
    named = look | {"Resource": "arn:aws:ec2:*:*:instance/*"}
    assert said(named, action="ec2:DescribeInstances", resource="*") is NOTHING


@given(st.text(), st.text(), st.text())
def test_star_matches_whatever_is_between(before: str, middle: str, after: str) -> None:
    literal = "".join(one for one in before + after if one not in "*?")
    cut = len("".join(one for one in before if one not in "*?"))
    assert text_like(literal[:cut] + "*" + literal[cut:], literal[:cut] + middle + literal[cut:])


@given(st.text(alphabet="ab[.]\\^$+", min_size=1), st.text(alphabet="ab[.]\\^$+", min_size=1))
def test_all_but_star_and_question_mark_stand_for_themselves(pattern: str, text: str) -> None:
    assert text_like(pattern, text) is (pattern == text)


@given(st.permutations([statement(), statement(Effect="Deny", Action="ec2:*"), statement(Action="*")]))
def test_order_of_statements_does_not_matter(statements: list[dict[str, Any]]) -> None:
    assert said(*statements) is DENIED


TAG = "aws:ResourceTag/benchmarks:run"
TAGGED = {"aws:resourcetag/benchmarks:run": ["r1"]}


@pytest.mark.parametrize(
    ("operator", "value", "with_tag", "without"),
    [
        ("StringEquals", "r1", True, False),
        ("StringEquals", ["r2", "r1"], True, False),
        ("StringEquals", "R1", False, False),
        ("StringEquals", "r*", False, False),
        ("StringEqualsIfExists", "r1", True, True),
        ("StringEqualsIfExists", "r2", False, True),
        ("StringNotEquals", "r1", False, True),
        ("StringNotEquals", ["r1", "r2"], False, True),
        ("StringNotEquals", "r2", True, True),
        ("StringLike", "r?", True, False),
        ("StringNotLike", "r*", False, True),
        ("Null", "false", True, False),
        ("Null", False, True, False),
        ("Null", "true", False, True),
    ],
)
def test_operator_on_a_key_that_is_there_and_on_one_that_is_not(
    operator: str, value: Any, with_tag: bool, without: bool
) -> None:
    assert conditional(operator, TAG, value, TAGGED) is with_tag
    assert conditional(operator, TAG, value, {}) is without


@pytest.mark.parametrize("operator", ["ArnEquals", "ArnLike"])
def test_arn_operators_know_wildcards(operator: str) -> None:
    context = {"aws:principalarn": [ROLE]}
    assert conditional(operator, "aws:PrincipalArn", ROLE, context)
    assert conditional(operator, "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/bench*", context)
    assert not conditional(operator, "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:user/*", context)
    negated = operator.replace("Arn", "ArnNot")
    assert not conditional(negated, "aws:PrincipalArn", ROLE, context)
    assert conditional(negated, "aws:PrincipalArn", ROLE, {})


def test_truth_is_compared_without_regard_to_case() -> None:
    assert conditional("Bool", "aws:SecureTransport", False, {"aws:securetransport": ["false"]})
    assert not conditional("Bool", "aws:SecureTransport", "False", {"aws:securetransport": ["true"]})
    assert not conditional("Bool", "aws:SecureTransport", "false", {})


def test_all_conditions_of_a_statement_have_to_hold() -> None:
    both = {"StringEquals": {"ec2:CreateAction": "RunInstances"}, "Null": {"aws:RequestTag/run": "false"}}
    tag = statement(Action="ec2:CreateTags", Condition=both)
    given_all = {"ec2__createaction": "RunInstances", "aws__requesttag/run": "r1"}
    assert said(tag, action="ec2:CreateTags", **given_all) is ALLOW
    for missing in given_all:
        left = {name: value for name, value in given_all.items() if name != missing}
        assert said(tag, action="ec2:CreateTags", **left) is NOTHING


@pytest.mark.parametrize(
    ("operator", "keys", "holds"),
    [
        ("ForAllValues:StringEquals", ["run"], True),
        ("ForAllValues:StringEquals", ["run", "team"], False),
        ("ForAllValues:StringEquals", [], True),
        ("ForAnyValue:StringEquals", ["run", "team"], True),
        ("ForAnyValue:StringEquals", ["team"], False),
        ("ForAnyValue:StringEquals", [], False),
        ("ForAllValues:StringNotEquals", ["team"], True),
        ("ForAllValues:StringNotEquals", ["run", "team"], False),
        ("ForAnyValue:StringNotEquals", ["run", "team"], True),
        ("ForAnyValue:StringNotEquals", ["run"], False),
        ("ForAnyValue:StringNotEquals", [], False),
    ],
)
def test_key_with_several_values_is_compared_as_its_qualifier_says(operator: str, keys: list[str], holds: bool) -> None:
    assert conditional(operator, "aws:TagKeys", "run", {"aws:tagkeys": keys}) is holds


def test_bucket_policy_names_its_principals() -> None:
    read = statement(Action="s3:GetObject")
    for principal in ("*", {"AWS": "*"}, {"AWS": USER}, {"AWS": [ROLE, USER]}):
        assert said_of_bucket(read | {"Principal": principal}) is ALLOW
    for other in ({"AWS": ROLE}, {"Service": "ec2.amazonaws.com"}):
        assert said_of_bucket(read | {"Principal": other}) is NOTHING


def test_anybody_is_anybody_and_a_name_is_not() -> None:
    read = statement(Action="s3:GetObject")
    assert said_of_bucket(read | {"Principal": "*"}, principal="") is ALLOW
    assert said_of_bucket(read | {"Principal": {"AWS": USER}}, principal="") is NOTHING


def test_session_is_its_role_and_itself() -> None:
    read, role = statement(Action="s3:GetObject"), {"aws__principalarn": [ROLE]}
    for name in (ROLE, SESSION):
        assert said_of_bucket(read | {"Principal": {"AWS": name}}, principal=SESSION, **role) is ALLOW
    assert said_of_bucket(read | {"Principal": {"AWS": USER}}, principal=SESSION, **role) is NOTHING


@pytest.mark.parametrize("account", [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"])
def test_account_passes_on_what_it_is_allowed_but_is_denied_as_a_whole(account: str) -> None:
    read = statement(Action="s3:GetObject", Principal={"AWS": account})
    assert said_of_bucket(read) is NOTHING
    everybody = statement(Action="s3:GetObject", Principal="*")
    assert said_of_bucket(everybody, read | {"Effect": "Deny"}) is DENIED


def test_bucket_policy_demands_conditional_puts_of_one_role_and_exempts_parts() -> None:
    demand = statement(
        Effect="Deny",
        Principal="*",
        Action="s3:PutObject",
        Condition={
            "Null": {"s3:if-none-match": "true"},
            "Bool": {"s3:ObjectCreationOperation": "true"},
            "ArnEquals": {"aws:PrincipalArn": ROLE},
        },
    )
    read = (*bucket_statements(policy(demand)), *identity_statements(policy(statement(Action="s3:PutObject"))))

    def put(**context: list[str]) -> Decision:
        keys = {"aws:principalarn": [ROLE], "s3:objectcreationoperation": ["true"], **context}
        return decide(read, "s3:PutObject", "arn:aws:s3:::results/log", SESSION, keys)

    assert put() is DENIED
    assert put(**{"s3:if-none-match": ["*"]}) is ALLOW
    assert put(**{"s3:objectcreationoperation": ["false"]}) is ALLOW
    assert put(**{"aws:principalarn": [USER]}) is ALLOW


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"NotAction": "ec2:*"}, "NotAction"),
        ({"NotResource": "*"}, "NotResource"),
        ({"Principal": "*"}, "Principal"),
        ({"Effect": "allow"}, "allow"),
        ({"Action": None}, "Action or Resource"),
        ({"Resource": []}, "Action or Resource"),
        ({"Resource": "arn:aws:s3:::${aws:username}/*"}, "variable"),
        ({"Condition": {"NumericEquals": {"aws:PrincipalArn": "1"}}}, "NumericEquals"),
        ({"Condition": {"ForSomeValues:StringEquals": {"aws:TagKeys": "run"}}}, "ForSomeValues"),
        ({"Condition": {"NullIfExists": {"aws:TagKeys": "true"}}}, "NullIfExists"),
        ({"Condition": {"Null": {"aws:PrincipalArn": "maybe"}}}, "maybe"),
        ({"Condition": {"StringEquals": {"aws:username": "ada"}}}, "aws:username"),
        ({"Condition": {"StringEquals": {"aws:ResourceTag/": "ada"}}}, "aws:ResourceTag/"),
        ({"Condition": {"StringEquals": {"aws:TagKeys": "run"}}}, "aws:TagKeys"),
        ({"Condition": {"ForAllValues:StringEquals": {"ec2:CreateAction": "RunInstances"}}}, "ec2:CreateAction"),
        ({"Condition": {"StringEquals": {"ec2:CreateAction": "${x}"}}}, "variable"),
    ],
)
def test_what_is_unknown_is_an_error_even_if_the_request_is_another(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(UnsupportedPolicyError, match=named):
        identity_statements(policy(statement(Action="iam:GetRole"), statement(**changes)))


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"Statement": 1}', '{"Version": "2020-01-01", "Statement": []}', '{"Statements": []}']
)
def test_what_is_no_policy_is_an_error(text: str) -> None:
    with pytest.raises(UnsupportedPolicyError):
        identity_statements(text)


def test_bucket_policy_without_a_principal_is_an_error() -> None:
    with pytest.raises(UnsupportedPolicyError, match="Principal"):
        bucket_statements(policy(statement()))
    with pytest.raises(UnsupportedPolicyError, match="Federated"):
        bucket_statements(policy(statement(Principal={"Federated": "x"})))
