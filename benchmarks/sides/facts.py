"""What is known of a measurement, by the names that `--by` takes: of its code, its machine, its run and its id."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from benchmarks import hints
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Profile
from benchmarks.runs.result_records import BenchmarkMeasurement, Code, Platform, Results

Value = Callable[[Results, BenchmarkMeasurement], str | None]

NONE = "none"  # known to be not set; what is not known is None
QUICK = "--quick"
SANDBOX = "a sandbox"


class Difference(Enum):
    """What it means if two sides differ in a fact that is not what is compared."""

    REFUSED = auto()  # they measure different things
    SHOWN = auto()  # it may be the reason why numbers differ
    IGNORED = auto()


@dataclass(frozen=True)
class Fact:
    title: str  # in sentences
    value: Value  # None if it is not known
    difference: Difference


def of(name: str) -> Fact:
    """The fact of this name. Raises RefusedError, which lists all names, if there is none."""
    if name not in FACTS:
        raise RefusedError(f"by must not be {name!r}.{hints.nearest(name, FACTS)} Known: {', '.join(FACTS)}.")
    return FACTS[name]


def _code(value: Callable[[Code], str | None]) -> Value:
    return lambda results, _: value(results.code) if results.code else None


def _platform(value: Callable[[Platform], str | None]) -> Value:
    return lambda results, _: value(results.platform) if results.platform else None


def _source(code: Code) -> str | None:
    return code.source.crate or code.source.git or code.source.path


def _text(words: tuple[str, ...]) -> str:
    return " ".join(words) or NONE


def _flags(given: str | None) -> str:
    return NONE if given is None else given or "empty"


def _first_line(text: str | None) -> str | None:
    return text.strip().partition("\n")[0] or None if text else None


def _short(digest: str | None) -> str | None:
    return digest[:12] if digest else None


def _commit(code: Code) -> str | None:
    commit, dirty = _short(code.commit), _short(code.dirty_sha256)
    return f"{commit} with changes {dirty}" if commit and dirty else commit


def _environment(code: Code) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(code.environment.items())) or NONE


def _profile(code: Code) -> str | None:
    profile: Profile | None = code.profile
    if not profile:
        return None
    return ", ".join(f"{name} {getattr(profile, name)}" for name in Profile.__struct_fields__)


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _harness_version(results: Results, measurement: BenchmarkMeasurement) -> str | None:
    """The part of the harness's version that Cargo takes for incompatible: 0.5 of 0.5.1, 1 of 1.2.3."""
    found = [one.version for one in results.code.harnesses if one.name == measurement.harness] if results.code else []
    parts = sorted({_incompatible(version) for version in found})
    return f"{measurement.harness} {' and '.join(parts)}" if parts else None


def _incompatible(version: str) -> str:
    """https://doc.rust-lang.org/cargo/reference/semver.html"""
    matched = re.match(r"(?:0\.){0,2}[0-9]+", version)
    return matched.group() if matched else version


def _endpoint(results: Results, _measurement: BenchmarkMeasurement) -> str | None:
    if not results.tool or not results.platform or not results.platform.instance:
        return None
    return "AWS" if results.tool.endpoint is None else SANDBOX


FACTS: Mapping[str, Fact] = {
    "instance-type": Fact("instance type", _platform(lambda it: it.instance_type), Difference.SHOWN),
    "cores": Fact("cores", _platform(lambda it: _number(it.cores)), Difference.SHOWN),
    "threads-per-core": Fact("threads per core", _platform(lambda it: _number(it.threads_per_core)), Difference.SHOWN),
    "cpu-model": Fact("CPU model", _platform(lambda it: it.cpu_model), Difference.SHOWN),
    "ref": Fact("ref", _code(lambda it: it.source.ref), Difference.SHOWN),
    "commit": Fact("commit", _code(_commit), Difference.SHOWN),
    "source": Fact("source", _code(_source), Difference.SHOWN),
    "toolchain": Fact("toolchain", _code(lambda it: it.toolchain), Difference.SHOWN),
    "rustc": Fact("rustc", _code(lambda it: _first_line(it.rustc)), Difference.SHOWN),
    "rustflags": Fact("rustflags", _code(lambda it: _flags(it.rustflags)), Difference.SHOWN),
    "target-cpu": Fact("target CPU", _code(lambda it: it.target_cpu), Difference.SHOWN),
    "profile": Fact("profile", _code(_profile), Difference.SHOWN),
    "linker": Fact("linker", _code(lambda it: _first_line(it.linker)), Difference.SHOWN),
    "lock": Fact("Cargo.lock", _code(lambda it: _short(it.lock_sha256)), Difference.SHOWN),
    "environment": Fact("environment", _code(_environment), Difference.SHOWN),
    "kernel": Fact("kernel", _platform(lambda it: it.kernel), Difference.SHOWN),
    "suite": Fact("suite", _code(lambda it: it.suite or None), Difference.REFUSED),
    "package": Fact("package", _code(lambda it: it.package), Difference.REFUSED),
    "features": Fact("features", _code(lambda it: _text(tuple(sorted(it.features)))), Difference.REFUSED),
    "arguments": Fact(
        "suite arguments",
        _code(lambda it: _text(tuple(word for word in it.arguments if word != QUICK))),
        Difference.REFUSED,
    ),
    "quick": Fact(QUICK, _code(lambda it: "yes" if QUICK in it.arguments else "no"), Difference.REFUSED),
    "harness-version": Fact("harness", _harness_version, Difference.REFUSED),
    "endpoint": Fact("where they were measured", _endpoint, Difference.REFUSED),
    "region": Fact("region", _platform(lambda it: it.region), Difference.IGNORED),
    "zone": Fact("zone", _platform(lambda it: it.zone), Difference.IGNORED),
    "run": Fact("run", lambda results, _: results.run_id, Difference.IGNORED),
    "host": Fact("host", lambda results, _: results.host, Difference.IGNORED),
    "variant": Fact("variant", lambda _, measurement: measurement.variant, Difference.IGNORED),
    "target": Fact("target", lambda _, measurement: measurement.target, Difference.IGNORED),
    "group": Fact("group", lambda _, measurement: measurement.group, Difference.IGNORED),
    "function": Fact("function", lambda _, measurement: measurement.function, Difference.IGNORED),
    "value": Fact("value", lambda _, measurement: measurement.value, Difference.IGNORED),
}
