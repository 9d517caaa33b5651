"""The caller's name, as an instance's tag has it."""

from __future__ import annotations

import pytest

from benchmarks.aws import caller
from tests.support.aws_fakes import FakeClient


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:iam::123456789012:user/team/alice", "alice"),
        ("arn:aws:sts::123456789012:assumed-role/admin/bob@example.com", "bob@example.com"),
        ("arn:aws:iam::123456789012:root", "root"),
    ],
)
def test_the_owner_is_the_callers_name(arn: str, name: str) -> None:
    sts = FakeClient(get_caller_identity={"Arn": arn, "Account": "123456789012"})
    assert caller.name(lambda _service, _region=None: sts) == name


@pytest.mark.parametrize(
    ("arn", "role"),
    [
        ("arn:aws:sts::123456789012:assumed-role/admin/botocore-session-1700000000", "admin"),
        ("arn:aws-cn:sts::123456789012:assumed-role/admin/botocore-session-1", "admin"),
        ("arn:aws:sts::123456789012:assumed-role/admin/bob@example.com", None),
        ("arn:aws:sts::123456789012:assumed-role/admin/botocore-session-of-bob", None),
        ("arn:aws:iam::123456789012:user/botocore-session-1", None),
    ],
)
def test_a_session_with_a_name_of_its_own_making_is_known_by_its_role(arn: str, role: str | None) -> None:
    assert caller.role_of_generated({"Arn": arn}) == role
