"""Baselines for critcmp; tests/integration/test_exports.py has critcmp itself read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.exports import critcmp_baseline
from benchmarks.runs.result_records import Estimate
from tests.support.result_samples import HOSTILE, criterion, labelled, libtest, printed, two_sources

ESTIMATES = criterion().estimates


def benchmarks(*measurements: Any) -> dict[str, Any]:
    document = json.loads(critcmp_baseline.text([labelled(*measurements)]).text)
    assert document["name"] == "new"
    found: dict[str, Any] = document["benchmarks"]
    return found


def without(*names: str) -> dict[str, Estimate]:
    return {name: one for name, one in ESTIMATES.items() if name not in names}


def test_estimates_are_those_of_criterions_files() -> None:
    (found,) = benchmarks(criterion()).values()
    assert found["criterion_estimates_v1"].keys() == ESTIMATES.keys()
    assert found["criterion_estimates_v1"]["std_dev"] == {
        "confidence_interval": {"confidence_level": 0.95, "lower_bound": 3.0, "upper_bound": 4.0},
        "point_estimate": 3.5,
        "standard_error": 0.25,
    }


def test_criterions_names_are_kept() -> None:
    (found,) = benchmarks(criterion()).values()
    assert (found["baseline"], found["fullname"]) == ("new", "new/fft/8192")
    names = found["criterion_benchmark_v1"]
    assert [names[key] for key in ("group_id", "function_id", "value_str", "full_id")] == [
        *("fft", None, "8192", "fft/8192"),
    ]


def test_there_is_no_slope_where_criterion_had_none() -> None:
    (found,) = benchmarks(criterion(statistic="mean", estimates=without("slope"))).values()
    assert "slope" not in found["criterion_estimates_v1"]


@pytest.mark.parametrize(
    ("amounts", "throughput"),
    [
        ({}, "null"),
        ({"bytes": 64.0}, '{"Bytes": 64}'),
        ({"elements": 8192.0}, '{"Elements": 8192}'),
        ({"bytes_decimal": 64.0}, '{"BytesDecimal": 64}'),
        ({"bits": 64.0}, '{"Bits": 64}'),
        ({"elements": 8.0, "bytes": 64.0}, '{"ElementsAndBytes": {"elements": 8, "bytes": 64}}'),
    ],
)
def test_throughputs_are_whole_numbers_as_in_criterions_files(amounts: dict[str, float], throughput: str) -> None:
    (found,) = benchmarks(criterion(throughput=amounts)).values()
    assert json.dumps(found["criterion_benchmark_v1"]["throughput"]) == throughput


def test_only_an_id_of_several_targets_has_its_target_before_it() -> None:
    found = benchmarks(criterion(), criterion(target="merkle"), criterion("b", target="merkle"))
    assert list(found) == ["field/fft/8192", "merkle/fft/8192", "b"]


def test_variants_and_processes_are_told_apart() -> None:
    found = benchmarks(criterion(), criterion(variant="lto"), criterion(process=2))
    assert list(found) == ["fft/8192", "fft/8192 [lto]", "fft/8192 #2"]


def test_ids_are_kept_whatever_they_are() -> None:
    assert list(benchmarks(*map(criterion, HOSTILE))) == list(HOSTILE)


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (printed("odd"), "critcmp takes every number for nanoseconds, and these are none"),
        (
            criterion("odd", unit=None),
            "critcmp takes every number for nanoseconds, and the unit of its numbers is not known",
        ),
        (
            criterion("odd", estimates=without("mean", "std_dev")),
            "critcmp needs Criterion's estimates with their intervals and standard errors, and some are missing: "
            "mean, std_dev",
        ),
        (
            criterion("odd", estimates={**ESTIMATES, "mean": Estimate(point=1.0)}),
            "critcmp needs Criterion's estimates with their intervals and standard errors, and some are missing: mean",
        ),
        (criterion("odd", throughput={"bytes": 0.5}), "critcmp knows only whole numbers of bytes and elements"),
        (criterion("a"), "another measurement has the same name"),
    ],
)
def test_what_critcmp_would_show_wrongly_is_left_out_and_named(odd: Any, why: str) -> None:
    exported = critcmp_baseline.text([labelled(criterion("a"), odd)])
    assert exported.left_out == (f"field/{odd.id} is left out, since {why}.",)
    assert list(json.loads(exported.text)["benchmarks"]) == ["a"]


def test_a_log_alone_cannot_be_exported() -> None:
    with pytest.raises(RefusedError, match=r"^Nothing can be exported for critcmp: old/bench_add is left out, since "):
        critcmp_baseline.text([labelled(libtest())])


def test_several_sources_are_refused() -> None:
    with pytest.raises(RefusedError, match="holds one baseline: export one source at a time"):
        critcmp_baseline.text(two_sources())
