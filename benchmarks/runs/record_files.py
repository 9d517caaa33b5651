"""Reads and writes record files. Records are validated when read, and written atomically."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from filelock import FileLock

from benchmarks.errors import FailedError, RefusedError
from benchmarks.runs import files, old_records
from benchmarks.runs.records import Record

R = TypeVar("R", bound=Record)
P = TypeVar("P", bound=msgspec.Struct)


def read(kind: type[R], directory: Path) -> R | None:
    """The record of a kind in a directory, None if no stage has written it.

    Raises FailedError, which names the file, if it is damaged or has a version that this tool does not know.
    """
    return read_file(kind, directory / kind.FILE)


def read_file(kind: type[R], path: Path) -> R | None:
    """Like `read`, for a file with another name."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, str(error)) from None
    try:
        found = json.loads(content)
        version = found.get("schema_version") if isinstance(found, dict) else kind.VERSION
        if version is None:
            found = old_records.upgrade(kind, found)
        elif version != kind.VERSION:
            raise FailedError(
                f"{path} is of schema version {version}, and this tool knows version {kind.VERSION}: use the version "
                "of the tool that has written it, or leave run_id out to start a new run."
            )
        return msgspec.convert(found, kind)
    except (msgspec.ValidationError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(path, str(error)) from None


def _unreadable(path: Path, why: str) -> FailedError:
    return FailedError(f"{path} cannot be read ({why}): remove it, or leave run_id out to start a new run.")


def recall(kind: type[R], directory: Path) -> R | None:
    """The record, None if it is missing or cannot be read: for callers that must continue without it."""
    try:
        return read(kind, directory)
    except FailedError:
        return None


def write(directory: Path, record: Record) -> bool:
    """Write a record; return whether the file changed. Raises OSError."""
    return write_file(directory / record.FILE, record)


def write_file(path: Path, record: Record) -> bool:
    """Like `write`, to a file with another name."""
    return files.write_whole(path, text(record), mode=0o600 if record.IS_PRIVATE else 0o666)


def change(kind: type[R], directory: Path, changed: Callable[[R | None], R]) -> None:
    """Replace a record by the result of `changed`, which gets None if there is none. Raises OSError.

    A lock makes other processes that change it wait.
    """
    with FileLock(directory / f".{kind.FILE}.lock", timeout=10):
        write(directory, changed(recall(kind, directory)))


def text(record: msgspec.Struct) -> str:
    """A record as the text of its file."""
    return msgspec.json.format(_encoded(record), indent=2).decode() + "\n"


def plain(record: msgspec.Struct) -> Any:
    """A record as plain JSON types, for Ansible."""
    return json.loads(_encoded(record))


def typed(kind: type[P], value: Any) -> P:
    """Convert a value from Ansible to a record type; through JSON, since Ansible has types of its own.

    Raises RefusedError, with what is wrong, for a value of another shape.
    """
    try:
        return msgspec.json.decode(json.dumps(value), type=kind)
    except msgspec.ValidationError as error:
        raise RefusedError(f"This is not a valid {kind.__name__}: {error}.") from None


def untagged(value: Any) -> Any:
    """A value from Ansible, whose strings, numbers and containers have types of its own, as plain JSON types."""
    return json.loads(json.dumps(value))


def _encoded(record: msgspec.Struct) -> bytes:
    # msgspec does not know Ansible's own types, but json can encode them.
    return msgspec.json.encode(record, enc_hook=untagged)
