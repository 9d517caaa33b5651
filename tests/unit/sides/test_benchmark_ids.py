"""Which benchmarks are the same."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.sides import benchmark_ids
from tests.support.result_samples import criterion, labelled


def measured(id: str = "fft/new/8", **parts: Any) -> BenchmarkMeasurement:
    given: dict[str, Any] = {"group": "fft", "function": "new", "value": "8", **parts}
    return criterion(id, **given)


@pytest.mark.parametrize(("part", "id"), [("group", "new/8"), ("function", "fft/8"), ("value", "fft/new")])
def test_a_part_is_left_out_of_the_id(part: str, id: str) -> None:
    changed = benchmark_ids.without(measured(), part)
    assert changed is not None
    assert changed.id == id


def test_what_follows_the_parts_is_kept() -> None:
    changed = benchmark_ids.without(measured("fft/new/8 #2"), "function")
    assert changed is not None
    assert changed.id == "fft/8 #2"


def test_an_id_without_that_part_or_with_another_text_is_not_changed() -> None:
    assert benchmark_ids.without(measured("fft/8", function=None), "function") is None
    assert benchmark_ids.without(measured("another"), "function") is None


def test_the_target_is_left_out() -> None:
    changed = benchmark_ids.without(measured(), "target")
    assert changed is not None
    assert (changed.target, changed.id) == (None, "fft/new/8")


def test_variants_become_a_part_of_the_id() -> None:
    changed = benchmark_ids.with_variants(labelled(criterion("a", variant="lto"), criterion("a")))
    assert [one.id for one in changed.results.measurements] == ["a [lto]", "a"]


def test_a_target_that_is_not_named_is_the_only_one_that_has_the_id() -> None:
    given = [criterion("a", target=None), criterion("b", target=None), criterion("c", target=None)]
    known = benchmark_ids.targets(
        [*given, criterion("a", target="x"), criterion("b", target="x"), criterion("b", target="y")]
    )
    changed = benchmark_ids.with_targets(labelled(*given), known)
    assert [one.target for one in changed.results.measurements] == ["x", None, None]
