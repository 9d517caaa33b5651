"""Attempts: a run measures one thing at a time on a host, and what it measures anew is its next attempt there.

A measurement is known by what decides its numbers: suite, source, compiler, processor. The host keeps that with each
attempt, so that nothing here has to be right for an attempt never to be taken for another's.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import runs
from benchmarks.errors import FailedError

RECORD = "attempt.json"
# Of a suite: its name, its description and its limits change no number.
_OF_SUITE = ("source", "package", "benches", "features", "rustflags", "environment", "arguments", "toolchain")
# Of a host's fingerprint.
_OF_HOST = (
    "rustc",
    "cargo",
    "linker",
    "commit",
    "crate_sha256",
    "cargo_lock_sha256",
    "cargo_config",
    "architecture",
    "cpu_model",
)
_STEPS = ("build", "run")

# A line an attempt: its number, its measurement's digest, whether one of its units is at work, and how each ended.
_LOOK = """
cd "$1" 2>/dev/null || exit 0
for attempt in */; do
  attempt=${attempt%/}
  active=no
  for step in build run; do
    case $(systemctl is-active "$2-$attempt-$step.service") in active|activating|deactivating) active=yes ;; esac
  done
  printf '%s %s %s' "$attempt" "$(cat "$attempt/measurement" 2>/dev/null || echo -)" "$active"
  for step in build run; do printf ' %s' "$(cut -d ' ' -f 1 "$attempt/$step.status" 2>/dev/null || echo -)"; done
  echo
done
"""
_BEGIN = 'mkdir -p "$1" && printf "%s" "$2" > "$1/measurement"'


@dataclass(frozen=True)
class Attempt:
    """An attempt as the host knows it; `results` are systemd's words for how its steps ended, "-" for not yet."""

    number: int
    measurement: str
    active: bool
    results: tuple[str, ...]

    @property
    def goes_on(self) -> bool:
        """Whether it is at work, has succeeded, or can do its next step; what has failed is not done again in place."""
        return self.active or set(self.results) <= {"success", "-"}


def measurement(suite: Mapping[str, Any], toolchain: Mapping[str, Any]) -> dict[str, Any]:
    """What decides the numbers of a suite on a host, from the suite and the toolchain role's record."""
    return {
        "suite": of_suite(suite),
        "source": toolchain["source"],
        "host": {name: toolchain["host"].get(name) for name in _OF_HOST},
    }


def of_suite(suite: Mapping[str, Any]) -> dict[str, Any]:
    """What of a suite decides its numbers."""
    return {name: suite.get(name) for name in _OF_SUITE}


def digest(measured: Mapping[str, Any]) -> str:
    """SHA-256 of a measurement, in hex."""
    return hashlib.sha256(json.dumps(measured, sort_keys=True).encode()).hexdigest()


def look_command(directory: str, unit: str) -> str:
    """The command that lists the attempts below a directory of the host, whose units are called `unit`-N-STEP."""
    return shlex.join(["sh", "-c", _LOOK, "sh", directory, unit])


def begin_command(directory: str, measurement: str) -> str:
    """The command that begins an attempt in its directory on the host."""
    return shlex.join(["sh", "-c", _BEGIN, "sh", directory, measurement])


def read_look(output: str) -> tuple[Attempt, ...]:
    """The attempts that a host has, from the output of a look; a directory of another name is none."""
    found = []
    for line in output.splitlines():
        number, *words = line.split()
        if number.isdecimal() and len(words) == 2 + len(_STEPS):
            found.append(Attempt(int(number), words[0], words[1] == "yes", tuple(words[2:])))
    return tuple(sorted(found, key=lambda attempt: attempt.number))


def choose(found: Sequence[Attempt], here: Collection[int], wanted: str) -> tuple[int, bool]:
    """The number of the attempt that measures `wanted`, and whether it is new.

    `here` are the numbers that have a directory on this side. Raises FailedError while the host measures something else
    of this run: two at once would disturb each other.
    """
    for attempt in found:
        if attempt.active and attempt.measurement != wanted:
            raise FailedError(
                f"Attempt {attempt.number} of this run still measures something else there: wait for its end, or give "
                f"its parameters to follow it."
            )
    same = [attempt for attempt in found if attempt.measurement == wanted]
    if same and same[-1].goes_on:
        return same[-1].number, False
    return max([attempt.number for attempt in found] + list(here), default=0) + 1, True


def here(host_directory: Path) -> tuple[int, ...]:
    """The numbers of the attempts that have a directory in a host's directory."""
    found = host_directory.iterdir() if host_directory.is_dir() else ()
    return tuple(sorted(int(path.name) for path in found if path.name.isdecimal() and path.is_dir()))


def current(host_directory: Path) -> int:
    """The number of the attempt that a run is about on a host; 1 before anything is known of it."""
    return int((runs.recall(host_directory, RECORD, ["number"]) or {"number": 1})["number"])


def begin(host_directory: Path) -> None:
    """Have the run be about a new attempt, until it is known whether an earlier one is gone on with. Raises OSError."""
    runs.write_record(host_directory, RECORD, {"number": max(here(host_directory), default=0) + 1})


def record(host_directory: Path, number: int, measured: Mapping[str, Any], toolchain: Mapping[str, Any]) -> None:
    """Have the run be about an attempt, with what it measures and the toolchain's record beside it. Raises OSError."""
    runs.write_record(host_directory, RECORD, {"number": number, "measurement": measured})
    runs.write_record(host_directory / str(number), "toolchain.json", toolchain)
