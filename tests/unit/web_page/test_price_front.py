"""Price against time."""

from __future__ import annotations

from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import Money
from benchmarks.web_page.price_front import price_front
from tests.support.result_samples import criterion, labelled, platform, printed


def priced(instance_type: str, usd: float, *times: float) -> Labelled:
    """A source with a benchmark for each time."""
    return labelled(
        *(criterion(str(place), time) for place, time in enumerate(times)),
        platform=platform(instance_type=instance_type),
        money=Money(usd_per_hour=usd, source="list", date="2026-05-19"),
    )


def test_the_front_has_what_nothing_beats_in_both() -> None:
    sources = [priced("cheap", 1.0, 300.0), priced("fast", 3.0, 100.0), priced("beaten", 3.5, 200.0)]
    found = price_front([*sources, priced("between", 2.0, 150.0)])
    assert found
    assert [round(one.time, 6) for one in found.points] == [3, 1, 2, 1.5]
    assert [one.on_front for one in found.points] == [True, True, False, True]


def test_equals_do_not_beat_each_other() -> None:
    found = price_front([priced("a", 1.0, 100.0), priced("b", 1.0, 100.0), priced("c", 1.0, 101.0)])
    assert found
    assert [one.on_front for one in found.points] == [True, True, False]


def test_times_are_geometric_means_over_what_all_have_measured() -> None:
    found = price_front([priced("a", 1.0, 1.0, 4.0), priced("b", 2.0, 1.0, 1.0, 7.0)])
    assert found
    assert found.benchmarks == 2
    assert [round(one.time, 6) for one in found.points] == [2, 1]


def test_one_instance_type_or_nothing_in_common_has_no_front() -> None:
    assert price_front([priced("a", 1.0, 1.0), priced("a", 1.0, 2.0)]) is None
    assert price_front([priced("a", 1.0, 1.0), labelled(criterion())]) is None
    other = labelled(
        criterion("other"), platform=platform(instance_type="b"), money=Money(usd_per_hour=1.0, source="", date="")
    )
    assert price_front([priced("a", 1.0, 1.0), other]) is None


def test_what_measured_no_times_is_left_out() -> None:
    cycles = labelled(
        printed(), platform=platform(instance_type="c"), money=Money(usd_per_hour=1.0, source="", date="")
    )
    found = price_front([priced("a", 1.0, 1.0), cycles, priced("b", 2.0, 2.0)])
    assert found
    assert [one.source for one in found.points] == [0, 2]
