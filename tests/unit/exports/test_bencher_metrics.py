"""The Bencher Metric Format, read as strictly as it is defined.

https://bencher.dev/docs/reference/bencher-metric-format/
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import RefusedError
from benchmarks.exports import bencher_metrics
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import Estimate, Interval
from tests.support.result_samples import HOSTILE, criterion, labelled, libtest, printed, two_sources


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    assert len(found) == len(pairs), "a name is there twice"
    return found


def read(source: Labelled) -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, Any] = json.loads(bencher_metrics.text([source]).text, object_pairs_hook=unique)
    for name, measures in found.items():
        assert 0 < len(name.encode()) <= 1024
        assert measures
        for measure, metric in measures.items():
            assert 0 < len(measure.encode()) <= 64
            assert "value" in metric
            assert metric.keys() <= {"value", "lower_value", "upper_value"}
            assert all(type(number) in (int, float) for number in metric.values())
            assert metric.get("lower_value", metric["value"]) <= metric["value"]
            assert metric["value"] <= metric.get("upper_value", metric["value"])
    return found


def test_a_time_is_a_latency_in_nanoseconds() -> None:
    assert read(labelled(criterion())) == {
        "field/fft/8192": {"latency": {"value": 100.0, "lower_value": 99.0, "upper_value": 101.0}}
    }


def test_libtest_has_no_bounds() -> None:
    assert read(labelled(libtest())) == {"old/bench_add": {"latency": {"value": 254.0}}}


@pytest.mark.parametrize(
    ("kind", "measure"),
    [
        ("elements", "elements-per-second"),
        ("bytes", "bytes-per-second"),
        ("bytes_decimal", "bytes-per-second"),
        ("bits", "bits-per-second"),
        ("pages", "pages-per-second"),
    ],
)
def test_a_throughput_is_a_measure_whose_bounds_are_turned_around(kind: str, measure: str) -> None:
    found = read(labelled(criterion(throughput={kind: 50.0})))["field/fft/8192"]
    assert found[measure] == pytest.approx({"value": 50e9 / 100, "lower_value": 50e9 / 101, "upper_value": 50e9 / 99})


def test_a_throughput_has_no_bound_where_the_time_reaches_zero() -> None:
    odd = Estimate(point=2.0, interval=Interval(low=0.0, high=4.0, level=0.95))
    found = read(labelled(criterion(estimates={"slope": odd}, throughput={"bytes": 8.0})))["field/fft/8192"]
    assert found["bytes-per-second"] == {"value": 4e9, "lower_value": 2e9}


def test_a_time_of_zero_has_no_throughput() -> None:
    assert list(read(labelled(criterion(point=0.0, throughput={"bytes": 8.0})))["field/fft/8192"]) == ["latency"]


def test_another_unit_is_a_measure_of_its_own() -> None:
    found = read(labelled(printed("c", 1.5, throughput={"bytes": 8.0}), printed("d", unit="µ" * 50)))
    assert found["field/c"] == {"Kcycles": {"value": 1.5, "lower_value": 0.5, "upper_value": 2.5}}
    assert len(found["field/d"]) == 1


def test_every_benchmark_of_every_target_has_a_name() -> None:
    source = two_sources()[0]
    exported = bencher_metrics.text([source])
    assert exported.left_out == ("field/unknown is left out, since the unit of its numbers is not known.",)
    names = set(read(source))
    assert len(names) == len(source.results.measurements) - 1
    assert names >= {"field/fft/8192", "merkle/fft/8192", *(f"field/{id}" for id in HOSTILE)}


def test_a_name_does_not_depend_on_what_else_is_there() -> None:
    alone = set(read(labelled(criterion())))
    assert alone < set(read(labelled(criterion(target="merkle"), criterion(), criterion("b"))))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(20, 64))
def test_a_name_is_shortened_only_if_it_is_too_long(text: str, longest: int) -> None:
    shortened = bencher_metrics.shortened(text, longest)
    assert len(shortened.encode()) <= longest
    assert (shortened == text) == (len(text.encode()) <= longest)


def test_long_names_that_begin_alike_stay_apart_and_the_same() -> None:
    long = ["x" * 2000, "x" * 2001, "é" * 1000]
    names = list(read(labelled(*map(criterion, long))))
    assert len(set(names)) == 3
    assert names[1].startswith("field/xxx")
    assert read(labelled(criterion(long[1]))).keys() == {names[1]}


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (printed("odd", unit=None), "the unit of its numbers is not known"),
        (printed("odd", unit=""), "its numbers have no unit"),
        (criterion(), "another measurement has the same name"),
    ],
)
def test_what_has_no_measure_or_name_is_left_out_and_named(odd: Any, why: str) -> None:
    exported = bencher_metrics.text([labelled(criterion(), odd)])
    assert exported.left_out == (f"field/{odd.id} is left out, since {why}.",)


def test_an_export_of_nothing_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"^Nothing can be exported for Bencher: field/odd is left out, since "):
        bencher_metrics.text([labelled(printed("odd", unit=None))])


def test_several_sources_are_refused_since_they_are_testbeds() -> None:
    with pytest.raises(RefusedError, match=r"export one source at a time, and give each its own --testbed\.$"):
        bencher_metrics.text(two_sources())
