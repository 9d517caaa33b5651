"""Reads the sources that the user names."""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from benchmarks.aws import session
from benchmarks.errors import RefusedError
from benchmarks.parameters import region
from benchmarks.paths import expand
from benchmarks.results.labelled import Labelled
from benchmarks.runs.records import CurrentAttempt
from benchmarks.sources import file_sources, run_sources, s3_sources

DEFAULT = "latest"
# S3 answers for any bucket in any region of a partition.
_ANY_REGION = "us-east-1"


def read(words: Sequence[str], runs_dir: Path, unit: str | None = None) -> tuple[Labelled, ...]:
    """The results of each source, in their order; without any, those of the latest run.

    A word is an s3:// URI, `latest` or `latest~N`, a path that exists, or the id of a run or the start of one, with
    `/HOST` if it is about one host. Numbers without a unit get `unit`.
    Raises RefusedError, which names the source, for one that does not exist, cannot be read or has no results.
    """
    found = [one for word in words or (DEFAULT,) for one in _read(word, runs_dir)]
    return tuple(_with_unit(one, unit) for one in with_different_labels(found))


def _read(word: str, runs_dir: Path) -> tuple[Labelled, ...]:
    found = tuple(_sources(word, runs_dir))
    if any(one.results.measurements for one in found):
        return found
    problems = [problem for one in found for problem in one.results.problems]
    raise RefusedError(problems[0] if problems else f"{found[0].label} has no benchmark results.")


def _sources(word: str, runs_dir: Path) -> tuple[Labelled, ...]:
    if word.startswith(s3_sources.SCHEME):
        chosen = region.of_environment(os.environ) or _ANY_REGION
        return s3_sources.of_uri(session.connector(chosen)("s3"), word)
    path = expand("source", word)
    if _exists(path) and not run_sources.LATEST.fullmatch(word):
        if run_sources.is_run(path):
            return run_sources.of_run(path.resolve())
        if (path / CurrentAttempt.FILE).is_file():
            return run_sources.of_run(path.resolve().parent, path.resolve().name)
        return file_sources.of_path(path, word)
    name, _, host = word.partition("/")
    return run_sources.of_run(run_sources.find(name, runs_dir), host)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False  # too long for a path, say


def with_different_labels(found: Sequence[Labelled]) -> Iterator[Labelled]:
    """A source that is given twice is told apart by a number."""
    seen: Counter[str] = Counter()
    for one in found:
        seen[one.label] += 1
        number = seen[one.label]
        yield dataclasses.replace(one, label=f"{one.label} #{number}") if number > 1 else one


def _with_unit(one: Labelled, unit: str | None) -> Labelled:
    if unit is None:
        return one
    measurements = tuple(m if m.unit is not None else replace(m, unit=unit) for m in one.results.measurements)
    notes = tuple(note for note in one.results.notes if note != file_sources.NO_UNIT)
    return dataclasses.replace(one, results=replace(one.results, measurements=measurements, notes=notes))
