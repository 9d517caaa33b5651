"""The input of github-action-benchmark, read as strictly as its README says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.exports import github_benchmarks
from benchmarks.results.labelled import Labelled
from tests.support.result_samples import criterion, labelled, libtest, platform, printed, two_sources


def read(*sources: Labelled) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(github_benchmarks.text(sources).text)
    assert found
    for entry in found:
        assert {"name", "unit", "value"} <= entry.keys() <= {"name", "unit", "value", "range", "extra"}
        assert type(entry["value"]) in (int, float)
        assert all(isinstance(entry[key], str) for key in entry.keys() - {"value"})
        # How the action finds the number in a range, to convert its unit.
        assert re.fullmatch(r"(\+-|±)\s*\d.*", entry.get("range", "± 0"))
        # The action puts names into its comments' tables, between backticks.
        assert not set("`|\n") & set(entry["name"])
    assert len({entry["name"] for entry in found}) == len(found)
    return found


def test_an_entry_has_the_estimate_its_interval_and_its_throughput() -> None:
    assert read(labelled(criterion(throughput={"bytes": 50.0}))) == [
        {
            "name": "new: field/fft/8192",
            "unit": "ns",
            "value": 100.0,
            "range": "± 1",
            "extra": "slope of 3 samples\n95% interval 99.00 ns to 101.0 ns\n5e+08 B/s",
        }
    ]


def test_libtests_spread_is_the_range_as_libtest_prints_it() -> None:
    assert read(labelled(libtest())) == [
        {"name": "new: old/bench_add", "unit": "ns", "value": 254.0, "range": "± 35", "extra": "median"}
    ]


@pytest.mark.parametrize(("unit", "shown"), [("Kcycles", "Kcycles"), (None, ""), ("", "")])
def test_a_unit_is_only_what_is_known(unit: str | None, shown: str) -> None:
    assert read(labelled(printed(unit=unit)))[0]["unit"] == shown


@pytest.mark.parametrize(
    ("changes", "machine"),
    [
        ({"platform": platform(instance_type="c7i.large"), "host": "i-0123"}, "c7i.large"),
        ({"platform": platform(), "host": "desk"}, "desk"),
        ({}, "new"),
    ],
)
def test_a_name_begins_with_what_the_next_run_has_too(changes: dict[str, Any], machine: str) -> None:
    assert [one["name"] for one in read(labelled(criterion(), **changes))] == [f"{machine}: field/fft/8192"]


def test_every_benchmark_of_every_source_and_target_has_a_name() -> None:
    sources = two_sources()
    names = [one["name"] for one in read(*sources)]
    assert len(names) == sum(len(one.results.measurements) for one in sources)
    assert {f"{machine}: {target}/fft/8192" for machine in ("c7i.large", "desk") for target in ("field", "merkle")} < {
        *names
    }


def test_a_name_does_not_depend_on_what_else_is_there() -> None:
    one, other = two_sources()
    assert [entry["name"] for entry in read(one, other)][: len(one.results.measurements)] == [
        entry["name"] for entry in read(one)
    ]


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (
            printed("odd", direction="larger"),
            "larger values are better, and the file is read as of smaller ones",
        ),
        (criterion(), "another measurement has the same name"),
    ],
)
def test_what_the_action_would_take_wrongly_is_left_out_and_named(odd: Any, why: str) -> None:
    exported = github_benchmarks.text([labelled(criterion(), odd)])
    assert exported.left_out == (f"field/{odd.id} is left out, since {why}.",)


def test_an_export_of_nothing_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"^Nothing can be exported for github-action-benchmark: field/odd "):
        github_benchmarks.text([labelled(printed("odd", direction="larger"))])


def test_two_sources_of_one_machine_are_refused() -> None:
    changes = {"platform": platform(instance_type="c7i.large")}
    with pytest.raises(RefusedError) as refused:
        github_benchmarks.text([labelled(criterion(), label=label, **changes) for label in ("a", "b")])
    assert str(refused.value) == (
        "a and b are both of c7i.large, so github-action-benchmark would take their benchmarks for the same: "
        "export one of them at a time."
    )
