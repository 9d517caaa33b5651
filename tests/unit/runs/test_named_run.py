"""Which run of a directory a word stands for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.runs import locks, named_run, parameters_file, record_files
from benchmarks.runs.records import Instances
from tests.support import recorded_runs, records


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """The directory of three runs, whose ids do not tell in which order they were begun."""
    recorded_runs.begin(tmp_path, "nightly-b", minutes=0)
    recorded_runs.begin(tmp_path, "nightly-a", minutes=1)
    recorded_runs.begin(tmp_path, "again", minutes=2, hosts=())
    return tmp_path


def refusal(runs_dir: Path, given: str, *, elsewhere: bool = False) -> str:
    with pytest.raises(RefusedError) as refused:
        named_run.find(runs_dir, given, elsewhere=elsewhere)
    return str(refused.value)


@pytest.mark.parametrize(
    ("given", "run"),
    [
        ("nightly-a", "nightly-a"),
        ("ag", "again"),
        ("latest", "again"),
        ("latest~0", "again"),
        ("latest~1", "nightly-a"),
        ("latest~2", "nightly-b"),
    ],
)
def test_a_run_is_known_by_its_id_the_start_of_it_or_when_it_was_planned(three: Path, given: str, run: str) -> None:
    assert named_run.find(three, given) == run


def test_a_whole_id_is_not_taken_for_the_start_of_another(three: Path) -> None:
    recorded_runs.begin(three, "nightly-a2")
    assert named_run.find(three, "nightly-a") == "nightly-a"


def test_the_start_of_several_ids_is_refused_with_at_most_five_of_them(three: Path) -> None:
    assert refusal(three, "nightly") == "2 runs start with nightly: nightly-a, nightly-b. Give more of the id."
    for number in range(7):
        recorded_runs.begin(three, f"x{number}")
    assert refusal(three, "x", elsewhere=True) == "7 runs start with x: x0, x1, x2, x3, x4, …. Give more of the id."


def test_an_unknown_run_is_refused_with_the_nearest(three: Path) -> None:
    assert refusal(three, "nigthly-b").startswith("There is no run nigthly-b. Did you mean nightly-b? Runs in ")
    assert refusal(three, "a-gain").endswith(f"Runs in {three}: nightly-b, nightly-a, again.")
    assert refusal(three, "") == f"There is no run . Runs in {three}: nightly-b, nightly-a, again."


def test_a_run_of_another_machine_may_be_named_in_full(three: Path) -> None:
    assert named_run.find(three, "elsewhere", elsewhere=True) == "elsewhere"
    assert named_run.find(three, "nightly-a", elsewhere=True) == "nightly-a"
    # No id at all, so that nothing anywhere is called so.
    assert refusal(three, "Else where", elsewhere=True).startswith("There is no run Else where.")


@pytest.mark.parametrize("given", ["again/i-1", "../runs/again", "latest/i-1", "/"])
def test_a_path_and_a_host_of_a_run_are_no_run(three: Path, given: str) -> None:
    assert refusal(three, given, elsewhere=True) == (
        f"{given} is no run's id: give the run alone, without a slash and what follows it."
    )


def test_what_planned_no_run_is_named_in_full_only(three: Path) -> None:
    (three / "ag-setup").mkdir()
    (three / "ag.old").mkdir()
    assert named_run.find(three, "ag") == "again"
    assert named_run.find(three, "ag-setup") == "ag-setup"
    assert "no run ag-s." in refusal(three, "ag-s")


@pytest.mark.parametrize("plan", ["", "{", '{"schema_version": 99}'])
def test_a_damaged_plan_makes_no_older_run_the_latest(three: Path, plan: str) -> None:
    (three / "again/preflight.json").write_text(plan)
    assert named_run.find(three, "ag") == "again"
    assert named_run.find(three, "latest") == "again"
    assert named_run.find(three, "latest~1") == "nightly-a"


def test_a_run_without_a_plan_that_can_be_read_is_as_old_as_its_launch(three: Path) -> None:
    (three / "nightly-b/preflight.json").write_text("{")
    record_files.write(three / "nightly-b", records.instances("i-1"))
    (three / "again/preflight.json").unlink()
    launched = records.STARTED + timedelta(minutes=2)
    again = Instances(region="eu-central-1", instances=(records.instance("i-2", launched=launched),))
    record_files.write(three / "again", again)
    assert named_run.latest_first(three) == ["again", "nightly-a", "nightly-b"]


def test_a_run_that_has_launched_is_known_without_its_plan(tmp_path: Path) -> None:
    (tmp_path / "r1-of-mine").mkdir()
    record_files.write(tmp_path / "r1-of-mine", Instances(region="eu-central-1", instances=()))
    assert named_run.find(tmp_path, "r1") == "r1-of-mine"


@pytest.mark.parametrize("exists", [True, False])
def test_without_any_run_the_directory_is_named(tmp_path: Path, exists: bool) -> None:
    runs = tmp_path if exists else tmp_path / "runs"
    assert refusal(runs, "latest") == (
        f"There is no run in {runs} yet: start one by bench, or give another directory by --runs-dir."
    )
    assert refusal(runs, "r1") == f"There is no run r1. There is no run in {runs} yet."
    assert named_run.find(runs, "r1", elsewhere=True) == "r1"


def test_a_run_that_is_too_long_ago_is_refused_with_the_oldest(three: Path) -> None:
    assert refusal(three, "latest~9") == f"latest~9 does not exist: {three} has 3 runs, the oldest is latest~2."


def test_a_run_that_was_killed_before_it_was_planned_is_found_only_if_it_is_asked_for(three: Path) -> None:
    locks.hold(three / "young", locks.WRAPPER).release()
    # That of another command is no run.
    for name in ("young", "set-up"):
        parameters_file.Request(three / name).write({"instance_type": "c7i.large"})
    assert (named_run.find(three, "latest"), named_run.find(three, "latest", unplanned=True)) == ("again", "young")
    assert named_run.find(three, "y", unplanned=True) == "young"
    assert refusal(three, "y").startswith("There is no run y.")
    assert not named_run.is_begun(three / "set-up")
