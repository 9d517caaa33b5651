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
