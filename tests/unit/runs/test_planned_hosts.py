"""The hosts that a run has planned, and the instances that they have become."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.runs import failures, planned_hosts, record_files
from tests.support import records

PLANS = tuple(records.launch_plan(host=number, instance_type=f"c{number}i.large") for number in (1, 2, 3))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of three hosts, of which the first two have been launched."""
    record_files.write(tmp_path, records.preflight(launches=PLANS))
    record_files.write(tmp_path, records.instances("i-1", "i-2"))
    return tmp_path


def test_a_host_has_its_instances_name_once_that_is_launched(run: Path) -> None:
    assert planned_hosts.name(run, "host-2") == "i-2"
    assert planned_hosts.name(run, "host-3") == "host-3"
    assert planned_hosts.name(run, "i-2") == "i-2"
    assert planned_hosts.name(run / "nowhere", "host-1") == "host-1"


def test_each_host_has_its_own_launch() -> None:
    plan, launched = records.preflight(launches=PLANS), records.instances("i-1", "i-2")
    assert planned_hosts.launch(plan, launched, "i-2") == PLANS[1]
    assert planned_hosts.launch(plan, launched, "i-9") is None


def test_without_a_record_of_instances_only_a_single_launch_is_known() -> None:
    assert planned_hosts.launch(records.preflight(launches=PLANS), None, "i-1") is None
    assert planned_hosts.launch(records.preflight(launches=PLANS[:1]), None, "i-1") == PLANS[0]


def test_what_was_neither_launched_nor_refused_is_waiting(run: Path) -> None:
    assert planned_hosts.waiting(run) == ("host-3",)
    failures.record_failure(run, "host-3", "Launch", "EC2 has no capacity.")
    assert planned_hosts.waiting(run) == ()


def test_an_instance_that_exists_and_is_not_in_the_records_is_told(run: Path) -> None:
    assert planned_hosts.unrecorded(run, ("i-1", "i-3")) == ("i-3",)
    (run / "instances.json").unlink()
    assert planned_hosts.unrecorded(run, ("i-1",)) == ("i-1",)


def test_nothing_waits_that_is_gone_or_before_anything_was_launched(run: Path) -> None:
    record_files.write(run, records.preflight(launches=PLANS, gone=(3,)))
    assert planned_hosts.waiting(run) == ()
    (run / "instances.json").unlink()
    assert planned_hosts.waiting(run) == ()
