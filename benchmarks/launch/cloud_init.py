"""The user data of an instance: the login, its SSH host key, and when to power itself off.

https://cloudinit.readthedocs.io/en/latest/reference/modules.html
"""

from __future__ import annotations

import yaml

from benchmarks.host import host_layout

# cloud-init runs this at every boot, so a restarted instance powers itself off too.
_POWER_OFF = "/var/lib/cloud/scripts/per-boot/benchmarks-power-off"


def cloud_config(login_key: str, host_key: str, host_key_public: str, lifetime: int) -> str:
    """The cloud-config of one instance.

    `login_key` is the public key that may log in. Everything on the instance that can reach the metadata service can
    read the host key here; it is therefore created for this run alone. After `lifetime` minutes the instance powers
    itself off, which terminates it.
    """
    config = {
        "ssh_deletekeys": True,
        "ssh_keys": {"ed25519_private": host_key, "ed25519_public": host_key_public},
        "disable_root": True,
        "ssh_pwauth": False,
        "users": [
            "default",
            {
                "name": host_layout.LOGIN,
                "gecos": "Benchmark runs",
                "shell": "/bin/bash",
                "sudo": "ALL=(ALL) NOPASSWD:ALL",
                "lock_passwd": True,
                "ssh_authorized_keys": [login_key],
            },
        ],
        "write_files": [
            {"path": _POWER_OFF, "permissions": "0755", "content": f"#!/bin/sh\nexec shutdown -P +{lifetime}\n"},
        ],
    }
    return "#cloud-config\n" + yaml.safe_dump(config, sort_keys=False)
