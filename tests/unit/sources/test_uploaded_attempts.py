"""Results and cost of runs of which only the instance has uploaded something."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.results import result_keys
from benchmarks.results.labelled import S3Object
from benchmarks.runs.records import Price
from benchmarks.runs.result_records import Results
from benchmarks.sources import reading, s3_sources
from benchmarks.sources.places import Place
from tests.support import host_uploads, records
from tests.support.host_uploads import LAUNCHED, files, manifest, objects, plan, request
from tests.support.result_bucket import FOLDER, KEY
from tests.support.s3_bucket import bucket

RUN = result_keys.run_of(FOLDER)
assert RUN
URI = f"s3://mine/{KEY}"


def results(found: dict[str, bytes]) -> Results:
    """What a run's id stands for; the same as its folder."""
    assert RUN
    (one,) = s3_sources.of_runs(bucket(found), "mine", [RUN])
    (same,) = s3_sources.of_uri(bucket(found), f"s3://mine/{FOLDER}")
    assert same.results == one.results
    assert (one.label, one.log) == ("r1", S3Object("mine", f"{KEY}benchmark.log"))
    return one.results


def ids(found: Results) -> list[str]:
    return [one.id for one in found.measurements]


def test_results_are_made_as_on_the_controller() -> None:
    named = files("mul", "sum")
    found = results({**request(plan(expected=2)), **objects(named, manifest(named))})
    assert ids(found) == ["mul", "sum"]
    assert (found.run_id, found.host, found.attempt, found.started) == ("r1", "i-1", 1, plan().started)
    assert (found.expected, found.partial, found.problems) == (2, None, ())
    assert [(one.instance, one.attempt, one.target, one.unit) for one in found.measurements] == [
        ("i-1", 1, "all", "ns")
    ] * 2
    assert found.measurements[0].samples
    assert found.measurements[-1].ended == LAUNCHED + timedelta(minutes=30)
    assert found.code and found.platform and found.tool
    assert (found.code.suite, found.code.rustflags, found.code.target_cpu) == ("plonky2", "-C opt-level=3", "x86-64")
    assert (found.platform.instance, found.platform.instance_type, found.platform.zone) == ("i-1", "c7i.large", None)
    assert (found.platform.region, found.platform.lifecycle, found.platform.cores) == ("eu-central-1", "on-demand", 1)


def test_the_cost_follows_from_the_plans_price_and_the_times_of_the_instance() -> None:
    named = files("mul")
    found = results({**request(plan()), **objects(named, manifest(named))})
    assert found.money
    assert found.money.usd_per_hour == 0.357
    assert found.money.cost_usd == pytest.approx(0.357 / 2)
    assert found.notes[-1] == (
        "Uploaded by the instance itself, at 09:16 UTC on 2026-05-19. Its cost until then: c7i.large for 60 min 0 s at "
        "$0.357/h: $0.3570 (AWS Price List, 2026-05-19; storage and traffic not counted). When it ended is not known "
        "here."
    )


def test_without_times_of_benchmarks_the_cost_is_that_until_the_end_of_the_unit() -> None:
    named = {name: content for name, content in files("mul").items() if name != "activity"}
    found = results({**request(plan()), **objects(named, manifest(named))})
    assert found.money
    assert found.money.cost_usd == pytest.approx(0.357 * 59 / 60)


def test_of_a_spot_instance_the_price_is_that_of_the_launch_and_the_cost_not_known() -> None:
    named = files("mul")
    spot = plan(launches=(records.launch_plan(spot=True),))
    found = results({**request(spot), **objects(named, manifest(named))})
    assert found.money and found.platform
    assert (found.money.cost_usd, found.platform.lifecycle) == (None, "spot")


SWEEP = tuple(
    records.launch_plan(
        host=number, instance_type=name, cores=number, price=Price(usd_per_hour=usd, source="AWS", date="")
    )
    for number, (name, usd) in enumerate((("c8g.large", 0.2), ("c7i.large", 0.4)), 1)
)
OF_C8G, OF_C7I = (FOLDER.replace("c7i.large_1c", f"{one.instance_type}_{one.cores}c") for one in SWEEP)


def sweep(*, with_manifest: bool = True) -> dict[str, bytes]:
    """What the instances of a run of two types have uploaded: i-1 of the first, and i-2 of the second."""
    (asked,) = request(plan(launches=SWEEP)).values()
    named = files("mul")
    found: dict[str, bytes] = {}
    for folder, host, launch in ((OF_C8G, "i-1", SWEEP[0]), (OF_C7I, "i-2", SWEEP[1])):
        said = manifest(named, host=host, instance_type=launch.instance_type) if with_manifest else None
        found |= {f"{folder}run.json": asked, **objects(named, said, f"{folder}{host}/1/")}
    return found


def test_a_run_of_several_types_is_one_run_whose_hosts_have_their_own_type_and_price() -> None:
    place = Place(Path("/nowhere"), "mine")
    place.__dict__["s3"] = bucket(sweep())
    found = reading.read(["r1"], place)
    assert sorted(one.label for one in found) == ["r1/i-1 (c8g.large)", "r1/i-2 (c7i.large)"]
    each = {one.results.host: one.results for one in found}
    assert {host: one.platform.instance_type for host, one in each.items() if one.platform} == {
        "i-1": "c8g.large", "i-2": "c7i.large",
    }  # fmt: skip
    assert {host: one.platform.cores for host, one in each.items() if one.platform} == {"i-1": 1, "i-2": 2}
    assert {host: one.money.usd_per_hour for host, one in each.items() if one.money} == {"i-1": 0.2, "i-2": 0.4}
    assert "c8g.large for 60 min 0 s at $0.2/h: $0.2000" in each["i-1"].notes[-1]


def test_the_type_of_a_host_without_a_manifest_is_that_of_its_folder() -> None:
    (found,) = s3_sources.of_uri(bucket(sweep(with_manifest=False)), f"s3://mine/{OF_C7I}")
    assert found.results.platform and found.results.money
    assert (found.results.platform.instance_type, found.results.money.usd_per_hour) == ("c7i.large", 0.4)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            {"run": ("success", "killed", "TERM", "spot-notice")},
            "The benchmark run was stopped because EC2 takes the spot instance back; ",
        ),
        ({"run": ("timeout", "killed", "TERM")}, "The benchmark run was stopped at its limit of 90 minutes; "),
        ({"run": ("exit-code", "exited", "101")}, "The benchmark run failed with exit status 101."),
        (
            {"run": None},
            "The benchmark run left no result: nobody was there to begin it, or the machine was restarted.",
        ),
        ({"build": ("exit-code", "exited", "101"), "run": None}, "The build failed with exit status 101."),
        ({"missing": ("criterion.tar.gz",)}, "i-1 could not upload everything: there is no criterion.tar.gz."),
    ],
)
def test_what_was_cut_short_is_partial_and_says_why(said: dict[str, Any], why: str) -> None:
    named = files("mul")
    found = results({**request(plan(expected=74)), **objects(named, manifest(named, **said))})
    assert ids(found) == ["mul"]
    assert found.partial and found.partial.startswith(f"1 of 74 benchmarks were measured: {why}")


@pytest.mark.parametrize("left", [["benchmark.log"], ["benchmark.log", "criterion.tar.gz", "toolchain.json"]])
def test_what_an_instance_that_was_cut_off_has_uploaded_counts_and_is_partial(left: list[str]) -> None:
    named = {name: content for name, content in files("mul", "sum").items() if name in left}
    found = results({**request(plan(expected=74)), **objects(named, None)})
    assert ids(found) == ["mul", "sum"]
    assert found.partial == (
        f"2 of 74 benchmarks were measured: {URI[:-1]} is not complete: it is still uploaded, or the instance was cut "
        "off."
    )
    assert found.notes[-1] == (
        f"What it cost is not known: {URI[:-1]} has no host.json, which says when the instance was launched."
    )
    assert (found.measurements[0].samples is None) == (left == ["benchmark.log"])


def test_a_file_that_is_not_what_the_instance_has_uploaded_is_left_out_and_named() -> None:
    named = files("mul", "sum")
    there = {**objects(named, manifest(named)), f"{KEY}criterion.tar.gz": host_uploads.archive("other")}
    del there[f"{KEY}build.json"]
    found = results({**request(plan()), **there})
    assert ids(found) == ["mul", "sum"]
    assert {one.samples for one in found.measurements} == {None}
    assert found.problems == (
        f"{URI}build.json is missing, which the instance has uploaded.",
        f"{URI}criterion.tar.gz is not what the instance has uploaded, by its checksum, and is left out.",
    )


def test_an_archive_that_cannot_be_unpacked_is_named_and_the_log_counts() -> None:
    named = {**files("mul"), "criterion.tar.gz": host_uploads.archive("mul")[:-20]}
    found = results({**request(plan()), **objects(named, manifest(named))})
    assert ids(found) == ["mul"]
    assert found.problems[0].startswith(f"{URI}criterion.tar.gz cannot be unpacked: ")


@pytest.mark.parametrize("spoilt", [{}, {f"{FOLDER}run.json": b"{"}])
def test_without_the_runs_request_the_numbers_count_and_what_is_not_known_is_said(spoilt: dict[str, bytes]) -> None:
    named = files("mul")
    found = results({**spoilt, **objects(named, manifest(named))})
    assert ids(found) == ["mul"]
    assert (found.run_id, found.host, found.code, found.money) == ("r1", "i-1", None, None)
    assert found.platform and found.platform.instance_type == "c7i.large"
    assert found.notes[-1] == (
        "What was asked of the run is not known, nor what it cost: its run.json in S3 is missing or damaged."
    )


@pytest.mark.parametrize("said", [b"{", b'{"schema_version": 99}', None])
def test_a_damaged_manifest_or_that_of_another_attempt_is_none(said: bytes | None) -> None:
    named = files("mul")
    there = objects(named, manifest(named, host="i-2"))
    found = results({**request(plan(expected=1)), **there, **({f"{KEY}host.json": said} if said else {})})
    assert ids(found) == ["mul"]
    assert found.money and found.money.cost_usd is None


def test_the_last_copy_of_the_request_counts() -> None:
    named = files("mul")
    (second,) = request(plan(expected=74)).values()
    found = results({**request(plan(expected=1)), f"{FOLDER}run.10.json": second, **objects(named, manifest(named))})
    assert found.expected == 74


def test_names_in_a_manifest_lead_nowhere_else(tmp_path: Any) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    named = files("mul")
    said = manifest({**named, str(outside): b"x", "../../../../outside": b"x"})
    assert results({**request(plan()), **objects(named, said)}).problems == ()
    assert outside.read_text() == "mine"


def test_nothing_but_a_failed_build_says_so() -> None:
    named = {"benchmark.log": b"error: could not compile `one`\n"}
    failed = manifest(named, build=("exit-code", "exited", "101"), run=None)
    found = results({**request(plan()), **objects(named, failed)})
    assert ids(found) == []
    assert found.problems == (f"{URI[:-1]} has no benchmark results: The build failed with exit status 101.",)


def test_what_a_controller_has_published_too_is_read_from_its_record() -> None:
    named = files("mul")
    record = b'{"schema_version": 1, "measurements": [], "problems": ["Nothing."], "run_id": "r1"}'
    there = {f"{KEY}results.json": record, f"{KEY}manifest.json": b"{}"}
    found = results({**request(plan()), **objects(named, manifest(named)), **there})
    assert found.problems == ("Nothing.",)
    cut_off = results({**request(plan()), **objects(named, None), f"{KEY}results.json": record})
    assert cut_off.notes == (f"{URI} is not complete: it is still uploaded, or was cut off.",)


def test_a_run_that_has_only_asked_has_no_results() -> None:
    assert RUN
    (found,) = s3_sources.of_runs(bucket(request(plan())), "mine", [RUN])
    assert found.results.problems == (f"The run r1 has no results in s3://mine/{FOLDER}.",)
    with pytest.raises(RefusedError, match=r"^There are no results below s3://mine/results/"):
        s3_sources.of_uri(bucket(request(plan())), f"s3://mine/{FOLDER}")
