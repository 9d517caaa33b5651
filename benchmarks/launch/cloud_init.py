"""The user data of an instance: the login, its SSH host key, and when to power itself off.

https://cloudinit.readthedocs.io/en/latest/reference/modules.html
"""

from __future__ import annotations

import yaml

from benchmarks.host import host_layout

# cloud-init runs this at every boot, so a restarted instance powers itself off too.
_POWER_OFF = "/var/lib/cloud/scripts/per-boot/benchmarks-power-off"
# The time is noted in cloud-init's directory of this instance, which root owns and a reboot keeps: an instance of an
# image made from this one has a directory of its own. An error leaves the whole lifetime, but never no timer: a number
# that begins with 0 would be octal, and a time beyond the lifetime was noted by a wrong clock. The lifetime begins when
# the system does (process 1), since this comes late: cloud-init may have upgraded packages before. If ps does not tell
# when that was, it begins now.
_AT_BOOT = """\
#!/bin/sh
# Powers this instance off at the time noted at its first boot. A reboot does not begin that time anew.
lifetime={lifetime}
noted={noted}
now=$(date +%s)
end=$(cat "$noted" 2>/dev/null)
case $end in
  "" | 0* | *[!0-9]* | ????????????*) left= ;;
  *) left=$(((end - now + 59) / 60)) ;;
esac
if [ -z "$left" ] || [ "$left" -gt "$lifetime" ]; then
  up=$(ps -o etimes= -p 1 2>/dev/null | tr -d ' ')
  case $up in
    "" | 0?* | *[!0-9]* | ????????????*) up=0 ;;
  esac
  end=$((now - up + lifetime * 60))
  left=$(((end - now + 59) / 60))
  echo "$end" >"$noted.new" && mv "$noted.new" "$noted"
fi
[ "$left" -ge 1 ] || left=1
exec shutdown -P "+$left"
"""
_NOTED = "/var/lib/cloud/instance/benchmarks-power-off-at"  # seconds since 1970


def cloud_config(login_key: str, host_key: str, host_key_public: str, lifetime: int) -> str:
    """The cloud-config of one instance.

    `login_key` is the public key that may log in. Everything on the instance that can reach the metadata service can
    read the host key here; it is therefore created for this run alone. `lifetime` minutes after its system
    started for the first time, the instance powers itself off, which terminates it; a reboot does not prolong that.
    https://cloudinit.readthedocs.io/en/latest/reference/modules.html#scripts-per-boot
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
            {"path": _POWER_OFF, "permissions": "0755", "content": power_off_script(lifetime)},
        ],
    }
    return "#cloud-config\n" + yaml.safe_dump(config, sort_keys=False)


def power_off_script(lifetime: int, noted: str = _NOTED) -> str:
    """The script that runs at every boot and powers the instance off `lifetime` minutes after the first one began.

    `noted` is the file on the instance that keeps the time.
    """
    return _AT_BOOT.format(lifetime=lifetime, noted=noted)
