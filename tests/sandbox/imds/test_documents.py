"""What an instance is told about itself, before its metadata service serves it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from sandbox.imds import documents
from sandbox.machine import MachineSpec
from tests.support.machine_specs import ADDRESSES, SPEC


def rendered(spec: MachineSpec = SPEC) -> dict[str, Any]:
    since = datetime(2026, 5, 19, 10, 15, tzinfo=timezone(timedelta(hours=2)))
    text = documents.render(spec, ADDRESSES, account_id="123456789012", endpoint_port=5000, pending_since=since)
    found: dict[str, Any] = json.loads(text)
    return found


def test_documents_say_who_and_where_the_instance_is() -> None:
    told = rendered()["documents"]
    assert told["meta-data/instance-id"] == "i-1"
    assert told["meta-data/public-ipv4"] == ADDRESSES.public_ip
    assert told["meta-data/local-hostname"] == ADDRESSES.private_dns
    assert told["meta-data/security-groups"] == "one\ntwo"
    assert told["meta-data/public-keys/0/openssh-key"] == "ssh-ed25519 AAAA me\n"


def test_the_identity_document_has_the_time_of_the_launch_in_utc() -> None:
    identity = json.loads(rendered()["documents"]["dynamic/instance-identity/document"])
    assert (identity["instanceId"], identity["accountId"]) == ("i-1", "123456789012")
    assert identity["pendingTime"] == "2026-05-19T08:15:00Z"


@pytest.mark.parametrize(("spot", "told"), [(False, "on-demand"), (True, "spot")])
def test_an_instance_can_tell_how_it_is_paid_for(spot: bool, told: str) -> None:
    assert rendered(replace(SPEC, spot=spot))["documents"]["meta-data/instance-life-cycle"] == told


def test_tags_are_told_only_where_the_launch_allows_it() -> None:
    assert not [path for path in rendered()["documents"] if "/tags/" in path]
    told = rendered(replace(SPEC, instance_metadata_tags=True))["documents"]
    assert told["meta-data/tags/instance/colour"] == "blue"


def test_a_role_is_listed_and_its_credentials_are_not_among_the_documents() -> None:
    assert not [path for path in rendered()["documents"] if path.startswith("meta-data/iam/")]
    profile = "arn:aws:iam::123456789012:instance-profile/p"
    with_role = rendered(replace(SPEC, role_name="r", profile_arn=profile))
    assert with_role["role"] == "r"
    assert json.loads(with_role["documents"]["meta-data/iam/info"])["InstanceProfileArn"] == profile
    assert with_role["documents"]["meta-data/iam/security-credentials/r"] == ""


def test_user_data_of_any_bytes_is_kept() -> None:
    assert base64.b64decode(rendered(replace(SPEC, user_data=b"\x1f\x8b\xff"))["user_data"]) == b"\x1f\x8b\xff"


def test_an_instance_has_a_hardware_address_of_its_own_that_is_always_the_same() -> None:
    first = documents.mac_address("i-1")
    assert first == documents.mac_address("i-1") != documents.mac_address("i-2")
    # A single computer's, and none that a manufacturer has given: the two lowest bits of the first byte.
    assert int(first.split(":")[0], 16) & 0b11 == 0b10
    assert len(first.split(":")) == 6
