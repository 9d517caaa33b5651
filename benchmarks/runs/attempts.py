"""Attempts: a run measures one thing at a time on a host, and what it measures anew is its next attempt there.

A measurement is known by what decides its numbers: suite, source, compiler, processor. The host keeps that with each
attempt, so that nothing here has to be right for an attempt never to be taken for another's.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.runs import record_files, run_layout
from benchmarks.runs.records import Attempt, CurrentAttempt, Published, Suite, Toolchain


def here(host_directory: Path) -> tuple[int, ...]:
    """The numbers of the attempts that have a directory in a host's directory."""
    found = host_directory.iterdir() if host_directory.is_dir() else ()
    return tuple(sorted(int(path.name) for path in found if path.name.isdecimal() and path.is_dir()))


def current(host_directory: Path) -> int:
    """The number of the attempt that a run is about on a host; 1 before anything is known of it."""
    found = record_files.recall(CurrentAttempt, host_directory)
    return found.number if found else 1


def is_active(host_directory: Path) -> bool:
    """Whether the attempt that the run is about was found at work: its host is then left as it is."""
    found = record_files.recall(CurrentAttempt, host_directory)
    return bool(found and found.active)


def follow(host_directory: Path, number: int | None) -> None:
    """Note that an attempt was found at work, or that none was. Raises OSError.

    The toolchain's record is then the attempt's own; without it here the attempt cannot be followed as such.
    """
    toolchain = record_files.recall(Toolchain, run_layout.attempt(host_directory, number)) if number else None
    if number and toolchain:
        record_files.write(host_directory, toolchain)
        record_files.write(host_directory, CurrentAttempt(number=number, active=True))
    elif is_active(host_directory):
        record_files.write(host_directory, CurrentAttempt(number=current(host_directory)))


def read(host_directory: Path, number: int) -> Attempt | None:
    """What is recorded of an attempt, None where that is gone or damaged."""
    return record_files.recall(Attempt, run_layout.attempt(host_directory, number))


def suite(host_directory: Path, number: int) -> Suite | None:
    """The suite that an attempt is of; None without a record."""
    record = read(host_directory, number)
    return record.suite if record else None


def to_bring_back(host_directory: Path) -> list[int]:
    """The attempts of a host that are not published yet, and the one that the run is about."""
    known = [number for number in here(host_directory) if read(host_directory, number)]
    unpublished = [n for n in known if not (run_layout.attempt(host_directory, n) / Published.FILE).exists()]
    return sorted({*unpublished, current(host_directory)})


def write(host_directory: Path, record: Attempt) -> None:
    """Record an attempt, and have the run be about it. Raises OSError."""
    record_files.write(run_layout.attempt(host_directory, record.number), record)
    record_files.write(host_directory, CurrentAttempt(number=record.number))


def begin(host_directory: Path, suite: Suite, suite_digest: str) -> None:
    """Have the run be about a new attempt, until it is known whether an earlier one is gone on with. Raises OSError."""
    number = max(here(host_directory), default=0) + 1
    write(host_directory, Attempt(number=number, suite=suite, suite_digest=suite_digest))


def take(host_directory: Path, record: Attempt, toolchain: Toolchain) -> None:
    """Have the run be about an attempt that measures something, with the toolchain's record beside it. Raises OSError.

    The one that was begun for it is dropped where it is another.
    """
    begun = read(host_directory, current(host_directory))
    if begun and begun.number != record.number and begun.measurement is None:
        shutil.rmtree(run_layout.attempt(host_directory, begun.number), ignore_errors=True)
    write(host_directory, record)
    record_files.write(run_layout.attempt(host_directory, record.number), toolchain)
