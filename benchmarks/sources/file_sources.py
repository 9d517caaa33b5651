"""Results in files and directories: of this tool, of Criterion, and logs."""

from __future__ import annotations

import gzip
import io
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.host import log_output
from benchmarks.readers import benchmark_log, criterion, criterion_archive, host_readings, log_readings
from benchmarks.readers.benchmark_log import Log, ProgramOutput
from benchmarks.results.labelled import Labelled
from benchmarks.runs import run_layout
from benchmarks.runs.result_records import Results
from benchmarks.sources import json_sources

NO_UNIT = (
    "Criterion's files do not name the unit of their numbers: give --unit ns if they are times, or a directory that "
    f"has the log too, as {run_layout.LOG}."
)
_NO_FILES = f"it has neither Criterion's files, nor {run_layout.LOG} or {Results.FILE}"
_GZIP = b"\x1f\x8b"
# What is neither read nor unpacked here, by its first bytes.
_OTHER_PACKINGS: Mapping[bytes, str] = {
    b"PK\x03\x04": "a zip archive",
    b"BZh": "packed by bzip2",
    b"\xfd7zXZ\x00": "packed by xz",
    b"\x28\xb5\x2f\xfd": "packed by zstd",
    b"7z\xbc\xaf": "a 7z archive",
}


def of_path(path: Path, label: str) -> tuple[Labelled, ...]:
    """The results in a file or directory that is not a run's, by its content.

    Raises RefusedError, which names the file, if it cannot be read.
    """
    try:
        if path.is_dir():
            return _of_directory(path, label)
        if path.is_file():
            return _of_file(path, label)
    except OSError as error:
        raise RefusedError(f"{label} cannot be read: {error.strerror or error}.") from None
    # Reading a pipe or a device may never end.
    raise RefusedError(f"{label} is neither a file nor a directory: write what it yields to a file, and give that.")


def _of_directory(path: Path, label: str) -> tuple[Labelled, ...]:
    if (path / Results.FILE).is_file():
        return (Labelled(label, json_sources.record(path / Results.FILE, f"{label}/{Results.FILE}")),)
    log = _log_in(path, label)
    archive = path / run_layout.ARCHIVE
    if archive.is_file() and not (path / run_layout.CRITERION).exists():
        with tempfile.TemporaryDirectory() as folder:
            criterion_archive.unpack(archive, Path(folder), f"{label}/{archive.name}")
            return (Labelled(label, _of_criterion(Path(folder), log, label)),)
    return (Labelled(label, _of_criterion(path, log, label)),)


def _log_in(directory: Path, label: str) -> Log | None:
    path = directory / run_layout.LOG
    if not path.exists():
        return None
    if not path.is_file():
        raise RefusedError(f"{label}/{run_layout.LOG} is not a file: remove it, or give another directory.")
    return benchmark_log.read(path)


def _of_criterion(path: Path, log: Log | None, label: str) -> Results:
    """The results of a directory that has Criterion's files anywhere below it, and maybe a log."""
    if not log:
        found = _of_files(path, (), label)
        is_empty = not (found.measurements or found.problems)
        return _nothing(label, _NO_FILES) if is_empty else found
    targets = {home.name: home for home in sorted((path / run_layout.CRITERION).glob("*")) if home.is_dir()}
    ran = {program.target for program in log.programs}
    if any(log_output.executable(target) in ran for target in targets):
        reading = host_readings.combine(targets, log)
        found = Results(measurements=reading.measurements, problems=reading.problems, notes=reading.notes)
        cause = reading.likely_cause
    else:
        found, cause = _of_files(path, log.programs, label), log.likely_cause
    if found.measurements or found.problems:
        return found
    measurements = log_readings.of_log(log)
    return _of_log(log, label) if measurements else _nothing(label, cause)


def _of_files(path: Path, programs: Sequence[ProgramOutput], label: str) -> Results:
    found = criterion.read(path, _one_program(programs), label)
    measurements = tuple(measurement for _, measurement in found.measurements)
    notes = (NO_UNIT,) if any(one.unit is None for one in measurements) else ()
    return Results(measurements=measurements, problems=found.problems, notes=notes)


def _one_program(programs: Sequence[ProgramOutput]) -> ProgramOutput:
    whole = ProgramOutput(None)
    for program in programs:
        whole.printed.update(program.printed)
        whole.units |= program.units
    return whole


def _of_file(path: Path, label: str) -> tuple[Labelled, ...]:
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        raise RefusedError(f"{label} is empty.")
    if path.suffix == ".json" or json_sources.begins(start):
        return json_sources.read(path, label)
    if criterion_archive.is_archive(path):
        with tempfile.TemporaryDirectory() as folder:
            criterion_archive.unpack(path, Path(folder), label)
            return _of_directory(_attempt_in(Path(folder)), label)
    for beginning, kind in _OTHER_PACKINGS.items():
        if start.startswith(beginning):
            raise RefusedError(f"{label} is {kind}: unpack it, and give what was in it.")
    return (Labelled(label, _of_log(_log(path, label, start), label)),)


def _log(path: Path, label: str, start: bytes) -> Log:
    if not start.startswith(_GZIP):
        return benchmark_log.read(path)
    try:
        with gzip.open(path, "rb") as unpacked:
            return benchmark_log.read_stream(io.BufferedReader(unpacked))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RefusedError(f"{label} cannot be unpacked: {str(error).rstrip('.')}.") from None


def _attempt_in(folder: Path) -> Path:
    """The directory within an unpacked archive that has an attempt's files, if each above has nothing else."""
    names = (Results.FILE, run_layout.LOG, run_layout.CRITERION, run_layout.ARCHIVE)
    directory = folder
    while not any((directory / name).exists() for name in names):
        content = list(directory.iterdir())
        if len(content) != 1 or not content[0].is_dir():
            return folder
        (directory,) = content
    return directory


def _of_log(log: Log, label: str) -> Results:
    measurements = log_readings.of_log(log)
    if not measurements:
        return _nothing(label, log.likely_cause)
    return Results(measurements=measurements, notes=log_readings.left_out(log))


def _nothing(label: str, cause: str) -> Results:
    return Results(measurements=(), problems=(f"{label} has no benchmark results: {cause}.",))
