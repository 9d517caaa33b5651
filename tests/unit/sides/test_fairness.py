"""What may be compared with what."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.runs.records import Harness
from benchmarks.runs.result_records import Tool
from benchmarks.sides import fairness
from benchmarks.sides.dividing import Side
from tests.support.comparison_samples import joined, side
from tests.support.result_samples import code, platform


def of_code(name: str, **changes: Any) -> Side:
    return side(name, 100, results={"code": code(**changes)})


@pytest.mark.parametrize(
    ("change", "by", "said"),
    [
        ({"features": ("asm",)}, "features", "features: old has none, new has asm."),
        ({"arguments": ("--quick",)}, "quick", "--quick: old has no, new has yes."),
        ({"arguments": ("--sample-size", "10")}, "arguments", "suite arguments: old has none, new has --sample-size"),
        ({"suite": "two"}, "suite", "suite: old has one, new has two."),
        ({"package": "two"}, "package", "package: old has one, new has two."),
        (
            {"harnesses": (Harness(name="criterion", version="0.6.0"),)},
            "harness-version",
            "harness: old has criterion 0.5, new has criterion 0.6.",
        ),
    ],
)
def test_what_measures_something_else_is_refused_unless_it_is_compared(change: Any, by: str, said: str) -> None:
    given = {"harnesses": (Harness(name="criterion", version="0.5.1"),)}
    sides = [of_code("old", **given), of_code("new", **{**given, **change})]
    with pytest.raises(RefusedError) as refused:
        fairness.refuse_unfair(sides, None)
    assert str(refused.value).startswith(f"The results differ in {said}")
    assert f"--by {by} if it is what to compare, or --force" in str(refused.value)
    fairness.refuse_unfair(sides, by)


def test_numbers_of_a_sandbox_are_not_compared_with_those_of_aws() -> None:
    def measured(endpoint: str | None) -> Side:
        found = {"platform": platform(instance="i-1"), "tool": Tool(version="1", endpoint=endpoint)}
        return side("a" if endpoint else "b", 100, results=found)

    with pytest.raises(RefusedError, match="where they were measured: a has a sandbox, b has AWS"):
        fairness.refuse_unfair([measured("http://127.0.0.1:5000"), measured(None)], None)
    fairness.refuse_unfair([measured("http://127.0.0.1:5000"), measured("http://127.0.0.1:6000")], None)


def test_runs_of_one_side_must_agree_too() -> None:
    mixed = joined(of_code("old"), of_code("old", features=("asm",)))
    with pytest.raises(RefusedError, match="features: old has none and asm, new has none"):
        fairness.refuse_unfair([mixed, of_code("new")], None)


def test_what_is_not_known_is_no_difference() -> None:
    fairness.refuse_unfair([of_code("old", features=("asm",)), side("new", 100)], None)
    assert fairness.differing(of_code("old", rustflags="-C lto"), side("new", 100)) == ()


def test_compiler_flags_machine_and_ref_may_differ_and_are_shown() -> None:
    old, new = (
        side(
            name,
            100,
            results={
                "code": code(rustflags=flags, rustc=rustc),
                "platform": platform(instance_type=instance, cpu_model=instance),
            },
        )
        for name, flags, rustc, instance in (
            ("old", None, "rustc 1.85.1", "c7i.large"),
            ("new", "-C target-cpu=native", "rustc 1.86.0", "c7a.large"),
        )
    )
    fairness.refuse_unfair([old, new], None)
    assert [str(one) for one in fairness.differing(old, new)] == [
        "instance type (c7i.large → c7a.large)",
        "rustc (rustc 1.85.1 → rustc 1.86.0)",
        "rustflags (none → -C target-cpu=native)",
    ]


def test_the_cpu_is_shown_where_there_is_no_instance_type() -> None:
    old, new = (side(name, 1, results={"platform": platform(cpu_model=name)}) for name in ("Xeon", "EPYC"))
    assert [str(one) for one in fairness.differing(old, new)] == ["CPU model (Xeon → EPYC)"]


def test_what_a_side_mixes_is_said() -> None:
    mixed = joined(*(side("old", 1, results={"platform": platform(instance_type=name)}) for name in ("a", "b")))
    assert fairness.mixed(mixed) == ("old holds results of different instance type: a and b.",)
    assert fairness.mixed(side("old", 1, 2)) == ()
