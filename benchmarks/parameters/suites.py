"""Suites: what to fetch, build and run, as data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from benchmarks.errors import RefusedError
from benchmarks.hints import nearest
from benchmarks.host import url_secrets
from benchmarks.parameters import suite_entries, suite_file
from benchmarks.parameters.suite_file import SourceFile, SuiteFile
from benchmarks.paths import expand
from benchmarks.runs import record_files, yaml_content
from benchmarks.runs.records import Source, Suite

DIRECTORY = Path(__file__).parent / "suites"
SOURCES = ("crate", "git", "path")
_ENTRIES = SuiteFile.__struct_fields__
_SOURCE_ENTRIES = SourceFile.__struct_fields__


def _files() -> dict[str, Path]:
    return {path.stem: path for path in sorted(DIRECTORY.glob("*.yml"), key=lambda path: path.stem)}


def names() -> tuple[str, ...]:
    return tuple(_files())


def is_file(name: str) -> bool:
    """Whether a suite is given as the path of a file."""
    return name.endswith((".yml", ".yaml"))


def load(name: str) -> Suite:
    """The suite called `name`, or the one in the file `name` if it ends in .yml or .yaml. Raises RefusedError."""
    file = Path(name).expanduser() if is_file(name) else _files().get(name)
    try:
        content = file.read_bytes() if file and file.is_file() else None
    except PermissionError:
        raise RefusedError(f"The suite file {file} cannot be read: let the user who runs this read it.") from None
    if file is None or content is None:
        raise RefusedError(
            f"There is no suite {name}.{nearest(name, names())} Known: {', '.join(names())}, "
            "or the path of a suite's .yml file."
        )
    try:
        data = yaml_content.load(content)
    except yaml.YAMLError as error:
        said = url_secrets.masked(" ".join(str(error).split()))
        raise RefusedError(f"Suite {file.stem} is not YAML: {said}.") from None
    suite = parse(file.stem, data, file.parent)
    if suite.source.path and not Path(suite.source.path, "Cargo.toml").is_file():
        raise RefusedError(
            f"Suite {suite.name} has its source in {suite.source.path}, which is no directory with a Cargo.toml: "
            "give the path of the crate or workspace."
        )
    return suite


def parse(name: str, data: object, base: Path) -> Suite:
    """The suite in a file's content. The path of a local source is relative to `base`. Raises RefusedError."""
    if not isinstance(data, Mapping):
        raise RefusedError(f"Suite {name} must be a mapping of {', '.join(_ENTRIES)}.")
    for key in data:
        if key not in _ENTRIES:
            raise RefusedError(
                f"Suite {name} has an unknown entry {key}.{nearest(str(key), _ENTRIES)} Known: {', '.join(_ENTRIES)}."
            )
    content = {key: value for key, value in data.items() if value is not None}
    for key in ("description", "source", "package", "benches", "toolchain"):
        if not content.get(key):
            raise RefusedError(f"Suite {name} lacks {key}: set it in the suite's file.")
    if isinstance(content["source"], Mapping):
        for key in content["source"]:
            if key not in _SOURCE_ENTRIES:
                raise RefusedError(
                    f"Suite {name} has an unknown entry {key} in its source.{nearest(str(key), _SOURCE_ENTRIES)} "
                    f"Known: {', '.join(_SOURCE_ENTRIES)}."
                )
    try:
        file = suite_file.typed(content)
        suite_entries.check(file)
    except RefusedError as error:
        # They show values.
        raise RefusedError(f"Suite {name}: {url_secrets.masked(str(error))}") from None
    return Suite(
        name=name,
        description=file.description,
        source=_source(name, file.source, base),
        package=file.package,
        benches=tuple(dict.fromkeys(map(str, file.benches))),
        toolchain=file.toolchain,
        features=tuple(map(str, file.features)),
        rustflags=file.rustflags,
        environment={str(key): str(value) for key, value in file.environment.items()},
        arguments=tuple(map(str, file.arguments)),
        minimum_memory=file.minimum_memory,
        minimum_disk=file.minimum_disk,
        expected=file.expected,
    )


def _source(name: str, file: SourceFile, base: Path) -> Source:
    if len([kind for kind in SOURCES if getattr(file, kind) is not None]) != 1:
        raise RefusedError(f"Suite {name} must have exactly one source of {', '.join(SOURCES)}.")
    if file.path is not None:
        if file.ref is not None:
            raise RefusedError(
                f"Suite {name} has a local directory as its source, which has no versions: leave ref out."
            )
        return Source(path=str((base / expand(f"The source of suite {name}", file.path)).resolve()))
    if not file.ref:
        raise RefusedError(f"Suite {name} lacks its source's ref: a version, tag or commit makes a run repeatable.")
    return Source(crate=file.crate, git=file.git, ref=file.ref)


def of_role(value: Mapping[str, object]) -> Suite:
    """The suite given to a role as a mapping, as in a suite file or a record. Entries may be missing."""
    environment = value.get("environment")
    environment = {str(k): str(v) for k, v in environment.items()} if isinstance(environment, Mapping) else {}
    given = {key: one for key, one in value.items() if one is not None}
    return record_files.typed(Suite, {**given, "environment": environment})
