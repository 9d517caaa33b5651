"""Runs commands that outlive their SSH connection, as transient systemd units, and reads their state.

Options: https://www.freedesktop.org/software/systemd/man/latest/systemd-run.html, systemd.exec(5), systemd.service(5).
"""

from __future__ import annotations

import base64
import posixpath
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.host import answers, background_services, exit_signals, host_layout, isolation

# Third-party code writes the log, which is followed, fetched and published. Where it is larger, the unit is stopped,
# and at the unit's end the rest is cut off and the result is a failure, also if nobody followed it meanwhile.
# LimitFSIZE= would hold for that code's other files too.
LARGEST_LOG = 2**28  # bytes
_LOG_LIMIT = "log-limit"  # beside systemd's own words for a result
# What failed with no more room than this failed for that reason, whatever it could still write into its log.
_DISK_FULL = "disk-full"
_FULL = 4096  # KiB that are free
_RESERVE = 64  # MiB; what is collected afterwards needs room: results, their archive, Ansible's own files
# What stops units before their end, by the words for it in STOP_REASON and in a result.
SPOT_NOTICE = (
    "spot-notice"  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
)
POWER_OFF = "power-off"  # or a reboot
_REASONS = {
    SPOT_NOTICE: "because EC2 takes the spot instance back",
    POWER_OFF: "because the machine was shut down or restarted",
}
_STOP_TIMEOUT = 20  # seconds
# The unit's result is kept in a file, since systemd forgets units that have ended, and all units at a reboot. It is
# written beside its place and moved there: who reads it meanwhile must not find it empty.
_KEEP_STATUS = (
    'cd "$(dirname "$STATUS_FILE")" && '
    f'if [ "$SERVICE_RESULT $EXIT_CODE" = "exit-code exited" ] && '
    f'[ "$(df -P -k . | tail -n 1 | {{ read -r _ _ _ free _; echo "$free"; }})" -lt {_FULL} ]; '
    f"then SERVICE_RESULT={_DISK_FULL}; fi; rm -f {host_layout.RESERVE}; "
    f'if [ "$(stat --format=%s {host_layout.LOG} 2>/dev/null || echo 0)" -gt {LARGEST_LOG} ]; '
    f"then SERVICE_RESULT={_LOG_LIMIT}; fi; "
    # What is below the limit stays as it is.
    f"truncate --no-create --size='<{LARGEST_LOG}' {host_layout.LOG} {host_layout.ACTIVITY}; "
    # What did not end well while something stopped it ended for that reason.
    f"reason=$(cat {host_layout.STOP_REASON} 2>/dev/null); "
    f'if [ -z "$reason" ] && [ "$(systemctl is-system-running)" = stopping ]; then reason={POWER_OFF}; fi; '
    'case "$SERVICE_RESULT $EXIT_CODE" in "success exited"|"exit-code ") reason= ;; esac; '
    # What was stopped before its program began has no exit status, and has not ended well.
    'case "$SERVICE_RESULT $EXIT_CODE $reason" in "success  "*|*"  "?*) EXIT_CODE=killed EXIT_STATUS=TERM ;; esac; '
    # Without quotes: a word of its own, or none.
    'set -- "$SERVICE_RESULT" "$EXIT_CODE" "$EXIT_STATUS" $reason; echo "$*" > "$STATUS_FILE.new"'
    ' && mv "$STATUS_FILE.new" "$STATUS_FILE"'
    # After a crash it may be empty or gone unless it was flushed. The unit counts as active meanwhile; a flush that no
    # signal ends, as where a disk hangs, keeps no result from being there when systemd stops waiting for this.
    ' && { timeout 5 sync "$STATUS_FILE" . 2>/dev/null || :; }'
)
# After a crash, nobody has removed what earlier attempts of the run have reserved. Not every file system reserves, and
# some begin with it before they find that there is no room.
_CLEAN = f"""
rm -f "$1" "$2" || exit
active=$(systemctl list-units --plain --no-legend --state=active,activating,deactivating "$3-*-build.service" \
  "$3-*-run.service" 2>/dev/null) && [ -z "$active" ] && rm -f "${{1%/*}}"/../*/{host_layout.RESERVE}
fallocate -l {_RESERVE}MiB "$2" 2>/dev/null || rm -f "$2"
"""
# systemd would open the log and execute the program as init_t, which SELinux's targeted policy does not let do either
# with files of this kind: 209/STDOUT, 203/EXEC (https://github.com/systemd/systemd/issues/24149; it opens files before
# the transition: https://github.com/systemd/systemd/pull/43646). A shell in /bin runs as unconfined_service_t, which
# may do both (https://www.mankier.com/8/unconfined_service_selinux). The program takes the shell's place, so that its
# exit status, signals and process id are the unit's own.
_IN_DIRECTORY = 'exec >>"$1" 2>&1 && cd "$2" && shift 2 && exec "$@"'
# systemd's words for a unit that has ended; newer versions have more words for one that has not.
# https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.systemd1.html#Properties1
_ENDED = ("inactive", "failed")
# What one look reads of a log at most: the more, the fewer looks a log of many MB takes, and the longer each of them.
LARGEST_PART = 4 * 2**20  # bytes
# One round trip for everything: whether the unit is active, its result, and the log from a given byte on. The wait
# happens on the host: polling over SSH would disturb the measurement. It ends at the unit's end, and when the file $7
# has a byte $5: that is the log, or /dev/null, which never has one. tail is ended by its process id, because not every
# tail notices that its pipe was closed before it writes again. Whoever looks follows the run: $9 is its heartbeat.
# In a terminal, a command also prints there what it has to complain of: what is told follows the line TOLD.
TOLD = "== what there is =="
_STATUS = f"""
touch -c "$(dirname "$2")/../$9" 2>/dev/null
pid=$(systemctl show --property=MainPID --value "$1")
[ "$6" = 0 ] || [ "$pid" = 0 ] || {{
  sh -c 'echo $$; exec tail --pid="$0" --sleep-interval=0.2 -c "+$1" -f "$2"' "$pid" "$5" "$7" |
    {{ read -r waiting; timeout "$6" head -c 1 >/dev/null; kill "$waiting"; }}
}} 2>/dev/null
state=$(systemctl show --property=ActiveState --value "$1") || exit 1
result=$(cat "$2" 2>/dev/null) || [ ! -e "$2" ] || exit 1
size=$(stat --format=%s "$3" 2>/dev/null)
# Only a look that does not wait tells how long the unit has run, since ps costs the host some time.
[ "$6" != 0 ] || [ "$pid" = 0 ] || age=$(ps -o etimes= -p "$pid" 2>/dev/null)
printf '%s\\n' '{TOLD}' "$state" "${{result:--}}" "${{size:-0}} $age"
tail -c "+$5" "$4" 2>/dev/null | head -c "$8" | base64 -w 0
"""


@dataclass(frozen=True)
class Unit:
    """What to run. Paths are those on the host."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str
    log: str
    status: str
    limit_seconds: int
    # For the names of the background services that are stopped for the unit's time; empty to stop none.
    stopped: str = ""
    # A unit that outlives it at a shutdown; empty if there is none.
    after: str = ""


@dataclass(frozen=True)
class UnitStatus:
    """The state of a unit: whether it is active, its result if it has ended, and the log's new bytes."""

    active: bool
    # systemd's $SERVICE_RESULT, $EXIT_CODE, $EXIT_STATUS, and what had it stopped
    result: Sequence[str] | None
    size: int  # of the log, in bytes
    log: bytes
    age: float | None = None  # seconds since it was started, if it runs and the look has not waited

    @property
    def ended(self) -> bool:
        return not self.active

    @property
    def succeeded(self) -> bool:
        """Whether its program ended well by itself: for systemd, a stop is a success too, and so is SIGPIPE.

        So is a stop before the program began, of which there is no exit status.
        https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#SuccessExitStatus=
        """
        return self.result is not None and list(self.result[:2]) == ["success", "exited"]

    @property
    def word(self) -> str | None:
        """systemd's word for its result, but "stopped" for a stop and a signal that are a success for systemd."""
        if self.result is None:
            return None
        return "stopped" if self.result[0] == "success" and not self.succeeded else self.result[0]

    @property
    def stopped(self) -> str:
        """What had it stopped, as the part of a sentence; empty if nothing had."""
        words = self.result or ()
        if list(words) in (["success"], ["success", "killed", "TERM"]):
            return "by somebody on its machine"
        return _REASONS.get(words[-1], "") if words[3:] else ""

    @property
    def too_long(self) -> bool:
        """Whether the log is larger than it may be while the unit is active."""
        return self.active and self.size > LARGEST_LOG

    @property
    def was_cut(self) -> bool:
        """Whether it has ended, and the end of its log was cut off."""
        return self.ended and self.result is not None and self.result[0] == _LOG_LIMIT

    @property
    def refused(self) -> bool:
        """Whether a command that had to succeed before its program could not; systemd then knows no exit status.

        https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Environment%20Variables%20Set%20or%20Propagated%20by%20the%20Service%20Manager
        """
        return self.result is not None and list(self.result) == ["exit-code"]

    @property
    def failed_by_itself(self) -> bool:
        """Whether its program ended with an exit status of its own, so that the log says why."""
        return self.result is not None and self.result[0] == "exit-code" and not (self.refused or self.stopped)


def clean_command(unit: Unit) -> str:
    """The command that removes the result of an earlier `unit` of this name, so that it can be started again.

    It also reserves the room that is needed once the disk is full, and frees what earlier attempts have left reserved,
    unless another unit of the run is active. It is run as root.
    """
    reserve = f"{posixpath.dirname(unit.status)}/{host_layout.RESERVE}"
    return shlex.join(["sh", "-c", _CLEAN, "sh", unit.status, reserve, unit.name.rsplit("-", 2)[0]])


def stop_command(unit: Unit) -> str:
    """The command that stops `unit`, without waiting for its end; it succeeds if the unit has ended meanwhile."""
    return shlex.join(["sh", "-c", 'systemctl stop --no-block "$1" 2>/dev/null || true', "sh", f"{unit.name}.service"])


def start_command(unit: Unit, python: str) -> str:
    """The command that starts `unit` as the user of third-party code; it must be run as root.

    Nothing in it makes systemd itself open a file in the unit's directories. `python` is Python's path on the host.
    The unit's environment is that of its program only: what root runs for the unit does not see it.
    """
    properties = [
        ("Type", "exec"),
        ("RuntimeMaxSec", str(unit.limit_seconds)),
        # At a shutdown, what was measured is to be uploaded as well.
        ("TimeoutStopSec", str(_STOP_TIMEOUT)),
        *([("After", unit.after)] if unit.after else []),
        *isolation.properties(python),
        *(background_services.properties(unit.name, unit.stopped) if unit.stopped else []),
        # Last, so that whoever reads the result finds the services started again.
        ("ExecStopPost", f"+/bin/sh -c {shlex.quote(_KEEP_STATUS)}"),
        ("Environment", f"STATUS_FILE={unit.status}"),
        # If a benchmark uses up the memory, the kernel must kill it before the SSH server.
        ("OOMScoreAdjust", "500"),
        # The remaining targets still run.
        ("OOMPolicy", "continue"),
    ]
    variables = [f"{key}={value}" for key, value in unit.environment.items()]
    shell = ["/bin/sh", "-c", _IN_DIRECTORY, "sh", unit.log, unit.directory, "/usr/bin/env", *variables, *unit.argv]
    command = [word.replace("$", "$$") for word in shell]
    argv = [
        "systemd-run",
        "--quiet",
        "--collect",
        f"--unit={unit.name}",
        f"--uid={host_layout.CODE_USER}",
        *(f"--property={key}={value}" for key, value in properties),
        "--",
        # systemd expands variables in the command: a literal dollar sign is written twice.
        *command,
    ]
    return shlex.join(argv)


def status_command(unit: Unit, offset: int | None, wait: float = 0, *, until_it_grows: bool = False) -> str:
    """The command that reads the state of `unit`, and its log from byte `offset` (0-based) on; None reads no log.

    It first waits for the unit to end, for at most `wait` seconds; with `until_it_grows`, also no longer than until the
    log has more than `offset` bytes. Of the log it reads LARGEST_PART bytes at most.
    """
    log, begin = ("/dev/null", 0) if offset is None else (unit.log, offset)
    waits_for = log if until_it_grows else "/dev/null"
    arguments = [f"{unit.name}.service", unit.status, unit.log, log, str(begin + 1), f"{wait:g}", waits_for]
    return shlex.join(["sh", "-c", _STATUS, "sh", *arguments, str(LARGEST_PART), host_layout.HEARTBEAT])


def read_status(output: str) -> UnitStatus:
    """Parse the output of `status_command`. Raises ValueError with what was said instead, if it cannot be parsed."""
    before, told = answers.apart(output, TOLD)
    try:
        state, status, measures, *log = (told or "").splitlines()
        size, *age = measures.split()
        if not state.isalpha():
            raise ValueError
        result = None if status == "-" else status.split()
        new = base64.b64decode("".join(log), validate=True)
        return UnitStatus(state not in _ENDED, result, int(size), new, float(age[0]) if age else None)
    except ValueError:
        raise ValueError(" ".join(before.split()) or "its answer is not whole") from None


def describe_end(look: UnitStatus, unit: Unit, what: str) -> str:
    """How a unit that failed ended, as a sentence."""
    if look.result is None:
        return f"The {what} ended without a result: the machine was restarted, or systemd was stopped. Measure again."
    if look.refused:
        return (
            f"The {what} was not started, because what has to come before it failed, such as the firewall's rule that "
            f"keeps its code from the machine's credentials: `sudo journalctl --unit={unit.name}` there says why."
        )
    if look.stopped:
        return f"The {what} was stopped {look.stopped}; what it had written was kept: run the same command again."
    result, code, status = (*look.result, "", "", "")[:3]
    minutes = unit.limit_seconds // 60
    more = "--build-limit" if what == "build" else "--time-limit"
    limit = f"{minutes} minute" if minutes == 1 else f"{minutes} minutes"
    reasons = {
        "timeout": (
            f"The {what} was stopped at its limit of {limit}; what it had written was kept. Give more by {more}."
        ),
        _LOG_LIMIT: (
            f"The {what} was stopped because it had written more than {LARGEST_LOG // 2**20} MiB into its log, of "
            "which that much was kept: let the benchmark print less."
        ),
        _DISK_FULL: (
            f"The {what} failed because the machine's disk is full; what it had written was kept. Raise minimum_disk "
            "in the suite, by which the instance's volume is made larger."
        ),
        "oom-kill": f"The {what} used up the machine's memory and was killed. {exit_signals.MORE_MEMORY}",
    }
    if result in reasons:
        return reasons[result]
    if not status:  # it was never started
        return (
            f"The {what} could not be run: systemd says {result}. `sudo journalctl --unit={unit.name}` there says more."
        )
    sent = exit_signals.of_status(int(status)) if code == "exited" else exit_signals.named(status)
    if sent:
        return f"The {what} {sent.said}. {sent.remedy}".rstrip()
    return f"The {what} failed with exit status {status}."
