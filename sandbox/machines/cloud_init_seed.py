"""cloud-init's NoCloud seed of an instance: its identity, and the user data of its launch."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sandbox.machine import Addresses, MachineSpec

# cloud-init reads YAML, which includes JSON and needs no further quoting rules.
_EC2_USER = {
    "name": "ec2-user",
    "gecos": "EC2 Default User",
    "groups": "adm,sudo",
    "sudo": "ALL=(ALL) NOPASSWD:ALL",
    "shell": "/bin/bash",
    "lock_passwd": True,
}


def files(spec: MachineSpec, addresses: Addresses) -> Mapping[str, bytes]:
    """The seed's files by name.

    Debian's own login user, admin, is the image's default user. Amazon Linux's ec2-user comes by vendor-data, which
    user-data overrides, as it does on AWS.
    """
    meta = {
        "instance-id": spec.instance_id,
        "local-hostname": addresses.private_dns.partition(".")[0],
        "public-keys": list(spec.public_keys),
        "region": spec.region,
        "availability-zone": spec.availability_zone,
    }
    vendor = {"users": ["default", {**_EC2_USER, "ssh_authorized_keys": list(spec.public_keys)}]}
    return {
        "meta-data": f"{json.dumps(meta, indent=2)}\n".encode(),
        "user-data": spec.user_data,
        "vendor-data": f"#cloud-config\n{json.dumps(vendor, indent=2)}\n".encode(),
    }
