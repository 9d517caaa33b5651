"""The seed that cloud-init reads at an instance's first boot."""

from __future__ import annotations

from dataclasses import replace

import yaml

from sandbox.machines import cloud_init_seed
from tests.support.machine_specs import ADDRESSES, SPEC


def test_an_instance_is_told_its_id_its_short_name_and_who_may_log_in() -> None:
    meta = yaml.safe_load(cloud_init_seed.files(SPEC, ADDRESSES)["meta-data"])
    assert (meta["instance-id"], meta["local-hostname"]) == ("i-1", "ip-10-231-0-2")
    assert meta["public-keys"] == ["ssh-ed25519 AAAA me"]


def test_the_user_of_amazon_linux_is_there_beside_the_images_own() -> None:
    vendor = cloud_init_seed.files(SPEC, ADDRESSES)["vendor-data"]
    assert vendor.startswith(b"#cloud-config\n")
    own, other = yaml.safe_load(vendor)["users"]
    assert own == "default"
    assert (other["name"], other["ssh_authorized_keys"]) == ("ec2-user", ["ssh-ed25519 AAAA me"])


def test_user_data_is_handed_on_byte_for_byte() -> None:
    spec = replace(SPEC, user_data=b"\x1f\x8b\xff", public_keys=())
    assert cloud_init_seed.files(spec, ADDRESSES)["user-data"] == b"\x1f\x8b\xff"
