"""The process behind a sandbox: where it listens, and who may read what it writes."""

from __future__ import annotations

import stat

import pytest
from botocore.exceptions import ClientError

from tests.support.aws_clients import client
from tests.support.live_sandbox import Running


def test_endpoint_is_bound_to_a_loopback_address_and_knows_its_user(running: Running) -> None:
    assert running.facts["endpoint_url"].startswith("http://127.0.0.1:")
    assert running.client("sts").get_caller_identity()["Account"] == running.facts["account_id"]
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        client({**running.facts, "access_key_id": "AKIAUNKNOWN"}, "sts").get_caller_identity()


def test_state_is_readable_by_its_owner_only(running: Running) -> None:
    directory = running.commands.directory
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    loose = [str(path) for path in directory.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert loose == []
