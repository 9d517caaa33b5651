"""Suites: what to fetch, build and run, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from benchmarks.errors import RefusedError
from benchmarks.hints import nearest
from benchmarks.parameters import suite_entries
from benchmarks.paths import expand
from benchmarks.text import shown

DIRECTORY = Path(__file__).parent / "suites"
SOURCES = ("crate", "git", "path")
_KINDS: tuple[tuple[type, str, tuple[str, ...]], ...] = (
    (str, "a text (in quotes, where YAML would take it for a number)", ("description", "package", "toolchain")),
    (str, "a text", ("rustflags",)),
    (dict, "a mapping", ("source", "environment")),
    (list, "a list", ("benches", "features", "arguments")),
    (int, "a whole number", ("minimum_memory", "minimum_disk", "expected")),
)
# What Cargo would not take for an option or a pattern, and what names a directory of results.
_TARGET = re.compile(r"\w[^*?\[\]/\x00-\x1f]*")


@dataclass(frozen=True)
class Suite:
    """One suite. `expected` is the number of benchmark ids that a whole run yields, None if unknown."""

    name: str
    description: str
    source: Mapping[
        str, str
    ]  # one of crate (name on crates.io), git (URL), path (local directory), and ref with the first two
    package: str
    benches: tuple[str, ...]
    toolchain: str
    features: tuple[str, ...] = ()
    rustflags: str | None = None  # None leaves RUSTFLAGS unset, which an empty text does not
    environment: Mapping[str, str] | None = None
    arguments: tuple[str, ...] = ()
    minimum_memory: int = 0  # MiB
    minimum_disk: int = 4  # GiB
    expected: int | None = None


def _files() -> dict[str, Path]:
    return {path.stem: path for path in sorted(DIRECTORY.glob("*.yml"), key=lambda path: path.stem)}


def names() -> tuple[str, ...]:
    return tuple(_files())


def is_file(name: str) -> bool:
    """Whether a suite is named by the path of its file."""
    return name.endswith((".yml", ".yaml"))


def load(name: str) -> Suite:
    """The suite called `name`, or that of the file `name` if it is a path that ends in .yml. Raises RefusedError."""
    file = Path(name).expanduser() if is_file(name) else _files().get(name)
    try:
        content = file.read_bytes() if file and file.is_file() else None
    except PermissionError:
        raise RefusedError(f"The suite file {file} cannot be read: let the user who runs this read it.") from None
    if file is None or content is None:
        raise RefusedError(
            f"There is no suite {name}.{nearest(name, names())} Known: {', '.join(names())}, or the path of a "
            f"suite's .yml file."
        )
    try:
        data = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise RefusedError(f"Suite {file.stem} is not YAML: {' '.join(str(error).split())}.") from None
    suite = parse(file.stem, data, file.parent)
    if "path" in suite.source and not Path(suite.source["path"], "Cargo.toml").is_file():
        raise RefusedError(
            f"Suite {suite.name} has its source in {suite.source['path']}, which is no directory with a Cargo.toml."
        )
    return suite


def parse(name: str, data: Any, base: Path) -> Suite:
    """A suite from its file's content; a local source's path is taken from `base`.

    Raises RefusedError with what is wrong.
    """
    if not isinstance(data, dict):
        raise RefusedError(f"Suite {name} must be a mapping of {', '.join(_field_names())}.")
    for key in data:
        if key not in _field_names():
            raise RefusedError(f"Suite {name} has an unknown entry {key}.{nearest(str(key), _field_names())}")
    data = {key: value for key, value in data.items() if value is not None}
    for key in ("description", "source", "package", "benches", "toolchain"):
        if not data.get(key):
            raise RefusedError(f"Suite {name} lacks {key}.")
    _check_kinds(name, data)
    suite_entries.check(name, data)
    source = dict(data["source"])
    known = (*SOURCES, "ref")
    for key in source:
        if key not in known:
            raise RefusedError(
                f"Suite {name} has an unknown entry {key} in its source.{nearest(str(key), known)} Known: "
                f"{', '.join(known)}."
            )
    if len(source.keys() & set(SOURCES)) != 1:
        raise RefusedError(f"Suite {name} must have exactly one source of {', '.join(SOURCES)}.")
    if "path" in source and "ref" in source:
        raise RefusedError(f"Suite {name} has a local directory as its source, which has no versions: leave ref out.")
    if "path" in source:
        source["path"] = str((base / expand(f"The source of suite {name}", source["path"])).resolve())
    elif not source.get("ref"):
        raise RefusedError(f"Suite {name} lacks its source's ref: a version, tag or commit makes a run repeatable.")
    lists = {key: tuple(map(str, data.get(key) or ())) for key in ("benches", "features", "arguments")}
    lists["benches"] = tuple(dict.fromkeys(lists["benches"]))
    for bench in lists["benches"]:
        if not _TARGET.fullmatch(bench):
            raise RefusedError(
                f"Suite {name}: {bench!r} in benches cannot be the name of a [[bench]] target: name each target as "
                f"Cargo.toml does, and put what is for the benchmark program into arguments."
            )
    environment = {str(key): str(value) for key, value in (data.get("environment") or {}).items()}
    return Suite(**{**data, "name": name, "source": source, "environment": environment, **lists})


def _check_kinds(name: str, data: Mapping[str, Any]) -> None:
    for kind, wanted, keys in _KINDS:
        for key in data.keys() & set(keys):
            if not isinstance(data[key], kind) or isinstance(data[key], bool):
                raise RefusedError(f"Suite {name}: {key} must be {wanted}, not {shown(data[key])}.")
    for key, value in data["source"].items():
        if not isinstance(value, str):
            raise RefusedError(
                f"Suite {name}: the source's {key} must be a text, in quotes where YAML would take it for a number, "
                f"not {shown(value)}."
            )


def _field_names() -> tuple[str, ...]:
    return tuple(field.name for field in fields(Suite) if field.name != "name")
