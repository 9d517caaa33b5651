"""Checks a booted instance before anything is installed: whether cloud-init has finished, and whether the timer is set.

An image without cloud-init, or with one that is switched off, sets no timer, so that its instance would run for ever if
whoever is to terminate it is gone.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

CLOUD_INIT_TIMEOUT = 600  # seconds
_TIMED_OUT = 124  # exit status of timeout(1)
# systemd-shutdownd wrote this file until systemd 219, logind since then, always with MODE=poweroff for `shutdown -P`,
# and readable by everyone: https://github.com/systemd/systemd/blob/main/src/login/logind-dbus.c (update_schedule_file)
# cloud-init sets the timer in its last stage, so it is waited for first.
_LOOK = """
if command -v cloud-init >/dev/null; then
  said=$(timeout "$1" cloud-init status --wait --long 2>&1)
  echo "cloud-init $?"
  printf '%s\\n' "$said"
fi
grep -q -s -x MODE=poweroff /run/systemd/shutdown/scheduled && echo "timer set"
exit 0
"""
_EXIT = re.compile(r"cloud-init (\d+)")
# Lines of `cloud-init status --long` that give no reason: https://cloudinit.readthedocs.io/en/latest/howto/status.html
_NO_REASON = re.compile(
    r"[. ]*|\.*(status|extended_status|boot_status_code|last_update|time):.*|detail:(.*DataSource.*)?|"
    r"(recoverable_)?errors:( ?\[\]| ?\{\})?|[A-Z]+:"
)
_MOST_REASONS = 3


@dataclass(frozen=True)
class BootCheck:
    """What was found: a warning about cloud-init, and why the instance must not be used; empty if there is none."""

    warning: str
    refusal: str


def command(timeout: int = CLOUD_INIT_TIMEOUT) -> str:
    """The command that waits for cloud-init, for at most `timeout` seconds, and prints what `read` reads.

    It needs no privileges, and exits with 0 whatever it finds.
    """
    return shlex.join(["sh", "-c", _LOOK, "sh", str(timeout)])


def read(host: str, output: str) -> BootCheck:
    """What the command has printed on `host`.

    Exit status 1 of cloud-init is an error, and 2 one that it recovered from; some distributions keep 0 for that:
    https://cloudinit.readthedocs.io/en/latest/explanation/return_codes.html
    """
    lines = [line.rstrip() for line in output.splitlines()]
    is_set = "timer set" in lines
    return BootCheck(
        _warning(host, [line for line in lines if line != "timer set"]),
        ""
        if is_set
        else f"{host} does not power itself off, so it would run for ever if this machine died: give an image whose "
        "cloud-init is not switched off by --ami, such as Debian's, Ubuntu's or Amazon Linux's.",
    )


def _warning(host: str, lines: list[str]) -> str:
    begin = next((index for index, line in enumerate(lines) if _EXIT.fullmatch(line)), None)
    if begin is None:
        return ""
    status, said = int(lines[begin].split()[1]), lines[begin + 1 :]
    if status == _TIMED_OUT:
        return f"cloud-init on {host} had not finished after {CLOUD_INIT_TIMEOUT // 60} minutes; the run continues."
    if status == 0 and not any("degraded" in line for line in said if line.startswith("extended_status:")):
        return ""
    found = [line.strip().removeprefix("- ") for line in said if not _NO_REASON.fullmatch(line.strip())]
    reasons = "; ".join(list(dict.fromkeys(found))[:_MOST_REASONS]) or f"exit status {status}"
    return f"cloud-init on {host} reports errors, so its image or launch template may lack something: {reasons}"
