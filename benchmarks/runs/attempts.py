"""Attempts: a run measures one thing at a time on a host, and what it measures anew is its next attempt there.

A measurement is known by what decides its numbers: suite, source, compiler, processor. The host keeps that with each
attempt, so that nothing here has to be right for an attempt never to be taken for another's.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.errors import RefusedError
from benchmarks.host import archives
from benchmarks.runs import run_directory

RECORD = "attempt.json"  # in each attempt's directory
CURRENT = "current-attempt.json"  # in the host's
PUBLISHED = "published.json"
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

# A line for each unit of another run that is at work, then a line an attempt: its number, whether one of its units is
# at work, what it measures, what was asked for, and how each unit ended.
_LOOK = """
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
class Attempt:
    """An attempt as the host knows it: digests of what it measures and of what was asked for, and how its steps ended.

    `results` are systemd's words, "-" for not yet.
    """

    number: int
    active: bool
    measurement: str
    request: str
    results: tuple[str, ...]

    @property
    def goes_on(self) -> bool:
        """Whether it is at work, has succeeded, or can do its next step; what has failed is not done again in place."""
        return self.active or set(self.results) <= {"success", "-"}


@dataclass(frozen=True)
class Record:
    """What is kept of an attempt in its directory here: the suite that was asked for, and what is measured of it.

    `measurement` is None until the toolchain is there, by which it is known.
    """

    number: int
    suite: Mapping[str, Any]
    request: str
    measurement: Mapping[str, Any] | None = None


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


def request(suite: Mapping[str, Any], packed: str | None = None) -> str:
    """SHA-256 of what is asked for, in hex: of the suite, and of the content of a local source (`packed`)."""
    return digest({"suite": of_suite(suite), "packed": packed})


def request_of(suite: Mapping[str, Any]) -> str:
    """The same, of a suite as it is here. Raises RefusedError for a local source that cannot be read."""
    path = suite["source"].get("path")
    try:
        return request(suite, archives.digest(archives.pack(Path(path))) if path else None)
    except OSError as error:
        raise RefusedError(f"The source of the suite {suite['name']} cannot be packed: {error}") from None


def look_command(directory: str, unit: str) -> str:
    """The command that lists the attempts below a directory of the host, whose units are called `unit`-N-STEP."""
    return shlex.join(["sh", "-c", _LOOK, "sh", directory, unit])


def begin_command(directory: str, measurement: str, request: str) -> str:
    """The command that begins an attempt in its directory on the host."""
    return shlex.join(["sh", "-c", _BEGIN, "sh", directory, measurement, request])


def read_look(output: str) -> tuple[Attempt, ...]:
    """The attempts that a host has, from the output of a look; a directory of another name is none."""
    found = []
    for line in output.splitlines():
        number, *words = line.split()
        if number.isdecimal() and len(words) == 3 + len(_STEPS):
            found.append(Attempt(int(number), words[0] == "yes", words[1], words[2], tuple(words[3:])))
    return tuple(sorted(found, key=lambda attempt: attempt.number))


def others(output: str) -> list[str]:
    """The units of other runs that are at work on a host, from the output of a look."""
    lines = [line.split() for line in output.splitlines()]
    return [words[1] for words in lines if len(words) == 2 and words[0] == "other"]


def active(found: Sequence[Attempt], wanted: str) -> int | None:
    """The number of the attempt that is at work, which has to be of the request `wanted`; None where none is.

    Raises RefusedError while the host measures something else of this run: two at once would disturb each other, and
    its source would be changed under it.
    """
    at_work = next((attempt for attempt in found if attempt.active), None)
    if at_work and at_work.request != wanted:
        raise RefusedError(
            f"Attempt {at_work.number} of this run still measures something else there: wait for its end, or give its "
            f"parameters to follow it."
        )
    return at_work.number if at_work else None


def choose(found: Sequence[Attempt], here: Collection[int], wanted: str) -> tuple[int, bool]:
    """The number of the attempt that measures `wanted`, and whether it is new.

    `here` are the numbers that are taken on this side.
    """
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
    return int((run_directory.recall(host_directory, CURRENT, ["number"]) or {"number": 1})["number"])


def is_active(host_directory: Path) -> bool:
    """Whether the attempt that the run is about was found at work: its host is then left as it is."""
    return bool((run_directory.recall(host_directory, CURRENT) or {}).get("active"))


def follow(host_directory: Path, number: int | None) -> None:
    """Note that an attempt was found at work, or that none was. Raises OSError.

    The toolchain's record is then the attempt's own; without it here the attempt cannot be followed as such.
    """
    toolchain = run_directory.recall(host_directory / str(number), "toolchain.json") if number else None
    if toolchain:
        run_directory.write_record(host_directory, "toolchain.json", toolchain)
        run_directory.write_record(host_directory, CURRENT, {"number": number, "active": True})
    elif is_active(host_directory):
        run_directory.write_record(host_directory, CURRENT, {"number": current(host_directory)})


def read(host_directory: Path, number: int) -> Record | None:
    """What is recorded of an attempt, None where that is gone or damaged."""
    try:
        return Record(**run_directory.recall(host_directory / str(number), RECORD))
    except TypeError:
        return None


def suite(host_directory: Path, number: int | str) -> Mapping[str, Any]:
    """The suite that an attempt is of; nothing is known of one without a record."""
    record = read(host_directory, int(number))
    return record.suite if record else {"expected": None}


def to_bring_back(host_directory: Path) -> list[int]:
    """The attempts of a host that are not published yet, and the one that the run is about."""
    known = [number for number in here(host_directory) if read(host_directory, number)]
    unpublished = [n for n in known if not (host_directory / str(n) / PUBLISHED).exists()]
    return sorted({*unpublished, current(host_directory)})


def write(host_directory: Path, record: Record) -> None:
    """Record an attempt, and have the run be about it. Raises OSError."""
    run_directory.write_record(host_directory / str(record.number), RECORD, asdict(record))
    run_directory.write_record(host_directory, CURRENT, {"number": record.number})


def begin(host_directory: Path, suite: Mapping[str, Any], request: str) -> None:
    """Have the run be about a new attempt, until it is known whether an earlier one is gone on with. Raises OSError."""
    write(host_directory, Record(max(here(host_directory), default=0) + 1, suite, request))


def take(host_directory: Path, record: Record, toolchain: Mapping[str, Any]) -> None:
    """Have the run be about an attempt that measures something, with the toolchain's record beside it. Raises OSError.

    The one that was begun for it is dropped where it is another.
    """
    begun = read(host_directory, current(host_directory))
    if begun and begun.number != record.number and begun.measurement is None:
        shutil.rmtree(host_directory / str(begun.number), ignore_errors=True)
    write(host_directory, record)
    run_directory.write_record(host_directory / str(record.number), "toolchain.json", toolchain)
