"""The attempts of a run as its host knows them."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from benchmarks.errors import RefusedError
from benchmarks.host.host_layout import STEPS

# A line for each unit of another run that is at work, then a line an attempt: its number, whether one of its units is
# at work, what it measures, what was asked for, and how each unit ended.
_STATES = """
systemctl list-units --plain --no-legend --state=active,activating,deactivating 'benchmarks-*.service' |
while read -r unit _; do
  case $unit in "$2"-*) ;; *) echo "other $unit" ;; esac
done
cd "$1" 2>/dev/null || exit 0
for attempt in */; do
  attempt=${attempt%/}
  active=no
  for step in build run; do
    case $(systemctl is-active "$2-$attempt-$step.service") in active|activating|deactivating) active=yes ;; esac
  done
  printf '%s %s' "$attempt" "$active"
  for digest in measurement request; do printf ' %s' "$(cat "$attempt/$digest" 2>/dev/null || echo -)"; done
  for step in build run; do printf ' %s' "$(cut -d ' ' -f 1 "$attempt/$step.status" 2>/dev/null || echo -)"; done
  echo
done
"""
_BEGIN = 'mkdir -p "$1" && printf "%s" "$2" > "$1/measurement" && printf "%s" "$3" > "$1/request"'


@dataclass(frozen=True)
class AttemptState:
    """An attempt as the host knows it: digests of what it measures and of what was asked for, and how its steps ended.

    `results` are systemd's words, "-" for not yet.
    """

    number: int
    active: bool
    measurement: str
    suite_digest: str
    results: tuple[str, ...]

    @property
    def goes_on(self) -> bool:
        """Whether it is at work, has succeeded, or can do its next step; what has failed is not done again in place."""
        return self.active or set(self.results) <= {"success", "-"}


def states_command(directory: str, unit: str) -> str:
    """The command that lists the attempts below a directory of the host, whose units are called `unit`-N-STEP."""
    return shlex.join(["sh", "-c", _STATES, "sh", directory, unit])


def begin_command(directory: str, measurement: str, suite_digest: str) -> str:
    """The command that begins an attempt in its directory on the host."""
    return shlex.join(["sh", "-c", _BEGIN, "sh", directory, measurement, suite_digest])


def read_states(output: str) -> tuple[AttemptState, ...]:
    """The attempts that a host has, from the output of a look; a directory of another name is none."""
    found = []
    for line in output.splitlines():
        number, *words = line.split()
        if number.isdecimal() and len(words) == 3 + len(STEPS):
            found.append(AttemptState(int(number), words[0] == "yes", words[1], words[2], tuple(words[3:])))
    return tuple(sorted(found, key=lambda attempt: attempt.number))


def others(output: str) -> list[str]:
    """The units of other runs that are at work on a host, from the output of a look."""
    lines = [line.split() for line in output.splitlines()]
    return [words[1] for words in lines if len(words) == 2 and words[0] == "other"]


def active(found: Sequence[AttemptState], wanted: str) -> int | None:
    """The number of the attempt that is at work, which has to be of the suite digest `wanted`; None where none is.

    Raises RefusedError while the host measures something else of this run: two at once would disturb each other, and
    its source would be changed under it.
    """
    at_work = next((attempt for attempt in found if attempt.active), None)
    if at_work and at_work.suite_digest != wanted:
        raise RefusedError(
            f"Attempt {at_work.number} of this run still measures something else there: wait for its end, or give its "
            f"parameters to follow it."
        )
    return at_work.number if at_work else None


def choose(found: Sequence[AttemptState], here: Collection[int], wanted: str) -> tuple[int, bool]:
    """The number of the attempt that measures `wanted`, and whether it is new.

    `here` are the numbers that are taken on this side.
    """
    same = [attempt for attempt in found if attempt.measurement == wanted]
    if same and same[-1].goes_on:
        return same[-1].number, False
    return max([attempt.number for attempt in found] + list(here), default=0) + 1, True
