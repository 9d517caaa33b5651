"""Go's benchmark format, by its definition; tests/integration/test_exports.py has benchstat itself read it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.errors import RefusedError
from benchmarks.exports import go_benchmarks
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import Samples
from tests.support.result_samples import (
    HOSTILE,
    code,
    criterion,
    labelled,
    libtest,
    platform,
    printed,
    results,
    two_sources,
)

CONFIGURATION = re.compile(r"([^\WA-Z][^\sA-Z:]*):(?:[ \t]+(.*))?")
UNIT = re.compile(r"Unit (\S+) (\S+=\S+)")


@dataclass
class Line:
    """A result line: the configuration in force, name, iterations and values by unit."""

    configuration: dict[str, str]
    name: str
    iterations: int
    values: dict[str, float]

    @property
    def id(self) -> str:
        return unquote(self.name.partition("/")[2])


@dataclass
class Read:
    lines: list[Line] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)


def read(*sources: Labelled) -> Read:
    """Read strictly: no line is ignored but comments."""
    found, configuration = Read(), dict[str, str]()
    for line in go_benchmarks.text(sources).text.removesuffix("\n").split("\n"):
        if line.startswith("Benchmark"):
            name, iterations, *pairs = line.split()
            assert re.match("Benchmark[A-Z]", name)
            assert pairs
            assert len(pairs) % 2 == 0
            values = {unit: float(value) for value, unit in zip(pairs[::2], pairs[1::2], strict=True)}
            found.lines.append(Line(dict(configuration), name, int(iterations), values))
        elif unit := UNIT.fullmatch(line):
            found.units[unit[1]] = unit[2]
        elif setting := CONFIGURATION.fullmatch(line):
            configuration[setting[1]] = setting[2] or ""
            if not setting[2]:
                del configuration[setting[1]]
        else:
            assert line.startswith("# "), line
    return found


def test_there_is_a_line_for_each_sample() -> None:
    assert [(one.name, one.iterations, one.values) for one in read(labelled(criterion())).lines] == [
        ("BenchmarkCriterion/fft/8192", 10, {"ns/op": 99.0}),
        ("BenchmarkCriterion/fft/8192", 20, {"ns/op": 100.0}),
        ("BenchmarkCriterion/fft/8192", 30, {"ns/op": 101.0}),
    ]


@pytest.mark.parametrize(
    ("measurement", "name", "values"),
    [
        (libtest(), "BenchmarkLibtest/bench_add", {"ns/op": 254.0}),
        (printed("c", 1.5), "BenchmarkCriterion/c", {"Kcycles/op": 1.5}),
        (printed("c", 1.5, unit="M instr"), "BenchmarkCriterion/c", {"M%20instr/op": 1.5}),
        # The raw samples are in cycles, and only Criterion's printed estimate is in thousands of them.
        (criterion("c", 1.5, unit="Kcycles"), "BenchmarkCriterion/c", {"Kcycles/op": 1.5}),
        (criterion("c", samples=None), "BenchmarkCriterion/c", {"ns/op": 100.0}),
        (
            criterion("c", samples=Samples(mode=None, iterations=(), values=())),
            "BenchmarkCriterion/c",
            {"ns/op": 100.0},
        ),
        (
            criterion("c", samples=Samples(mode=None, iterations=(0.0, 1.0), values=(0.0, 5.0))),
            "BenchmarkCriterion/c",
            {"ns/op": 100.0},
        ),
    ],
)
def test_the_estimate_stands_where_no_sample_has_its_unit(measurement: Any, name: str, values: Any) -> None:
    assert [(one.name, one.iterations, one.values) for one in read(labelled(measurement)).lines] == [(name, 1, values)]


def test_numbers_have_all_their_digits() -> None:
    samples = Samples(mode="Flat", iterations=(3.0,), values=(1.0,))
    assert read(labelled(criterion(samples=samples))).lines[0].values == {"ns/op": 1 / 3}


@pytest.mark.parametrize(
    ("kind", "unit"), [("elements", "elements/s"), ("bytes", "B/s"), ("bytes_decimal", "B/s"), ("bits", "bits/s")]
)
def test_each_sample_has_its_throughput_and_more_of_it_is_better(kind: str, unit: str) -> None:
    found = read(labelled(criterion(throughput={kind: 50.0})))
    assert [one.values[unit] for one in found.lines] == pytest.approx([50e9 / 99, 50e9 / 100, 50e9 / 101])
    assert found.units == {unit: "better=higher"}


def test_only_a_time_has_a_throughput() -> None:
    found = read(labelled(printed(throughput={"bytes": 64.0}), criterion(point=0.0, throughput={}, samples=None)))
    assert [list(one.values) for one in found.lines] == [["Kcycles/op"], ["ns/op"]]
    assert found.units == {}


def test_a_unit_of_which_more_is_better_is_said_to_be_so() -> None:
    larger = printed(unit="ops", direction="larger")
    assert read(labelled(larger, criterion())).units == {"ops/op": "better=higher"}
    assert read(labelled(larger, printed("b", unit="ops"))).units == {}


@pytest.mark.parametrize("id", HOSTILE)
def test_hostile_ids_can_be_read_back(id: str) -> None:
    assert {one.id for one in read(labelled(criterion(id))).lines} == {id}


@given(st.text(), st.sampled_from(["criterion", "libtest"]))
@example("fft-16", "criterion")
def test_every_id_can_be_read_back_and_has_no_number_of_processors(id: str, harness: str) -> None:
    (name,) = {one.name for one in read(labelled(criterion(id, harness=harness))).lines}
    assert unquote(name.partition("/")[2]) == id
    assert not re.search("-[0-9]+$", name)


def test_targets_and_variants_are_configuration() -> None:
    found = read(
        labelled(
            criterion(samples=None),
            criterion(target="merkle", variant="lto", samples=None),
            criterion(target=None, samples=None),
        )
    )
    assert [one.configuration for one in found.lines] == [
        {"target": "field"},
        {"target": "merkle", "variant": "lto"},
        {},
    ]


def test_what_is_known_of_a_source_is_configuration() -> None:
    source = Labelled(
        "new",
        results(
            criterion(target=None), host="i-0123", platform=platform(instance_type="c7i.large"), code=code(commit="7")
        ),
    )
    assert read(source).lines[0].configuration == {"host": "i-0123", "instance-type": "c7i.large", "commit": "7"}


def test_several_sources_differ_in_their_label_alone() -> None:
    sources = two_sources()
    configurations = [one.configuration for one in read(*sources).lines if one.configuration["target"] == "field"]
    assert [dict(one) for one in dict.fromkeys(tuple(one.items()) for one in configurations)] == [
        {"commit": "0123abc", "source": "c7i", "target": "field"},
        {"commit": "0123abc", "source": "desk | mine", "target": "field"},
    ]
    text = go_benchmarks.text(sources).text
    assert "\n# instance-type: c7i.large\n" in text
    assert "\n# host: desk\n" in text


def test_a_label_is_one_line() -> None:
    sources = (labelled(criterion(), label="a"), labelled(criterion(), label="b\nBenchmarkX 1 1 ns/op"))
    assert {one.configuration["source"] for one in read(*sources).lines} == {"a", "b%0ABenchmarkX 1 1 ns/op"}


@pytest.mark.parametrize(
    ("unit", "why"), [(None, "the unit of its numbers is not known"), ("", "its numbers have no unit")]
)
def test_what_has_no_unit_is_left_out_and_named(unit: str | None, why: str) -> None:
    exported = go_benchmarks.text([labelled(criterion(), printed("odd", unit=unit))])
    assert exported.left_out == (f"field/odd is left out, since {why}.",)
    assert "odd" not in exported.text
    with pytest.raises(RefusedError, match=f"^Nothing can be exported for Go's benchmark format: field/odd .*{why}"):
        go_benchmarks.text([labelled(printed("odd", unit=unit))])
