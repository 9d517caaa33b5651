"""Attempts: a run measures one thing at a time on a host, and what it measures anew is its next attempt there.

A measurement is known by what decides its numbers: suite, source, compiler, processor. The host keeps that with each
attempt, so that nothing here has to be right for an attempt never to be taken for another's.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.runs import run_directory

RECORD = "attempt.json"  # in each attempt's directory
CURRENT = "current-attempt.json"  # in the host's
PUBLISHED = "published.json"


@dataclass(frozen=True)
class Record:
    """What is kept of an attempt in its directory here: the suite that was asked for, and what is measured of it.

    `measurement` is None until the toolchain is there, by which it is known.
    """

    number: int
    suite: Mapping[str, Any]
    request: str
    measurement: Mapping[str, Any] | None = None


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
