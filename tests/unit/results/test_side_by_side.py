"""Several results in one table."""

from __future__ import annotations

import io

from rich.console import Console

from benchmarks.results import side_by_side
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import Estimate
from tests.support import result_samples
from tests.support.result_samples import criterion, labelled


def shown(*sources: Labelled) -> list[list[str]]:
    """The cells of each row, which are two blanks or more apart."""
    out = io.StringIO()
    Console(file=out, width=200, highlight=False).print(side_by_side.table(sources))
    return [
        [cell for cell in line.replace("  ", "\t").split("\t") if cell.strip()] for line in out.getvalue().splitlines()
    ]


def cells(*sources: Labelled) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in shown(*sources)]


def test_estimates_stand_beside_each_other_with_the_share_of_half_their_interval() -> None:
    assert cells(labelled(criterion(point=100.0), label="a"), labelled(criterion(point=200.0), label="b")) == [
        ["benchmark", "a", "b"],
        ["fft/8192", "100.0 ns ±1.0%", "200.0 ns ±0.5%"],
    ]


def test_a_benchmark_that_a_source_lacks_is_a_hyphen() -> None:
    assert cells(labelled(criterion("a"), label="x"), labelled(criterion("b"), label="y")) == [
        ["benchmark", "x", "y"],
        ["a", "100.0 ns ±1.0%", "-"],
        ["b", "-", "100.0 ns ±1.0%"],
    ]


def test_targets_are_named_only_if_there_are_several_and_processes_have_their_number() -> None:
    one = labelled(criterion("a"), criterion("a", process=2), label="x")
    assert [row[0] for row in cells(one, one)] == ["benchmark", "a", "a #2"]
    two = labelled(criterion("a"), criterion("a", target="merkle"), label="x")
    assert [row[:2] for row in cells(two, two)] == [["target", "benchmark"], ["field", "a"], ["merkle", "a"]]


def test_variants_are_not_taken_for_each_other() -> None:
    one = labelled(criterion("a", variant="old"), criterion("a", variant="new", process=2), label="x")
    assert [row[0] for row in cells(one, one)] == ["benchmark", "a [new] #2", "a [old]"]


def test_rows_are_in_the_order_of_their_numbers() -> None:
    source = labelled(criterion("fft/16384"), criterion("fft/8192"), label="x")
    assert [row[0] for row in cells(source, source)] == ["benchmark", "fft/8192", "fft/16384"]


def test_more_sources_than_fit_are_below_each_other() -> None:
    sources = [labelled(criterion(point=100.0), label=f"run{n}") for n in range(side_by_side.MOST_COLUMNS + 1)]
    assert cells(*sources)[0] == ["benchmark", "result", "estimate"]
    assert [row[1] for row in cells(*sources)[1:]] == [source.label for source in sources]
    assert len(cells(*sources[:-1])[0]) == 1 + side_by_side.MOST_COLUMNS


def test_an_estimate_without_an_interval_or_of_zero_stands_alone() -> None:
    bare = criterion("bare", estimates={"slope": Estimate(point=5.0)})
    zero = criterion("zero", estimates={"slope": result_samples.estimate(0.0)})
    source = labelled(bare, zero, label="x")
    assert [row[1:] for row in cells(source, source)[1:]] == [["5.000 ns"] * 2, ["0 ns"] * 2]


def test_hostile_labels_ids_and_units_do_nothing_to_the_terminal() -> None:
    hostile = "a\x1b[31m\nb"
    source = labelled(criterion(hostile, unit=hostile, target=hostile), criterion("x"), label=hostile)
    for several in (2, side_by_side.MOST_COLUMNS + 1):
        text = "\n".join(cell for row in shown(*[source] * several) for cell in row)
        assert "\x1b" not in text
        assert text.count(r"a\x1b[31m\nb") >= 3
