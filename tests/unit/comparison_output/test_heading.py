"""What the sides are."""

from __future__ import annotations

from typing import Any

from benchmarks.comparison.verdicts import Limits
from benchmarks.comparison_output import heading
from benchmarks.runs.result_records import Tool
from benchmarks.sides import pairs
from benchmarks.sides.dividing import Side
from tests.support.comparison_samples import side
from tests.support.result_samples import code, platform


def lines(old: Side, new: Side) -> list[str]:
    return list(heading.lines(pairs.compare(old, new, Limits())))


def known(name: str, *points: float, **changes: Any) -> Side:
    found = {"platform": platform(instance_type="c7i.large"), "code": code(rustc="rustc 1.85.1 (4eb161250)", **changes)}
    return side(name, *points, results=found)


def test_a_heading_names_machine_compiler_and_code_and_what_differs() -> None:
    assert lines(known("old", 1), known("new", 1, rustflags="-C lto")) == [
        "old: c7i.large, rustc 1.85.1 (4eb161250), one 1.0.0, from old0",
        "new: c7i.large, rustc 1.85.1 (4eb161250), one 1.0.0, from new0",
        "differs in: rustflags (none → -C lto)",
    ]


def test_what_is_not_known_is_said() -> None:
    assert lines(side("old", 1, 2), side("new", 1))[0] == "old: machine and compiler are not known, from old0, old1"


def test_numbers_of_a_sandbox_are_called_so() -> None:
    found = {"platform": platform(instance="i-1"), "tool": Tool(version="1", endpoint="http://127.0.0.1:1")}
    assert lines(side("a", 1, results=found), side("b", 1))[0].startswith("a: measured in a sandbox")


def test_long_names_are_in_the_heading_only() -> None:
    assert lines(side("x" * 30, 1), side("new", 1))[0].startswith(f"old = {'x' * 30}: ")


def test_what_a_side_mixes_is_named() -> None:
    old = Side("old", (*known("a", 1).sources, *known("b", 1, rustflags="-C lto").sources))
    assert "old holds results of different rustflags: none and -C lto." in lines(old, known("new", 1))
