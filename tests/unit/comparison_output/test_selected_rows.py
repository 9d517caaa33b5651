"""Which rows are shown, and in which order."""

from __future__ import annotations

from benchmarks.comparison.comparing import Verdict
from benchmarks.comparison.verdicts import Limits
from benchmarks.comparison_output import selected_rows
from benchmarks.comparison_output.selected_rows import CHANGED, REGRESSIONS, Selection
from benchmarks.sides import pairs
from tests.support.comparison_samples import UNITS, every_verdict, joined, scaled, side


def ids(selection: Selection) -> list[str]:
    return [row.key.id for row in selection.rows(every_verdict())]


def test_slower_ones_are_first_and_the_largest_difference_of_them() -> None:
    assert ids(Selection()) == ["slower/10", "slow", "fast", "noisy", "same"]


def test_equal_differences_are_in_the_natural_order_of_names() -> None:
    old, new = (
        joined(*(side(name, factor, id=id) for id in ("b/10", "b/9", "a"))) for name, factor in (("o", 1), ("n", 2))
    )
    pair = pairs.compare(old, new, Limits())
    assert [row.key.id for row in Selection().rows(pair)] == ["a", "b/9", "b/10"]


def test_only_changes_or_regressions_are_selected() -> None:
    assert ids(Selection(CHANGED)) == ["slower/10", "slow", "fast"]
    assert ids(Selection(REGRESSIONS)) == ["slower/10", "slow"]


def test_every_verdict_is_counted() -> None:
    assert selected_rows.counts(every_verdict()) == {
        Verdict.SLOWER: 2,
        Verdict.FASTER: 1,
        Verdict.UNCLEAR: 1,
        Verdict.SAME: 1,
    }


def test_slower_by_more_needs_the_verdict_and_the_share() -> None:
    assert [row.key.id for row in selected_rows.slower_by_more(every_verdict(), 0.6)] == ["slower/10"]
    assert len(selected_rows.slower_by_more(every_verdict(), 0.05)) == 2
    noisy = pairs.compare(side("old", 100, 200), side("new", 150, 300), Limits())
    assert selected_rows.slower_by_more(noisy, 0.05) == []


def test_of_what_is_better_if_larger_the_smaller_is_slower() -> None:
    old, new = side("old", *scaled(2), direction="larger"), side("new", *UNITS, direction="larger")
    assert len(selected_rows.slower_by_more(pairs.compare(old, new, Limits()), 0.9)) == 1
    assert selected_rows.slower_by_more(pairs.compare(new, old, Limits()), 0.01) == []
