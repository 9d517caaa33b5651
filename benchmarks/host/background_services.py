"""Services that would disturb a measurement: stopped for its time by its own systemd unit, and started again after it.

They are those that by themselves install updates, refresh package lists, index files or trim disks. The unit does it,
so that they are started again even if whoever started the measurement is gone; after a reboot they start anyway.
Properties: https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html
"""

from __future__ import annotations

import shlex

# Stopping a timer, or snapd, which goes on later, breaks nothing off. unattended-upgrades.service itself only waits for
# a shutdown. PackageKit does nothing unless it is asked to, and stopping it would break that off.
STOPPED = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dnf-makecache.timer",
    "dnf-automatic.timer",
    "dnf-automatic-download.timer",
    "dnf-automatic-install.timer",
    "dnf-automatic-notifyonly.timer",
    "dnf5-makecache.timer",
    "dnf5-automatic.timer",
    "snapd.socket",
    "snapd.service",
    "snapd.snap-repair.timer",
    "fwupd-refresh.timer",
    "fstrim.timer",
    "man-db.timer",
    "plocate-updatedb.timer",
)
# What timers may have started. Killed half-way, dpkg and rpm would leave packages half-installed, so their end is
# waited for, if it does not take too long.
AWAITED = (
    "apt-daily.service",
    "apt-daily-upgrade.service",
    "dnf-makecache.service",
    "dnf-automatic.service",
    "dnf-automatic-download.service",
    "dnf-automatic-install.service",
    "dnf-automatic-notifyonly.service",
    "dnf5-makecache.service",
    "dnf5-automatic.service",
    "snapd.snap-repair.service",
    "fwupd-refresh.service",
    "fstrim.service",
    "man-db.service",
    "plocate-updatedb.service",
)
WAIT = 300  # seconds
_STOP_TIMEOUT = 60  # seconds

# systemd replaces only ${NAME}, and $NAME as a word of its own: there is neither here. A list of root's own tells what
# to start again: it is written before anything is stopped.
_STOP = (
    'for unit in {units}; do systemctl is-active --quiet "$unit" && echo "$unit" >> {list}; done; '
    "[ -s {list} ] && timeout {stop} systemctl stop $(cat {list}); "
    "waited=0; "
    'while [ "$waited" -lt {wait} ] && systemctl is-active {awaited} | grep -q -x -e active -e "[a-z]*activating"; '
    "do sleep 1; waited=$((waited + 1)); done"
)
_NOTE = (
    "for unit in $(cat {list} 2>/dev/null); do "
    'systemctl is-active --quiet "$unit" || echo "$unit"; done > "$STOPPED_FILE"'
)
_START = "[ ! -s {list} ] || systemctl start --no-block $(cat {list}); rm -f {list}"


def properties(unit: str, file: str, wait: int = WAIT) -> list[tuple[str, str]]:
    """The properties of the systemd unit `unit` that stop the services before it and start them again after it.

    Only those are stopped that are active. `file` on the host gets the names of those that really were stopped. What
    they are doing is waited for, for at most `wait` seconds. Whatever fails in this, the unit runs all the same.
    """
    words = {
        "units": " ".join(STOPPED),
        "awaited": " ".join(AWAITED),
        "list": f"/run/{unit}.stopped",
        "wait": wait,
        "stop": _STOP_TIMEOUT,
    }
    # `-` ignores a failure, `+` runs as root.
    return [
        ("Environment", f"STOPPED_FILE={file}"),
        ("ExecStartPre", f"-+{_shell(_STOP.format(**words))}"),
        ("ExecStartPre", f"-+{_shell(_NOTE.format(**words))}"),
        ("ExecStopPost", f"-+{_shell(_START.format(**words))}"),
        # For both of ExecStartPre; 90 seconds by default.
        ("TimeoutStartSec", str(wait + 2 * _STOP_TIMEOUT)),
    ]


def read(text: str) -> tuple[str, ...]:
    """The names in the file, in their order; what is no name of a service that is ever stopped is left out."""
    return tuple(dict.fromkeys(name for name in text.split() if name in STOPPED))


def _shell(script: str) -> str:
    return shlex.join(["/bin/sh", "-c", script])
