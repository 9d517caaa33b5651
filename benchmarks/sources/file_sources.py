"""Results in files and directories: of this tool, of Criterion, and logs."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.errors import RefusedError
from benchmarks.readers import benchmark_log, criterion, criterion_archive, host_readings, log_readings
from benchmarks.readers.benchmark_log import Log, ProgramOutput
from benchmarks.results.labelled import Labelled
from benchmarks.runs import run_layout
from benchmarks.runs.result_records import Results

NO_UNIT = (
    "Criterion's files do not name the unit of their numbers: give --unit ns if they are times, or a directory that "
    f"has the log too, as {run_layout.LOG}."
)
_GZIP = b"\x1f\x8b"


def of_path(path: Path, label: str) -> tuple[Labelled, ...]:
    """The results in a file or directory that is not a run's, by its content.

    Raises RefusedError, which names the file, if it cannot be read.
    """
    try:
        return _of_directory(path, label) if path.is_dir() else _of_file(path, label)
    except OSError as error:
        raise RefusedError(f"{label} cannot be read: {error.strerror or error}.") from None


def _of_directory(path: Path, label: str) -> tuple[Labelled, ...]:
    if (path / Results.FILE).is_file():
        return (Labelled(label, record(path / Results.FILE, f"{label}/{Results.FILE}")),)
    archive = path / run_layout.ARCHIVE
    if archive.is_file() and not (path / run_layout.CRITERION).exists():
        with tempfile.TemporaryDirectory() as folder:
            criterion_archive.unpack(archive, Path(folder), f"{label}/{archive.name}")
            return (Labelled(label, _of_criterion(Path(folder), benchmark_log.read(path / run_layout.LOG), label)),)
    log = benchmark_log.read(path / run_layout.LOG)
    return (Labelled(label, _of_criterion(path, log, label)),)


def _of_criterion(path: Path, log: Log, label: str) -> Results:
    """The results of a directory that has Criterion's files anywhere below it, and maybe a log."""
    homes = {home.name: home for home in sorted((path / run_layout.CRITERION).glob("*")) if home.is_dir()}
    if log.programs and homes:
        reading = host_readings.combine(homes, log)
        return Results(measurements=reading.measurements, problems=reading.problems, notes=reading.notes)
    found = criterion.read(path, _one_program(log), label)
    measurements = tuple(measurement for _, measurement in found.measurements)
    if not (measurements or found.problems):
        return _of_log(log, label)
    notes = (NO_UNIT,) if any(one.unit is None for one in measurements) else ()
    return Results(measurements=measurements, problems=found.problems, notes=notes)


def _one_program(log: Log) -> ProgramOutput:
    whole = ProgramOutput(None)
    for program in log.programs:
        whole.printed.update(program.printed)
        whole.units |= program.units
    return whole


def _of_file(path: Path, label: str) -> tuple[Labelled, ...]:
    with path.open("rb") as file:
        start = file.read(512)
    if tarfile.is_tarfile(path):
        with tempfile.TemporaryDirectory() as folder:
            criterion_archive.unpack(path, Path(folder), label)
            return _of_directory(_only_directory(Path(folder)), label)
    if start.startswith(b"PK\x03\x04"):
        raise RefusedError(f"{label} is a zip archive: unpack it, and give its directory.")
    if start.startswith(_GZIP):
        try:
            with gzip.open(path, "rb") as unpacked:
                return (Labelled(label, _of_log(benchmark_log.read_stream(io.BufferedReader(unpacked)), label)),)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise RefusedError(f"{label} cannot be unpacked: {error}.") from None
    # Cargo itself may print JSON in front of a log.
    if path.suffix == ".json" or start.lstrip()[:1] == b"[":
        return _of_json(path, label)
    return (Labelled(label, _of_log(benchmark_log.read(path), label)),)


def _only_directory(folder: Path) -> Path:
    """The directory within an archive that has a run's files, if they are not at its top."""
    names = (Results.FILE, run_layout.LOG, run_layout.CRITERION)
    inner = [path for path in folder.iterdir() if path.is_dir()]
    is_inside = len(inner) == 1 and not any((folder / name).exists() for name in names)
    return inner[0] if is_inside else folder


def _of_log(log: Log, label: str) -> Results:
    measurements = log_readings.of_log(log)
    if not measurements:
        return Results(measurements=(), problems=(f"{label} has no benchmark results: {log.likely_cause}.",))
    return Results(measurements=measurements, notes=log_readings.left_out(log))


def record(path: Path, label: str) -> Results:
    """A results.json. Raises RefusedError, which names it, if it is damaged or of another version."""
    try:
        return _typed(json.loads(path.read_bytes()), label)
    except (ValueError, RecursionError) as error:
        raise _damaged(label, error) from None


def _of_json(path: Path, label: str) -> tuple[Labelled, ...]:
    """A results.json, or several of them with their labels, as `--format json` writes them."""
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise _damaged(label, error) from None
    if not isinstance(content, list):
        return (Labelled(label, _typed(content, label)),)
    return tuple(_of_item(item, label, content) for item in content)


def _of_item(item: object, label: str, every: Sequence[object]) -> Labelled:
    if not isinstance(item, dict) or not isinstance(item.get("label"), str):
        raise RefusedError(f"{label} is not a {Results.FILE} of this tool, nor one that --format json writes.")
    return Labelled(item["label"] if len(every) > 1 else label, _typed(item.get("results"), label))


def _typed(content: object, label: str) -> Results:
    version = content.get("schema_version") if isinstance(content, dict) else None
    if version is None or not isinstance(content, dict) or "measurements" not in content:
        raise RefusedError(f"{label} is not a {Results.FILE} of this tool, nor one that --format json writes.")
    if version != Results.VERSION:
        raise RefusedError(
            f"{label} is of schema version {version}, and this tool knows version {Results.VERSION}: use the version "
            "of the tool that has written it."
        )
    try:
        return msgspec.convert(content, Results)
    except msgspec.ValidationError as error:
        raise _damaged(label, error) from None


def _damaged(label: str, error: Exception) -> RefusedError:
    return RefusedError(f"{label} is damaged: {str(error).rstrip('.')}.")
