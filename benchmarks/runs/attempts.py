"""The attempts of a run: on a host, a run measures one thing at a time, and each new measurement is a new attempt.

A measurement is identified by what determines its numbers: suite, source, compiler and processor. The host stores the
digest of that with each attempt, so attempts cannot be mixed up even if the records on the controller are wrong.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from msgspec.structs import replace

from benchmarks.runs import failures, record_files, run_layout
from benchmarks.runs.records import Attempt, CurrentAttempt, Published, Suite, Toolchain


def here(host_directory: Path) -> tuple[int, ...]:
    """The numbers of the attempts that have a directory in the host's directory on the controller."""
    found = host_directory.iterdir() if host_directory.is_dir() else ()
    return tuple(sorted(int(path.name) for path in found if path.name.isdecimal() and path.is_dir()))


def current(host_directory: Path) -> int:
    """The number of the run's current attempt on a host; 1 if none is recorded."""
    found = record_files.recall(CurrentAttempt, host_directory)
    return found.number if found else 1


def is_active(host_directory: Path) -> bool:
    """Whether the current attempt was found on its host, to be followed; that must then be left as it is."""
    found = record_files.recall(CurrentAttempt, host_directory)
    return bool(found and found.active)


def is_left(host_directory: Path) -> bool:
    """Whether the current attempt was left measuring, with nobody to wait for it."""
    found = record_files.recall(CurrentAttempt, host_directory)
    return bool(found and found.left)


def leave(host_directory: Path) -> None:
    """Record that the current attempt measures and is left. Raises OSError."""
    record_files.write(host_directory, CurrentAttempt(number=current(host_directory), left=True))


def follow(host_directory: Path, number: int | None) -> None:
    """Record which attempt was found on its host, to be followed to its end, None for none. Raises OSError.

    The attempt's toolchain record becomes the host's again; an attempt without one here cannot be followed.
    """
    toolchain = record_files.recall(Toolchain, run_layout.attempt(host_directory, number)) if number else None
    if number and toolchain:
        record_files.write(host_directory, toolchain)
        record_files.write(host_directory, CurrentAttempt(number=number, active=True))
    elif is_active(host_directory) or is_left(host_directory):
        record_files.write(host_directory, CurrentAttempt(number=current(host_directory)))


def read(host_directory: Path, number: int) -> Attempt | None:
    """The record of an attempt, None if it is missing or damaged."""
    return record_files.recall(Attempt, run_layout.attempt(host_directory, number))


def suite(host_directory: Path, number: int) -> Suite | None:
    """The suite that an attempt measures, None without a record."""
    record = read(host_directory, number)
    return record.suite if record else None


def to_bring_back(host_directory: Path) -> list[int]:
    """The attempts on a host whose results are not published yet, or not as a whole, and the current attempt.

    It is the same whether the host still exists or is gone, and decides as well whether a run is over.
    """
    known = [number for number in here(host_directory) if read(host_directory, number)]
    unpublished = {number for number in known if not _is_published(host_directory, number)}
    # What could not be fetched is missing from what was published.
    failed = [one for one in failures.failures(host_directory.parent) if one.stage in failures.REPEATABLE]
    lacking = {number for number in known for one in failed if one.is_of(host_directory.name, number)}
    return sorted({*unpublished, *lacking, current(host_directory)})


def _is_published(host_directory: Path, number: int) -> bool:
    return (run_layout.attempt(host_directory, number) / Published.FILE).exists()


def turn_to(host_directory: Path, number: int) -> None:
    """Make an attempt that is recorded the current one, of a host that is gone. Raises OSError."""
    if number != current(host_directory):
        record_files.write(host_directory, CurrentAttempt(number=number))


def replaced(host_directory: Path, number: int) -> list[str]:
    """That another attempt is the current one, as a sentence; empty if this one is. A restart may have cut it off."""
    now = current(host_directory)
    return [] if int(number) == now else [f"Attempt {now} has taken the place of attempt {number}."]


def note_cut(host_directory: Path, number: int) -> None:
    """Record that a restart of the host has ended an attempt, unless nothing of it is recorded. Raises OSError."""
    if record := read(host_directory, number):
        record_files.write(run_layout.attempt(host_directory, number), replace(record, cut=True))


def was_cut(host_directory: Path, number: int) -> bool:
    record = read(host_directory, number)
    return bool(record and record.cut)


def write(host_directory: Path, record: Attempt) -> None:
    """Record an attempt and make it the current one; that it was found active stays recorded. Raises OSError."""
    record_files.write(run_layout.attempt(host_directory, record.number), record)
    active = is_active(host_directory) and current(host_directory) == record.number
    record_files.write(host_directory, CurrentAttempt(number=record.number, active=active))


def begin(host_directory: Path, suite: Suite, suite_digest: str) -> None:
    """Make a new attempt the current one, until `take` knows whether an earlier one can continue. Raises OSError.

    One that has come to no measurement, as of a run that was killed, is begun again in its place.
    """
    last = read(host_directory, current(host_directory))
    again = last and last.measurement is None and not _is_published(host_directory, last.number)
    number = last.number if last and again else max(here(host_directory), default=0) + 1
    write(host_directory, Attempt(number=number, suite=suite, suite_digest=suite_digest))


def take(host_directory: Path, record: Attempt, toolchain: Toolchain) -> None:
    """Make an attempt whose measurement is known the current one, and store its toolchain record. Raises OSError.

    If `begin` had provisionally begun another attempt, that one is removed.
    """
    begun = read(host_directory, current(host_directory))
    if begun and begun.number != record.number and begun.measurement is None:
        shutil.rmtree(run_layout.attempt(host_directory, begun.number))
    write(host_directory, record)
    record_files.write(run_layout.attempt(host_directory, record.number), toolchain)
