"""Reads the sources that the user names."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from benchmarks.errors import RefusedError
from benchmarks.paths import expand
from benchmarks.readers import host_readings
from benchmarks.results.labelled import Labelled, with_types
from benchmarks.runs import run_words
from benchmarks.runs.records import CurrentAttempt
from benchmarks.sources import file_sources, places, run_sources
from benchmarks.sources.places import Place

_NO_UNITS = (file_sources.NO_UNIT, host_readings.NO_UNIT)


def read(words: Sequence[str], place: Place, unit: str | None = None, *, numbers: bool = True) -> tuple[Labelled, ...]:
    """The results of each source, in their order; without any, those of the place's own.

    A word is an s3:// URI, `latest` or `latest~N`, a path that exists, or the id of a run or the start of one, with
    `/HOST` if it is about one host. Numbers without a unit get `unit`.
    Raises RefusedError, which names the source, for one that does not exist, cannot be read or has no results; without
    `numbers`, results are not needed.
    """
    found = [one for word in words or (place.default,) for one in _read(word, place, numbers)]
    return tuple(_with_unit(one, unit) for one in with_different_labels(with_types(found)))


def _read(word: str, place: Place, numbers: bool) -> tuple[Labelled, ...]:
    found = tuple(_sources(word, place))
    if not numbers or any(one.results.measurements for one in found):
        return found
    problems = [problem for one in found for problem in one.results.problems]
    raise RefusedError(problems[0] if problems else f"{found[0].label} has no benchmark results.")


def _sources(word: str, place: Place) -> tuple[Labelled, ...]:
    if places.in_s3(word):
        return _in_s3(word, place)
    path = expand("source", word)
    if place.is_path(word) and _exists(path) and not run_words.LATEST.fullmatch(word):
        return _of_path(path, word)
    host = word.partition("/")[2]
    if runs := place.published(place.default):
        from benchmarks.sources import s3_sources

        return s3_sources.of_runs(runs.s3, runs.bucket, runs.choose(word), host)
    return run_sources.of_run(run_sources.find(word, place.runs_dir), host)


def _of_path(path: Path, word: str) -> tuple[Labelled, ...]:
    whole = path.resolve()
    if run_sources.is_run(whole):
        return run_sources.of_run(whole)
    if (whole / CurrentAttempt.FILE).is_file():
        return run_sources.of_run(whole.parent, whole.name)
    if whole.name.isdecimal() and whole.is_dir() and (whole.parent / CurrentAttempt.FILE).is_file():
        return run_sources.of_run(whole.parents[1], f"{whole.parent.name}/{whole.name}")
    return file_sources.of_path(path, word)


def _in_s3(uri: str, place: Place) -> tuple[Labelled, ...]:
    # Imported here, since results on this machine are read faster without it.
    from benchmarks.sources import s3_sources

    runs = place.published(uri)
    if runs and runs.folders:
        # The oldest first, so that it is what others are compared with.
        return s3_sources.of_runs(runs.s3, runs.bucket, runs.folders[::-1])
    if runs and uri == place.default:
        raise RefusedError(
            f"There is no published run in {places.SCHEME}{runs.bucket}: check its name. Other results in it are read "
            f"by their URI, as in {places.SCHEME}{runs.bucket}/FOLDER."
        )
    if place.selection.given:
        raise RefusedError(
            f"There is no published run in {uri} to select from: name a bucket, or the folder of a suite in it."
        )
    return s3_sources.of_uri(place.s3, uri)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False  # too long for a path, say


def with_different_labels(found: Sequence[Labelled]) -> Iterator[Labelled]:
    """A source that is given twice is told apart by a number."""
    taken: set[str] = set()
    for one in found:
        label, number = one.label, 1
        while label in taken:
            number += 1
            label = f"{one.label} #{number}"
        taken.add(label)
        yield dataclasses.replace(one, label=label)


def _with_unit(one: Labelled, unit: str | None) -> Labelled:
    if unit is None:
        return one
    measurements = tuple(m if m.unit is not None else replace(m, unit=unit) for m in one.results.measurements)
    notes = tuple(note for note in one.results.notes if note not in _NO_UNITS)
    return dataclasses.replace(one, results=replace(one.results, measurements=measurements, notes=notes))
