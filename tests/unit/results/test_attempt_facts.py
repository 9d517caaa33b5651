"""What the results of an attempt depend on is found in the records of its run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.results import attempt_facts
from benchmarks.results.attempt_facts import Facts
from benchmarks.runs import record_files
from benchmarks.runs.records import Attempt, Instances, Preflight
from tests.support import records

ENDED = records.STARTED + timedelta(hours=1)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with two instances, and two attempts on the first: only the second attempt has a record of its build."""
    launched = (records.instance("i-1", zone="eu-central-1a"), records.instance("i-2", host=2, zone="eu-central-1b"))
    record_files.write(tmp_path, Instances(region="eu-central-1", instances=launched))
    for number in (1, 2):
        directory = tmp_path / "i-1" / str(number)
        suite = records.suite(name=f"suite-{number}")
        record_files.write(directory, Attempt(number=number, suite=suite, suite_digest="asked"))
        record_files.write(directory, records.toolchain(kernel=f"6.{number}"))
    record_files.write(tmp_path / "i-1/2", records.build())
    return tmp_path


def facts(run: Path, host: str = "i-1", attempt: int = 2, plan: Preflight | None = None) -> Facts:
    return attempt_facts.of_attempt(run, host, attempt, plan or records.preflight(), ENDED)


def test_each_attempt_is_told_by_its_own_records(run: Path) -> None:
    first, second = facts(run, attempt=1), facts(run, attempt=2)
    assert first.code and second.code and first.platform and second.platform
    assert (first.code.suite, second.code.suite) == ("suite-1", "suite-2")
    assert (first.code.executables, second.code.executables) == ({}, {"a": "0123"})
    assert (first.platform.kernel, second.platform.kernel) == ("6.1", "6.2")


def test_each_host_is_told_by_its_own_launch(run: Path) -> None:
    record_files.write(run / "i-2/1", records.toolchain())
    launches = (records.launch_plan(), records.launch_plan(host=2, cores=8))
    plan = records.preflight(launches=launches)
    one, other = facts(run, plan=plan).platform, facts(run, "i-2", 1, plan).platform
    assert one and other
    assert (one.instance, one.zone, one.cores) == ("i-1", "eu-central-1a", 1)
    assert (other.instance, other.zone, other.cores) == ("i-2", "eu-central-1b", 8)


@pytest.mark.parametrize(
    ("noted", "stopped"), [(None, ()), ("", ()), ("apt-daily.timer\nwhatever\n", ("apt-daily.timer",))]
)
def test_the_services_stopped_for_an_attempt_are_told(run: Path, noted: str | None, stopped: tuple[str, ...]) -> None:
    if noted is not None:
        (run / "i-1/2/stopped-services").write_text(noted)
    first, second = facts(run, attempt=1).platform, facts(run, attempt=2).platform
    assert first and second
    assert (first.stopped_services, second.stopped_services) == ((), stopped)


def test_money_is_counted_for_the_instance_until_the_measurement_ended(run: Path) -> None:
    told = facts(run).money
    assert told and told.cost_usd == pytest.approx(records.PRICE.usd_per_hour)


def test_without_a_toolchain_record_code_and_platform_are_unknown(run: Path) -> None:
    (run / "i-1/2/toolchain.json").write_text("{")
    told = facts(run)
    assert (told.code, told.platform) == (None, None)
    assert told.money and told.tool


def test_without_the_record_of_instances_a_single_launch_is_still_told(run: Path) -> None:
    (run / Instances.FILE).unlink()
    told = facts(run)
    assert told.platform and (told.platform.instance, told.platform.instance_type) == (None, "c7i.large")
    assert told.money and told.money.cost_usd is None
    two = records.preflight(launches=(records.launch_plan(), records.launch_plan(host=2)))
    unknown = facts(run, plan=two)
    assert unknown.platform and (unknown.platform.instance_type, unknown.money) == (None, None)


def test_a_machine_of_ones_own_costs_nothing(tmp_path: Path) -> None:
    record_files.write(tmp_path / "me@192.0.2.7/1", records.toolchain())
    told = facts(tmp_path, "me@192.0.2.7", 1, records.preflight(launches=()))
    assert told.money is None
    assert told.platform and told.platform.region is None
    assert told.code and told.code.suite == "one"
