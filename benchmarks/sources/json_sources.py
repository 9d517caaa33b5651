"""Results in JSON: the record results.json, and what `--format json` writes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from benchmarks.errors import RefusedError
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import Results

# How either begins, so that it is known by its content. Cargo prints JSON too, and lines of a log may begin with `[`.
_BEGINNING = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*(?:\]|\{\s*"label")|\{\s*"schema_version")')


def begins(start: bytes) -> bool:
    """Whether the first bytes of a file, in UTF-8, are those of results in JSON."""
    return _BEGINNING.match(start) is not None


def record(path: Path, label: str) -> Results:
    """A results.json. Raises RefusedError, which names it, if it is damaged, of another version or another file."""
    return _record(_content(path, label), label)


def read(path: Path, label: str) -> tuple[Labelled, ...]:
    """A results.json, or several of them with their labels. Raises RefusedError as `record` does."""
    content = _content(path, label)
    if not isinstance(content, list):
        return (Labelled(label, _record(content, label)),)
    if not content:
        raise RefusedError(f"{label} has no benchmark results: its list is empty.")
    return tuple(_of_item(item, label, content) for item in content)


def _content(path: Path, label: str) -> object:
    """Raises RefusedError for what is no JSON; NaN and infinity are none."""
    try:
        content = path.read_bytes()
        if not content.strip():
            raise RefusedError(f"{label} is empty.")
        # UTF-16 too, which Windows PowerShell writes.
        return msgspec.json.decode(content.decode(json.detect_encoding(content)))
    except OSError as error:
        raise RefusedError(f"{label} cannot be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        raise _damaged(label, error) from None


def _of_item(item: object, label: str, every: Sequence[object]) -> Labelled:
    if not isinstance(item, dict) or not isinstance(item.get("label"), str):
        _refuse_other(label)
    return Labelled(item["label"] if len(every) > 1 else label, _record(item.get("results"), label))


def _record(content: object, label: str) -> Results:
    if not isinstance(content, Mapping) or "schema_version" not in content or "measurements" not in content:
        _refuse_other(label)
    version = content["schema_version"]
    if version != Results.VERSION:
        raise RefusedError(
            f"{label} is of schema version {version}, and this tool knows version {Results.VERSION}: use the version "
            "of the tool that has written it."
        )
    try:
        return msgspec.convert(content, Results)
    except msgspec.ValidationError as error:
        raise _damaged(label, error) from None


def _refuse_other(label: str) -> NoReturn:
    raise RefusedError(f"{label} is not a {Results.FILE} of this tool, nor what --format json writes.")


def _damaged(label: str, error: Exception) -> RefusedError:
    return RefusedError(f"{label} is damaged: {str(error).rstrip('.')}.")
