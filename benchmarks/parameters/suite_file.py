"""The typed content of a suite file. A value of the wrong type is refused by name and value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from benchmarks.errors import RefusedError
from benchmarks.text import shown

Word = str | int | float  # what YAML may make of an unquoted string, such as 10
_WANTED = {"int": "a whole number", "array": "a list", "object": "a mapping"}
# As in: Expected `str`, got `int` - at `$.source.ref`
_REFUSED = re.compile(r"Expected `(?P<wanted>[^`]*)`, got `[^`]*`(?: - at `\$(?P<path>[^`]*)`)?")
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d+|\.\.\.)\]")


class SourceFile(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a suite's source comes from."""

    crate: str | None = None
    git: str | None = None
    path: str | None = None
    ref: str | None = None


class SuiteFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A suite as written in its file."""

    description: str
    source: SourceFile
    package: str
    benches: tuple[Word, ...]
    toolchain: str
    features: tuple[Word, ...] = ()
    rustflags: str | None = None
    environment: Mapping[Any, Word] = {}
    arguments: tuple[Word, ...] = ()
    minimum_memory: int = 0
    minimum_disk: int = 4
    expected: int | None = None


def typed(data: Mapping[object, object]) -> SuiteFile:
    """The typed content of a suite file without unknown or missing entries. Raises RefusedError for a wrong type."""
    try:
        return msgspec.convert(data, SuiteFile)
    except msgspec.ValidationError as error:
        raise RefusedError(_sentence(str(error), data)) from None


def _sentence(said: str, data: object) -> str:
    refused = _REFUSED.match(said)
    assert refused, said
    name, value = "", data
    for step in _STEP.finditer(refused["path"] or ""):
        key: Any = step["name"] or step["index"]
        if step["index"] == "..." and isinstance(value, Mapping):
            # msgspec does not name the key.
            key = next(key for key, one in value.items() if not isinstance(one, Word) or isinstance(one, bool))
        owner = name
        if step["name"] or step["index"] == "...":
            name = {"": f"{key}", "source": f"the source's {key}"}.get(owner, f"{owner}'s {key}")
        value = value[int(key) if step["index"] not in (None, "...") else key]  # type: ignore[index]
    if wanted := _WANTED.get(refused["wanted"].removesuffix(" | null")):
        return f"{name} must be {wanted}, not {shown(value)}."
    return f"{name} must be a string, in quotes where YAML takes it for more, not {shown(value)}."
