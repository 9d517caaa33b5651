"""The systemd unit on an instance that uploads an attempt's results when it ends or the machine goes down.

It runs roles/benchmark/files/upload_results.py as root, from before the build on. At a shutdown, systemd first stops
what is measured, whose units are ordered after this one, and then tells this one, while the network is still there:
https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Before=
https://systemd.io/NETWORK_ONLINE/#concepts-in-systemd

The unit has a file and is enabled, so that it is back after a boot: an instance may be restarted by anybody, and by EC2
when its hardware fails, while nobody follows the run.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-configuration-recovery.html
"""

from __future__ import annotations

import base64
import json
import shlex
import zlib
from collections.abc import Mapping
from typing import Any

from benchmarks.host import attempt_files, host_layout

PROGRAM, ORDER = "upload_results.py", "upload.json"
# EC2 lets a system take a few minutes to shut down, and spot instances two:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-ec2-instance-termination-works.html
STOP_TIMEOUT = 300  # seconds
# The attempt's directory, and what is in it but for what third-party code writes, is root's. Whoever logs in may touch
# the heartbeat, which third-party code may not: the run's directory and the file are not that user's. What is renamed
# is flushed first, or it may be empty after a crash.
_PLACE = """\
import base64, json, os, pwd, sys, zlib
directory, login, heartbeat, given = sys.argv[1:]
for name, (text, mode) in json.loads(zlib.decompress(base64.b64decode(given))).items():
    path = os.path.join(directory, name)
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
descriptor = os.open(directory, os.O_RDONLY)
os.fsync(descriptor)
os.close(descriptor)
beat = os.path.join(os.path.dirname(directory), heartbeat)
with open(beat, "a"):
    os.utime(beat)
os.chmod(beat, 0o644)
if login in [one.pw_name for one in pwd.getpwall()]:
    os.chown(beat, pwd.getpwnam(login).pw_uid, -1)
"""
# The machine is not powered off while something is measured, whatever was measured before.
# A unit that has failed is activating until systemd starts it again; one that is about to end sees nobody any more.
# One that cannot be enabled uploads all the same, unless there is a boot before its end. Written in its own directory,
# the file has the type by which SELinux lets systemd read it. It is to be there after a crash too.
_START = """
systemctl stop "$1.timer" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
  case $(systemctl is-active "$2.service") in
    active|activating|reloading) exit 0 ;;
    deactivating) sleep 0.3 ;;
    *) break ;;
  esac
done
umask 022
printf '%s' "$3" >"$4/$2.service" && systemctl daemon-reload || exit 1
systemctl enable --quiet "$2.service" 2>/dev/null
sync "$4/$2.service" "$4" "$4/multi-user.target.wants" 2>/dev/null
exec systemctl start "$2.service"
"""
_UNITS = "/etc/systemd/system"
_UNIT = """\
[Unit]
Description=Upload of what a benchmark run has measured
Wants=network-online.target
After=network.target network-online.target nss-lookup.target

[Service]
Type=exec
ExecStart={program}
TimeoutStopSec={stop}
# The packing is not to be told of a shutdown.
KillMode=mixed
Restart=on-failure
RestartSec=10
OOMScoreAdjust=-500
Nice=10
ProtectHome=yes

[Install]
WantedBy=multi-user.target
"""


def order(
    upload: Mapping[str, Any], directory: str, root: str, prefix: str, look_seconds: float, unfollowed_seconds: float
) -> dict[str, Any]:
    """What the program is told, as JSON: `upload` (see results.host_uploads), and what is on the host.

    `directory` is the attempt's on the host, `root` the tool's, `prefix` that of the run's units. It looks every
    `look_seconds`; after `unfollowed_seconds` in which nobody has looked at the run, the instance is powered off.
    """
    return {
        **upload,
        "units": [f"{prefix}-{upload['attempt']}-{step}.service" for step in host_layout.STEPS],
        "prefix": prefix,
        "power_off": power_off_unit(prefix),
        "pack": attempt_files.pack_once_command(directory, root),
        "look_seconds": look_seconds,
        "unfollowed_seconds": unfollowed_seconds,
    }


def power_off_unit(prefix: str) -> str:
    """The name of the run's timer and service that power the instance off once nobody follows the run any more."""
    return f"{prefix}-power-off"


def place_command(directory: str, files: Mapping[str, tuple[str, int]], python: str) -> str:
    """The command that writes files, with text and mode by name, into an attempt's directory; it is run as root.

    It also makes the run's heartbeat, which whoever follows the run touches.
    """
    packed = base64.b64encode(zlib.compress(json.dumps(files).encode(), 9)).decode()
    names = [directory, host_layout.LOGIN, host_layout.HEARTBEAT]
    return shlex.join([python, "-I", "-S", "-c", _PLACE, *names, packed])


def start_command(unit: str, power_off: str, directory: str, python: str) -> str:
    """The command that starts the unit, unless it is active, and takes back an earlier power-off; it is run as root."""
    return shlex.join(["sh", "-c", _START, "sh", power_off, unit, unit_file(directory, python), _UNITS])


def unit_file(directory: str, python: str) -> str:
    """The unit's file, for an attempt's `directory` on the host; `python` is Python's path there.

    https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html
    """
    words = [python, "-I", "-S", f"{directory}/{PROGRAM}", directory]
    return _UNIT.format(program=" ".join(f'"{word}"' for word in words).replace("%", "%%"), stop=STOP_TIMEOUT)


def refused(said: str) -> str:
    """A warning that the unit could not be started, with what the host `said`."""
    why = " ".join(said.split())
    return f"The instance cannot upload its results by itself ({why}): keep this machine connected until they are here."


def untold(said: str) -> str:
    """A warning that a unit could not be told anew that was started before, with what the host `said`."""
    why = " ".join(said.split())
    return (
        f"The instance could not be told anew to upload its results by itself ({why}): what it was told before holds."
    )
