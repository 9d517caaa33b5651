"""The sentences below a comparison."""

from __future__ import annotations

from dataclasses import replace

import msgspec.structs
import pytest

from benchmarks.comparison.verdicts import Limits
from benchmarks.comparison_output import closing
from benchmarks.comparison_output.selected_rows import CHANGED, Selection
from benchmarks.sides import pairs
from benchmarks.sides.dividing import Side
from tests.support.comparison_samples import every_verdict, joined, side


def sentences(old: Side, new: Side) -> list[str]:
    return list(closing.lines(pairs.compare(old, new, Limits()), Selection()))


def test_verdicts_are_counted_and_their_basis_is_named() -> None:
    count, mean, basis = closing.lines(every_verdict(), Selection())
    assert count == "2 slower, 1 faster, 1 unclear, 1 same."
    assert mean.startswith("Geometric mean of 5 ratios: 1.1")
    assert basis.startswith("Basis: 5 against 5 runs, Welch's t, or Student's where wider; differences up to 2 %")


def test_rows_that_are_not_shown_are_counted() -> None:
    assert "2 of 5 benchmarks are not shown." in closing.lines(every_verdict(), Selection(CHANGED))


def test_one_run_each_is_named_as_the_basis() -> None:
    assert "Basis: one run each, 10 % noise assumed; differences up to 2 % do not matter." in sentences(
        side("old", 1), side("new", 2)
    )


def test_several_bases_are_counted() -> None:
    old = joined(side("old", 1, 2, 3, id="a"), side("old", 1, id="b"), side("old", 1, id="c"))
    new = joined(side("new", 1, 2, 3, id="a"), side("new", 1, id="b"), side("new", 1, id="c"))
    (basis,) = [one for one in sentences(old, new) if one.startswith("Basis")]
    assert "one run each, 10 % noise assumed (2); 3 against 3 runs" in basis


def test_a_side_that_is_partial_is_named_right_after_the_verdicts() -> None:
    whole, partial = side("old", 1), side("new", 2)
    sources = tuple(
        replace(source, results=msgspec.structs.replace(source.results, partial="1 of 74 benchmarks were measured."))
        for source in partial.sources
    )
    told = sentences(whole, replace(partial, sources=sources))
    assert told[1] == f"{sources[0].label} is partial: 1 of 74 benchmarks were measured."
    assert not any("partial" in one for one in sentences(whole, partial))


def test_single_runs_without_a_verdict_get_a_hint() -> None:
    hint = sentences(side("old", 100), side("new", 101))[-1]
    assert hint.endswith("give its runs together: ./inv bench.compare old=RUN,RUN new=RUN,RUN")
    assert not any("All is unclear" in one for one in sentences(side("old", 100), side("new", 200)))


def test_the_hint_names_instances_for_runs_that_launch_them() -> None:
    hint = sentences(side("old", 100, instance="i-1"), side("new", 101))[-1]
    assert "a single run. Measure again, on EC2 by --instances 3, and give its runs together: " in hint
    assert "--instances" not in sentences(side("old", 100), side("new", 101))[-1]


@pytest.mark.parametrize("unit", ["cycles", None])
def test_what_is_not_compared_is_named_with_its_reason(unit: str | None) -> None:
    old = joined(side("old", 1, id="a"), side("old", 1, id="b"), side("old", 0, id="c", samples=None))
    new = joined(side("new", 1, id="a", unit=unit), side("new", 1, id="d"), side("new", 1, id="c", samples=None))
    only_old, only_new, other_unit, zero = closing.not_compared(pairs.compare(old, new, Limits()))
    assert (only_old, only_new) == ("Only in old: field/b.", "Only in new: field/d.")
    assert other_unit.startswith("Not compared: field/a. ")
    assert ("--unit ns" in other_unit) == (unit is None)
    assert zero == "Not compared: field/c. Its number is not positive: 0, in old."
