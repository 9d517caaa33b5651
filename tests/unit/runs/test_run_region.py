"""The region in which a run's instances may live, whatever is left of its records."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.runs import parameters_file, record_files, run_region
from benchmarks.runs.run_region import Recorded
from tests.support import records

PLAN = records.preflight(launches=(records.launch_plan(region="us-east-1"),))


def test_what_was_launched_counts_before_the_plan_and_the_plan_before_the_parameters(tmp_path: Path) -> None:
    assert run_region.recorded(tmp_path / "gone") is None
    parameters_file.freeze(tmp_path, {"region": "eu-west-3", "host": None})
    assert run_region.recorded(tmp_path) == Recorded("eu-west-3", launched=False)
    record_files.write(tmp_path, PLAN)
    assert run_region.recorded(tmp_path) == Recorded("us-east-1", launched=False)
    record_files.write(tmp_path, records.instances(region="eu-north-1"))
    assert run_region.recorded(tmp_path) == Recorded("eu-north-1", launched=True)


def test_a_damaged_record_gives_way_to_the_next(tmp_path: Path) -> None:
    parameters_file.freeze(tmp_path, {"region": "eu-west-3", "host": None})
    record_files.write(tmp_path, PLAN)
    (tmp_path / "instances.json").write_text("{")
    assert run_region.recorded(tmp_path) == Recorded("us-east-1", launched=False)
    (tmp_path / "preflight.json").write_text("{")
    assert run_region.recorded(tmp_path) == Recorded("eu-west-3", launched=False)


@pytest.mark.parametrize("text", ["", "[]", "region: [", "region: 5", "host: null", "region: ''"])
def test_parameters_that_tell_no_region_are_as_good_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "parameters.yml").write_text(text)
    assert run_region.recorded(tmp_path) is None


def test_a_machine_of_the_users_own_is_in_no_region(tmp_path: Path) -> None:
    parameters_file.freeze(tmp_path, {"region": "eu-west-3", "host": "me@192.0.2.7"})
    assert run_region.recorded(tmp_path) is None
    record_files.write(tmp_path, records.preflight(launches=()))
    assert run_region.recorded(tmp_path) is None
