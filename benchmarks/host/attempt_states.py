"""The state of a run's attempts, as recorded on its host."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from benchmarks.errors import RefusedError
from benchmarks.host import host_layout, systemd_units
from benchmarks.host.host_layout import STEPS

CUT = "cut"  # instead of systemd's word, of a step that the machine's restart has ended
# systemd may not answer, as where memory is used up: then it is unknown what runs, and nothing counts as ended.
# Prints one line for each active unit of another run, then one line for each attempt: its number, whether one of its
# units is active, the digests of its measurement and of its request, and the result of each unit.
_STATES = f"""
beat=$3
systemctl list-units --plain --no-legend --state=active,activating,deactivating 'benchmarks-*.service' |
while read -r unit _; do
  case $unit in "$2"-*) ;; *) echo "other $unit" ;; esac
done
cd "$1" 2>/dev/null || exit 0
# Somebody follows the run, if that is of interest there.
{{ {host_layout.STAYS} }} 2>/dev/null
for attempt in */; do
  attempt=${{attempt%/}}
  case $attempt in *[!0-9]*) continue ;; esac
  active=no
  for step in build run; do
    case $(systemctl is-active "$2-$attempt-$step.service") in
      inactive|failed|unknown) ;;
      active|activating|deactivating|reloading|refreshing) active=yes ;;
      *) echo "systemd does not say what runs" >&2; exit 1 ;;
    esac
  done
  printf '%s %s' "$attempt" "$active"
  for file in measurement request build.status run.status; do
    word=$(cat "$attempt/$file" 2>/dev/null)
    case $word in *" {systemd_units.POWER_OFF}") word={CUT} ;; "success exited"*) ;; success*) word=stopped ;; esac
    word=${{word%% *}}
    # Without a clean shutdown there is no result of what had begun. Only a measurement takes notes.
    case $file$word$active in
      build.statusno) [ ! -s "$attempt/{host_layout.LOG}" ] || word={CUT} ;;
      run.statusno) [ ! -s "$attempt/{host_layout.ACTIVITY}" ] || word={CUT} ;;
    esac
    printf ' %s' "${{word:--}}"
  done
  echo
done
"""
# The directory is root's: what CODE_USER may write to in it is made beforehand, so that it can neither be replaced by a
# link nor be another file when it is read.
_BEGIN = """
umask 022
mkdir -p "$1" && cd "$1" && printf '%s' "$2" > measurement && printf '%s' "$3" > request || exit 1
for file in "$5" "$6" "$7"; do
  touch "$file" && chgrp "$4" "$file" && chmod 664 "$file" || exit 1
done
mkdir -p "$8" && chown "$4:$4" "$8"
"""


@dataclass(frozen=True)
class AttemptState:
    """An attempt as recorded on the host: digests of what it measures and of the requested suite, and its results.

    `results` has systemd's word for each step, such as "success", or "-" if the step has not ended. For one that was
    stopped it is "stopped": systemd says "success" then too. For one that its machine's restart has ended, it is CUT.
    """

    number: int
    active: bool
    measurement: str
    suite_digest: str
    results: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Whether it has come to its end: its last step has, or an earlier one has failed; no restart has cut it."""
        *earlier, last = self.results
        return not (self.active or self.was_cut) and (last != "-" or not set(earlier) <= {"success", "-"})

    @property
    def is_measured(self) -> bool:
        """Whether every step of it has succeeded."""
        return not self.active and set(self.results) == {"success"}

    @property
    def was_cut(self) -> bool:
        """Whether a restart of its machine has ended it. Nothing in it has failed, so it is measured anew."""
        return not self.active and CUT in self.results

    @property
    def can_continue(self) -> bool:
        """Whether it is active, or no step of it has failed; a failed step is repeated in a new attempt only."""
        return self.active or set(self.results) <= {"success", "-"}


def states_command(directory: str, unit: str) -> str:
    """The command that lists the attempts in a directory on the host; their units are named `unit`-N-STEP."""
    return shlex.join(["sh", "-c", _STATES, "sh", directory, unit, host_layout.HEARTBEAT])


def begin_command(directory: str, measurement: str, suite_digest: str, user: str = host_layout.CODE_USER) -> str:
    """The command that creates an attempt's directory on the host and writes its digests there; it is run as root.

    `user`, which has a group of the same name, may then write to the log, to the notes on its growth and to the archive
    of results, and owns Criterion's directory. All else there is root's.
    """
    names = [host_layout.LOG, host_layout.ACTIVITY, host_layout.ARCHIVE, host_layout.CRITERION]
    return shlex.join(["sh", "-c", _BEGIN, "sh", directory, measurement, suite_digest, user, *names])


def read_states(output: str) -> tuple[AttemptState, ...]:
    """Parse the attempts from the output of `states_command`; directories without a number as name are ignored."""
    found = []
    for line in output.splitlines():
        number, *words = line.split()
        if number.isdecimal() and len(words) == 3 + len(STEPS):
            found.append(AttemptState(int(number), words[0] == "yes", words[1], words[2], tuple(words[3:])))
    return tuple(sorted(found, key=lambda attempt: attempt.number))


def units_of_other_runs(output: str) -> list[str]:
    """Parse the active units of other runs from the output of `states_command`."""
    lines = [line.split() for line in output.splitlines()]
    return [words[1] for words in lines if len(words) == 2 and words[0] == "other"]


def active_attempt(found: Sequence[AttemptState], wanted: str) -> int | None:
    """The number of the active attempt, None if there is none.

    Raises RefusedError if the active attempt has another suite digest than `wanted`: two measurements at once would
    disturb each other, and preparing the new one would change the source of the active one.
    """
    running = next((attempt for attempt in found if attempt.active), None)
    if running and running.suite_digest != wanted:
        raise RefusedError(
            f"Attempt {running.number} of this run still measures something else there: wait for its end, or give its "
            f"parameters to follow it."
        )
    return running.number if running else None


def ended_attempt(found: Sequence[AttemptState], wanted: str) -> int | None:
    """The number of the newest attempt at the suite digest `wanted`, if that has ended; None if it has not."""
    same = [attempt for attempt in found if attempt.suite_digest == wanted]
    return same[-1].number if same and same[-1].is_over else None


def is_measured(found: Sequence[AttemptState], number: int) -> bool:
    """Whether every step of the attempt `number` has succeeded."""
    return any(one.number == number and one.is_measured for one in found)


def events(found: Sequence[AttemptState], number: int | None) -> tuple[str, ...]:
    """What the attempt `number`, which is followed, makes of its host: see playbook.stages.Hosts."""
    attempt = next((one for one in found if one.number == number), None)
    if not attempt or attempt.results[0] != "success":  # it builds, or its build has failed
        return ()
    return ("measures",) if attempt.active else ("measures", "measured")


def choose(
    found: Sequence[AttemptState], here: Collection[int], wanted: str, *, attaches: bool = False
) -> tuple[int, bool]:
    """The number of the attempt for the measurement digest `wanted`, and whether it is a new attempt.

    `here` are the attempt numbers already used on the controller. Whoever `attaches` to a run takes its attempt as it
    is, also one that has failed, but not one that was cut.
    """
    same = [attempt for attempt in found if attempt.measurement == wanted]
    if same and ((attaches and not same[-1].was_cut) or same[-1].can_continue):
        return same[-1].number, False
    return max([attempt.number for attempt in found] + list(here), default=0) + 1, True


def anew(found: Sequence[AttemptState], wanted: str, number: int, time_left: str = "") -> str:
    """That the attempt `number` measures anew what a restart has cut off, as a sentence; empty if none has.

    `found` are the attempts before it, `wanted` is its measurement's digest. `time_left` says when the machine ends, as
    a clause, since a restart prolongs nothing.
    """
    same = [attempt for attempt in found if attempt.measurement == wanted]
    if not (same and same[-1].was_cut):
        return ""
    return (
        f"Attempt {same[-1].number} was cut off when its machine restarted, and stays as it was: attempt {number} "
        f"measures everything anew{f'; {time_left}' if time_left else ''}."
    )
