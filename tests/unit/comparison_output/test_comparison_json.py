"""The comparison as JSON."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.comparison.verdicts import Limits
from benchmarks.comparison_output import comparison_json
from benchmarks.comparison_output.selected_rows import CHANGED, Selection
from benchmarks.sides import pairs
from benchmarks.sides.dividing import Division
from benchmarks.sides.pairs import Pair
from tests.support.comparison_samples import every_verdict, joined, side
from tests.support.result_samples import code


def document(pair: Pair, selection: Selection | None = None) -> Any:
    division = Division((pair.old, pair.new), ("x: left out.",), "ref")
    return json.loads(comparison_json.text([pair], division, selection or Selection()))


def test_a_row_has_numbers_ratio_interval_p_verdict_and_basis() -> None:
    found = document(every_verdict())
    assert (found["schema_version"], found["by"], found["left_out"]) == (1, "ref", ["x: left out."])
    (comparison,) = found["comparisons"]
    assert comparison["summary"] == {"slower": 2, "faster": 1, "unclear": 1, "same": 1}
    assert comparison["limits"] == {"threshold": 0.02, "noise": 0.1, "level": 0.95, "false_discovery_rate": 0.05}
    row = comparison["rows"][0]
    assert (row["target"], row["id"], row["unit"], row["direction"]) == ("field", "slower/10", "ns", "smaller")
    assert row["low"] < row["ratio"] < row["high"]
    assert (row["level"], row["verdict"], row["units_old"], row["units_new"]) == (0.95, "slower", 5, 5)
    assert row["new"] / row["old"] == row["ratio"] or abs(row["new"] / row["old"] - row["ratio"]) < 1e-9
    assert 0 < row["p"] < 0.05
    assert comparison["geometric_mean"]["benchmarks"] == 5


def test_one_run_each_has_no_interval() -> None:
    (comparison,) = document(pairs.compare(side("old", 1), side("new", 2), Limits()))["comparisons"]
    row = comparison["rows"][0]
    assert (row["low"], row["high"], row["level"], row["p"]) == (None,) * 4
    assert row["basis"] == "one run each, 10 % noise assumed"


def test_sides_have_their_facts_and_what_differs() -> None:
    old, new = (side(name, 1, results={"code": code(rustflags=flags)}) for name, flags in (("o", None), ("n", "-g")))
    (comparison,) = document(pairs.compare(old, new, Limits()))["comparisons"]
    assert comparison["differing"] == {"rustflags": {"old": ["none"], "new": ["-g"]}}
    assert comparison["old"]["name"] == "o"
    assert comparison["old"]["sources"] == ["o0"]
    assert comparison["old"]["facts"]["package"] == ["one"]


def test_what_is_not_compared_is_listed() -> None:
    old = joined(side("o", 1, id="a"), side("o", 1, id="b"), side("o", -1, id="c", samples=None), side("o", 1, id="d"))
    new = joined(side("n", 1, id="a", unit="x"), side("n", 1, id="c", samples=None), side("n", 1, id="d"))
    (comparison,) = document(pairs.compare(old, new, Limits()))["comparisons"]
    assert (comparison["only_old"], comparison["only_new"]) == ([{"target": "field", "id": "b"}], [])
    assert [(one["id"], one["side"]) for one in comparison["excluded"]] == [("a", None), ("c", "old")]


def test_rows_are_those_selected() -> None:
    (comparison,) = document(every_verdict(), Selection(CHANGED))["comparisons"]
    assert [row["id"] for row in comparison["rows"]] == ["slower/10", "slow", "fast"]
