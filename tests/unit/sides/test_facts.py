"""What is known of a measurement."""

from __future__ import annotations

import pytest

from benchmarks.errors import RefusedError
from benchmarks.runs.records import Harness
from benchmarks.runs.result_records import Results, Tool
from benchmarks.sides import facts
from tests.support import records
from tests.support.result_samples import code, criterion, platform, results

PROFILE = records.profile(lto="fat", codegen_units=1)


def value(name: str, found: Results) -> str | None:
    return facts.of(name).value(found, criterion(function="new", variant="lto"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("instance-type", "c7i.large"),
        ("ref", "1.0.0"),
        ("source", "one"),
        ("commit", "0123456789ab"),
        ("rustc", "rustc 1.85.1 (4eb161250 2025-03-15)"),
        ("rustflags", "-C target-cpu=native"),
        ("features", "a b"),
        ("arguments", "--warm-up-time 1"),
        ("quick", "yes"),
        ("environment", "A=1 B=2"),
        ("harness-version", "criterion 0.5"),
        ("endpoint", "a sandbox"),
        ("cores", "2"),
        ("run", "r1"),
        ("variant", "lto"),
        ("function", "new"),
        ("group", "fft"),
        ("value", "8192"),
        ("target", "field"),
    ],
)
def test_a_fact_is_read_from_the_results_or_the_measurement(name: str, expected: str) -> None:
    found = results(
        run_id="r1",
        code=code(
            commit="0123456789abcdef",
            rustc="rustc 1.85.1 (4eb161250 2025-03-15)\nbinary: rustc\n",
            rustflags="-C target-cpu=native",
            features=("b", "a"),
            arguments=("--quick", "--warm-up-time", "1"),
            environment={"B": "2", "A": "1"},
            harnesses=(Harness(name="criterion", version="0.5.1"), Harness(name="bencher", version="0.1.5")),
            profile=PROFILE,
        ),
        platform=platform(instance="i-1", instance_type="c7i.large", cores=2),
        tool=Tool(version="1", endpoint="http://127.0.0.1:1"),
    )
    assert value(name, found) == expected


def test_a_commit_with_changed_files_is_told_from_the_commit_itself() -> None:
    changed = results(code=code(commit="0123abc", dirty_sha256="fedcba9876543210"))
    assert value("commit", changed) == "0123abc with changes fedcba987654"


def test_the_profile_is_one_text() -> None:
    assert str(value("profile", results(code=code(profile=PROFILE)))).startswith("opt_level 3, lto fat, codegen_units")


@pytest.mark.parametrize("name", [name for name in facts.FACTS if name not in ("variant", "target", "group", "value")])
def test_what_is_not_known_has_no_value(name: str) -> None:
    assert facts.of(name).value(results(), criterion()) is None


def test_what_is_known_not_to_be_set_differs_from_what_is_not_known() -> None:
    found = results(code=code(rustflags=None))
    assert [value(name, found) for name in ("rustflags", "features", "arguments", "quick")] == ["none"] * 3 + ["no"]
    assert value("rustflags", results(code=code(rustflags=""))) == "empty"


@pytest.mark.parametrize(("version", "part"), [("0.5.1", "0.5"), ("1.2.3", "1"), ("0.0.3", "0.0.3"), ("odd", "odd")])
def test_harnesses_of_compatible_versions_are_one(version: str, part: str) -> None:
    found = results(code=code(harnesses=(Harness(name="criterion", version=version),)))
    assert value("harness-version", found) == f"criterion {part}"


def test_an_own_machine_has_no_endpoint_and_an_instance_has_that_of_aws() -> None:
    assert value("endpoint", results(platform=platform(), tool=Tool(version="1"))) is None
    assert value("endpoint", results(platform=platform(instance="i-1"), tool=Tool(version="1"))) == "AWS"


def test_an_unknown_name_is_refused_with_the_nearest_and_all_names() -> None:
    with pytest.raises(RefusedError, match=r"by must not be 'instance_typ'\. Did you mean instance-type\? Known: inst"):
        facts.of("instance_typ")
