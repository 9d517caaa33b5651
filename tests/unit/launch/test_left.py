"""What is told of a run that was left, as far as its records know."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.launch import left
from benchmarks.runs import attempts, record_files
from benchmarks.runs.records import CurrentAttempt, Destination
from tests.support import records


def test_an_instance_that_was_left_is_told_of_with_its_cost_and_the_way_back(tmp_path: Path) -> None:
    directory = tmp_path / "r1"
    tags = {"benchmarks:usd-per-hour": "0.357", "benchmarks:lifetime": "240"}
    record_files.write(directory, records.instances("i-1", instances=(records.instance("i-1", tags=tags),)))
    record_files.write(directory / "i-1", records.READY)
    assert left.hosts(directory) == []
    attempts.leave(directory / "i-1")
    assert left.hosts(directory) == ["i-1"]
    assert left.of_records(directory, "eu-central-1").splitlines() == [
        "The run r1 goes on measuring, without this process.",
        "i-1 (c7i.large) still runs: it costs $0.357 an hour and switches itself off by 12:15 UTC on 2026-05-19.",
        f"To end what is left: ./inv bench.terminate --run-id r1 --region eu-central-1 --runs-dir {tmp_path}",
        f"To come back to it: ./inv bench.attach r1 --runs-dir {tmp_path}",
    ]


@pytest.mark.parametrize(
    ("limited", "left_out"),
    [
        (("localhost", "i-1"), ["i-2", "host-3"]),
        (("localhost", "i-1", "i-2", "host-3"), []),
        # A mistake, for which nothing is kept running.
        (("localhost",), []),
    ],
)
def test_a_limit_leaves_out_what_it_does_not_name_unless_that_is_all(
    limited: tuple[str, ...], left_out: list[str]
) -> None:
    assert left.left_out(("i-1", "i-2", "host-3"), limited) == left_out
    assert left.left_out(("i-1",), ("localhost",)) == []


def test_of_hosts_that_a_limit_leaves_out_it_is_told_what_they_cost_and_the_way_back(tmp_path: Path) -> None:
    directory = tmp_path / "r1"
    record_files.write(directory, records.instances("i-1", "i-2"))
    back = f"To come back to it: ./inv bench.attach r1 --runs-dir {tmp_path}"
    assert left.untouched(directory, "eu-central-1", ["i-2", "host-3"]).splitlines() == [
        "Left as they are, since --limit leaves them out: i-2, host-3.",
        "i-2 (c7i.large) still runs: it costs money.",
        f"To end what is left: ./inv bench.terminate --run-id r1 --region eu-central-1 --runs-dir {tmp_path}",
        back,
    ]
    assert left.untouched(directory, "eu-central-1", ["host-3"]).splitlines() == [
        "Left as they are, since --limit leaves them out: host-3.",
        back,
    ]


@pytest.mark.parametrize(
    ("has_profile", "destination", "told"),
    [
        (True, records.preflight().destination, "What it measures is uploaded to s3://mine by the instance itself."),
        (False, records.preflight().destination, "What it measures stays on the instance: come back before that "),
        (True, None, "What it measures stays on the instance: come back before that switches itself off."),
    ],
)
def test_what_becomes_of_the_results_is_told(
    tmp_path: Path, has_profile: bool, destination: Destination | None, told: str
) -> None:
    assert left.results(tmp_path) == ""
    launches = (records.launch_plan(has_profile=has_profile),)
    record_files.write(tmp_path, records.preflight(launches=launches, destination=destination))
    assert left.results(tmp_path).startswith(told)
    record_files.write(tmp_path, records.instances("i-1"))
    assert left.of_records(tmp_path, None).splitlines()[-2].startswith(told)


def test_of_several_instances_it_is_told_which_hosts_are_not_launched_yet(tmp_path: Path) -> None:
    launches = tuple(records.launch_plan(host=number, has_profile=True) for number in (1, 2, 3))
    record_files.write(tmp_path, records.preflight(launches=launches))
    uploaded = "What it measures is uploaded to s3://mine by the instances themselves."
    assert left.results(tmp_path) == uploaded
    record_files.write(tmp_path, records.instances("i-1", "i-2"))
    assert left.results(tmp_path) == f"{uploaded} Until you come back, nothing launches host-3."
    assert left.ended("r1", tmp_path).startswith(
        "What it had measured is uploaded to s3://mine as its instances go down. To fetch it: "
    )
    record_files.write(tmp_path, records.preflight(launches=launches[:2], destination=None))
    assert left.results(tmp_path) == (
        "What it measures stays on the instances: come back before they switch themselves off."
    )


def test_what_is_measured_on_a_machine_of_ones_own_stays_there(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.preflight(launches=()))
    assert left.results(tmp_path) == ""


def test_a_machine_of_ones_own_that_was_left_is_named(tmp_path: Path) -> None:
    directory = tmp_path / "r1"
    record_files.write(directory / "192.0.2.7", CurrentAttempt(number=2))
    attempts.leave(directory / "192.0.2.7")
    assert left.of_records(directory, None).splitlines() == [
        "The run r1 goes on measuring on 192.0.2.7, without this process.",
        "To end it, type there: sudo systemctl stop 'benchmarks-r1-*'",
        f"To come back to it: ./inv bench.attach r1 --runs-dir {tmp_path}",
    ]


@pytest.mark.parametrize("has_plan", [True, False])
def test_a_run_on_a_machine_of_ones_own_is_not_ended_with_instances(tmp_path: Path, has_plan: bool) -> None:
    directory = tmp_path / "r1"
    assert left.of_own_machine(directory) == ""
    record_files.write(directory, records.machine(host="me@192.0.2.7"))
    if has_plan:
        record_files.write(directory, records.preflight(launches=()))
    assert left.of_own_machine(directory).splitlines() == [
        "The run r1 has no instance: it is on your machine me@192.0.2.7, where nothing was ended.",
        "To end it, type there: sudo systemctl stop 'benchmarks-r1-*'",
        f"To come back to it: ./inv bench.attach r1 --runs-dir {tmp_path}",
    ]
    record_files.write(directory, records.instances("i-1"))
    assert left.of_own_machine(directory) == ""


def test_a_run_that_launches_is_on_no_machine_of_ones_own(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.machine(instance_type="c7i.large"))
    assert left.of_own_machine(tmp_path) == ""
    record_files.write(tmp_path, records.preflight())
    assert left.of_own_machine(tmp_path) == ""
