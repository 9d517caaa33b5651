"""The caller's name, as an instance's tag has it."""

from __future__ import annotations

import botocore.exceptions
import pytest

from benchmarks.aws import caller
from tests.support.aws_fakes import FakeClient, aws_error


@pytest.mark.parametrize(
    ("arn", "name", "shared"),
    [
        ("arn:aws:iam::123456789012:user/team/alice", "alice", False),
        ("arn:aws:sts::123456789012:assumed-role/admin/bob@example.com", "bob@example.com", False),
        ("arn:aws:iam::123456789012:root", "root", False),
        ("arn:aws:sts::123456789012:assumed-role/admin/botocore-session-1700000000", "admin", True),
        ("arn:aws-cn:sts::123456789012:assumed-role/admin/botocore-session-1", "admin", True),
        (
            "arn:aws:sts::123456789012:assumed-role/admin/botocore-session-of-bob",
            "botocore-session-of-bob",
            False,
        ),
        ("arn:aws:iam::123456789012:user/botocore-session-1", "botocore-session-1", False),
    ],
)
def test_the_owner_is_the_caller_or_the_role_of_a_session_whose_name_was_made_up(
    arn: str, name: str, shared: bool
) -> None:
    identity = {"Arn": arn, "Account": "123456789012"}
    assert caller.name(lambda _service, _region=None: FakeClient(get_caller_identity=identity)) == name
    assert caller.is_shared(identity) is shared


@pytest.mark.parametrize(
    ("answer", "account"),
    [
        ({"Account": "123456789012"}, "123456789012"),
        (aws_error("AccessDenied", operation="GetCallerIdentity"), None),
        (botocore.exceptions.ConnectTimeoutError(endpoint_url="https://sts.eu-central-1.amazonaws.com"), None),
    ],
)
def test_an_account_that_cannot_be_asked_is_not_known(answer: object, account: str | None) -> None:
    client = FakeClient(get_caller_identity=answer)
    assert caller.account(lambda _service, _region=None: client, "eu-central-1") == account
