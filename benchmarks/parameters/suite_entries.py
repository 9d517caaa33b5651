"""Checks of a suite's entries, so that a mistake is found before an instance is launched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from benchmarks.errors import RefusedError
from benchmarks.host import url_secrets
from benchmarks.parameters.spec import LARGEST
from benchmarks.parameters.suite_file import SuiteFile
from benchmarks.text import is_single_line

# Entry -> its pattern and a description. Cargo, rustup and git would take a leading hyphen for a flag.
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "package": (re.compile(r"(?!-)[^\s*?\[\]]+"), "the name of one Cargo package, as in plonky2 or plonky2@1.1.0"),
    "toolchain": (re.compile(r"[A-Za-z0-9][\w.+-]*"), "system or a rustup toolchain, such as nightly-2026-05-19"),
    "features": (re.compile(r"(?!-)[^\s,]+"), "names of Cargo features, one by one"),
    "crate": (re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*"), "the name of a crate on crates.io"),
    "git": (re.compile(r"(?!-)\S+"), "the URL of a git repository"),
    "ref": (re.compile(r"(?!-)\S+"), "a version, tag or commit"),
}
# Neither an option nor a pattern to Cargo, and usable as the name of a results directory.
_TARGET = re.compile(r"\w[^*?\[\]/\x00-\x1f]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Every run sets these itself: results elsewhere would not be collected.
_OWN = ("CARGO_TARGET_DIR", "CRITERION_HOME")


def check_form(entry: str, value: str) -> None:
    """Raises RefusedError, which starts with the entry's name, for an invalid value."""
    form = _FORMS.get(entry)
    # First, since the refusal of an invalid value shows it. A package may be given by the URL of its source.
    if form:
        url_secrets.check(entry, value)
    if form and not form[0].fullmatch(value):
        raise RefusedError(f"{entry} must be {form[1]}, not {value!r}.")


def check(file: SuiteFile) -> None:
    """Raises RefusedError for an entry that is certain to fail later."""
    for entry, value in _strings(file):
        if not is_single_line(value):
            raise RefusedError(f"{entry} must be one line without control characters, not {value!r}.")
        check_form(entry, value)
    for key in file.environment:
        _check_name(key)
    for entry in ("minimum_memory", "minimum_disk", "expected"):
        if not 0 <= (getattr(file, entry) or 0) <= LARGEST:
            raise RefusedError(f"{entry} must be from 0 to {LARGEST}, not {getattr(file, entry)}.")
    for bench in map(str, file.benches):
        if not _TARGET.fullmatch(bench):
            raise RefusedError(
                f"{bench!r} in benches cannot be the name of a [[bench]] target: name each target as Cargo.toml does, "
                "and put what is for the benchmark program into arguments."
            )


def _strings(file: SuiteFile) -> Iterator[tuple[str, str]]:
    """Every string of a suite except its description, with the name of its entry."""
    yield from (("package", file.package), ("toolchain", file.toolchain))
    yield from (("rustflags", flags) for flags in (file.rustflags,) if flags is not None)
    for entry in ("crate", "git", "path", "ref"):
        yield from ((entry, value) for value in (getattr(file.source, entry),) if value is not None)
    for entry in ("benches", "features", "arguments"):
        yield from ((entry, str(value)) for value in getattr(file, entry))
    yield from ((f"environment's {key}", str(value)) for key, value in file.environment.items())


def _check_name(key: object) -> None:
    if not isinstance(key, str) or not _NAME.fullmatch(key):
        raise RefusedError(
            f"environment cannot have a variable {key!r}: a name is of letters, digits and underscores, "
            "and begins with no digit."
        )
    if key in _OWN:
        raise RefusedError(
            f"environment cannot have {key}, which every run sets to a directory of its own: leave it out."
        )
