"""The settings by which Cargo builds benchmarks: those of the profile `bench`, wherever they come from.

https://doc.rust-lang.org/cargo/reference/profiles.html
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

Table = Mapping[str, Any]  # the settings of one profile, by Cargo's names

_ROOTS: Mapping[str, Table] = {
    "release": {
        **{"opt-level": 3, "debug": False, "debug-assertions": False, "overflow-checks": False},
        **{"lto": False, "incremental": False},
    },
    "dev": {
        **{"opt-level": 0, "debug": True, "debug-assertions": True, "overflow-checks": True},
        **{"lto": False, "incremental": True},
    },
}
_INHERITED = {"bench": "release"}  # without a setting of one's own
_SETTINGS = (*_ROOTS["release"], "codegen-units", "inherits")
# What rustc does if Cargo names no number: https://doc.rust-lang.org/rustc/codegen-options/index.html#codegen-units
_UNITS, _UNITS_IF_INCREMENTAL = 16, 256
# Words for the same setting. `false` and `off` are two settings of lto.
_LTO = {**dict.fromkeys(("true", "y", "yes", "on"), "fat"), **dict.fromkeys(("n", "no", "none"), "off")}
_DEBUG = {"0": "false", "none": "false", "1": "limited", "2": "true", "full": "true"}


@dataclass(frozen=True)
class BenchProfile:
    """The settings in force, as one of the words that Cargo has for each."""

    opt_level: str
    lto: str
    codegen_units: int
    debug: str
    overflow_checks: bool
    debug_assertions: bool
    incremental: bool
    # Cargo ignores this setting for benchmarks.
    panic: str = "unwind"


def of_bench(manifest: str, config: str | None, environment: Mapping[str, str]) -> BenchProfile | None:
    """The profile of benchmarks of the workspace's own packages, None if a file or a setting cannot be read.

    `manifest` is the text of the workspace root's Cargo.toml, `config` that of the source's .cargo/config.toml. For
    each profile, the environment is stronger than the configuration, and that stronger than the manifest; then each
    profile is stronger than the one that it inherits. Settings for single packages (`[profile.bench.package.NAME]`) do
    not count.
    """
    try:
        settings = tomllib.loads(config or "")
        tables = (_profiles(tomllib.loads(manifest)), _profiles(settings))
        found: dict[str, Any] = {}
        for table in _inherited(*tables, environment):
            found = {**table, **found}
        return _effective(found, _incremental(settings, environment))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError):
        return None


def _profiles(toml: Table) -> Mapping[str, Table]:
    found: Mapping[str, Table] = msgspec.convert(toml.get("profile", {}), Mapping[str, Table])
    return found


def _inherited(
    manifest: Mapping[str, Table], config: Mapping[str, Table], environment: Mapping[str, str]
) -> Iterator[Table]:
    """The settings of `bench` and of those that it inherits, strongest first; the last ones are Cargo's defaults."""
    name, seen = "bench", set[str]()
    while name not in seen:
        seen.add(name)
        table = {**manifest.get(name, {}), **config.get(name, {}), **_of_environment(name, environment)}
        yield table
        if name in _ROOTS:
            yield _ROOTS[name]
            return
        name = msgspec.convert(table.get("inherits", _INHERITED.get(name)), str)
    raise msgspec.ValidationError(f"the profile {name} inherits itself")


def _of_environment(profile: str, environment: Mapping[str, str]) -> Table:
    """https://doc.rust-lang.org/cargo/reference/config.html#environment-variables"""
    names = {key: f"CARGO_PROFILE_{profile}_{key}".upper().replace("-", "_") for key in _SETTINGS}
    return {key: environment[name] for key, name in names.items() if name in environment}


def _incremental(config: Table, environment: Mapping[str, str]) -> bool | None:
    """What replaces `incremental` of all profiles, None if nothing does."""
    if "CARGO_INCREMENTAL" in environment:
        return environment["CARGO_INCREMENTAL"] == "1"
    build = msgspec.convert(config.get("build", {}), Table)
    value = environment.get("CARGO_BUILD_INCREMENTAL", build.get("incremental"))
    return None if value is None else _flag(value)


def _effective(found: Table, incremental: bool | None) -> BenchProfile:
    lto, debug = _word(found["lto"]), _word(found["debug"])
    is_incremental = _flag(found["incremental"]) if incremental is None else incremental
    units = found.get("codegen-units", _UNITS_IF_INCREMENTAL if is_incremental else _UNITS)
    return BenchProfile(
        opt_level=_word(found["opt-level"]),
        lto=_LTO.get(lto, lto),
        codegen_units=msgspec.convert(units, int, strict=False),
        debug=_DEBUG.get(debug, debug),
        overflow_checks=_flag(found["overflow-checks"]),
        debug_assertions=_flag(found["debug-assertions"]),
        incremental=is_incremental,
    )


def _word(value: object) -> str:
    """A setting that may be a boolean, a number or a text, as it is written in TOML, without quotes."""
    return str(msgspec.convert(value, bool | int | str)).lower()


def _flag(value: object) -> bool:
    """A setting that is a boolean, which in the environment is a text."""
    return bool(msgspec.convert(value, bool, strict=False))
