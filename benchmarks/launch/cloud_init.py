"""What an instance is told at its first boot: who may log in, its host key, and when to switch itself off.

https://cloudinit.readthedocs.io/en/latest/reference/modules.html
"""

from __future__ import annotations

import yaml

from benchmarks.host import host_layout

# Run by cloud-init at every boot, so that a restarted instance ends too.
_POWER_OFF = "/var/lib/cloud/scripts/per-boot/benchmarks-power-off"


def cloud_config(login_key: str, host_key: str, host_key_public: str, lifetime: int) -> str:
    """A cloud-config for one instance.

    `login_key` is the public key that may log in; the host key is this run's own and of no use to anyone after it,
    since whatever reaches the metadata service can read it here. After `lifetime` minutes the instance powers off,
    which ends it.
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
