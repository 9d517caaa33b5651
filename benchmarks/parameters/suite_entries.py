"""What the entries of a suite may say, so that none of them fails only when a machine costs money already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.errors import RefusedError
from benchmarks.parameters.spec import LARGEST
from benchmarks.text import is_line, shown

# Entry -> what it looks like, and that in words. Cargo, rustup and git would take a hyphen at the beginning for a flag.
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "package": (re.compile(r"(?!-)[^\s*?\[\]]+"), "the name of one Cargo package, as in plonky2 or plonky2@1.1.0"),
    "toolchain": (re.compile(r"[A-Za-z0-9][\w.+-]*"), "system or a rustup toolchain, such as nightly-2026-05-19"),
    "features": (re.compile(r"(?!-)[^\s,]+"), "names of Cargo features, one by one"),
    "crate": (re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*"), "the name of a crate on crates.io"),
    "git": (re.compile(r"(?!-)\S+"), "the URL of a git repository"),
    "ref": (re.compile(r"(?!-)\S+"), "a version, tag or commit"),
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Where results are looked for and builds are kept: another place would be one that nothing is brought back from.
_OWN = ("CARGO_TARGET_DIR", "CRITERION_HOME")


def check_form(entry: str, value: str) -> None:
    """Raises RefusedError, beginning with the entry's name, for a value that the entry cannot have."""
    form = _FORMS.get(entry)
    if form and not form[0].fullmatch(value):
        raise RefusedError(f"{entry} must be {form[1]}, not {value!r}.")


def check(name: str, data: Mapping[str, Any]) -> None:
    """Raises RefusedError for an entry of the suite `name` that can only fail later.

    `data` is the file's content, whose entries are of the right kinds as far as they are no parts of one.
    """
    try:
        for entry, value in _values(data):
            _check_text(entry, value)
            check_form(entry, str(value))
        for key in data.get("environment") or {}:
            _check_name(key)
        for entry in ("minimum_memory", "minimum_disk", "expected"):
            if not 0 <= data.get(entry, 0) <= LARGEST:
                raise RefusedError(f"{entry} must be from 0 to {LARGEST}, not {data[entry]}.")
    except RefusedError as error:
        raise RefusedError(f"Suite {name}: {error}") from None


def _values(data: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Every text of a suite but its description, with the name of the entry that it belongs to."""
    yield from ((entry, data[entry]) for entry in ("package", "toolchain", "rustflags") if entry in data)
    yield from data["source"].items()
    for entry in ("benches", "features", "arguments"):
        yield from ((entry, value) for value in data.get(entry) or ())
    yield from ((f"environment's {key}", value) for key, value in (data.get("environment") or {}).items())


def _check_text(entry: str, value: object) -> None:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise RefusedError(f"{entry} must be a text, in quotes where YAML takes it for more, not {shown(value)}.")
    if not is_line(str(value)):
        raise RefusedError(f"{entry} must be one line without control characters, not {value!r}.")


def _check_name(key: object) -> None:
    if not isinstance(key, str) or not _NAME.fullmatch(key):
        raise RefusedError(
            f"environment cannot have a variable {key!r}: a name is of letters, digits and underscores, and begins "
            f"with no digit."
        )
    if key in _OWN:
        raise RefusedError(f"environment cannot have {key}, which every run sets to a directory of its own.")
