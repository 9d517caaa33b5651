"""What the directory of a run says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.run_list import recorded_runs
from benchmarks.run_list.recorded_runs import Outcome, Progress, RecordedRun
from benchmarks.runs import failures, locks, record_files
from benchmarks.runs.records import Attempt, CurrentAttempt, Ended, Terminated
from tests.support import listed_runs, records, result_samples
from tests.support import recorded_runs as made


def only(runs_dir: Path) -> RecordedRun:
    (found,) = recorded_runs.all_in(runs_dir)
    return found


def write(run: Path, file: str) -> None:
    path = run / "i-1" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_a_run_is_at_the_step_whose_records_are_not_there_yet(tmp_path: Path) -> None:
    run = made.begin(tmp_path, "r1", hosts=())
    assert only(tmp_path).step == "launching"
    made.begin(tmp_path, "r1")
    assert only(tmp_path).step == "launching"
    for file, step in (
        ("ready.json", "installing"),
        ("1/toolchain.json", "building"),
        ("1/build.json", "measuring"),
        ("1/criterion/a", "finishing"),
        ("1/results.json", "finishing"),
    ):
        write(run, file)
        assert only(tmp_path).step == step


def test_on_a_machine_of_the_users_own_nothing_is_launched(tmp_path: Path) -> None:
    made.begin(tmp_path, "r1", hosts=(), launches=())
    assert only(tmp_path).step == "installing"


def test_results_that_were_to_be_published_and_were_not_are_told(tmp_path: Path) -> None:
    for name, destination in (("r1", records.preflight().destination), ("r2", None)):
        run = made.begin(tmp_path, name, destination=destination)
        made.write(run / "i-1", 1, result_samples.results(result_samples.criterion()))
    unpublished = {run.run_id: run.outcome.is_unpublished for run in recorded_runs.all_in(tmp_path)}
    assert unpublished == {"r1": True, "r2": False}


def test_results_of_an_earlier_attempt_that_were_not_published_are_told(tmp_path: Path) -> None:
    run = made.measured(tmp_path, "r1")
    attempt = Attempt(number=2, suite=records.suite(), suite_digest="other")
    record_files.write(made.write(run / "i-1", 2, result_samples.results(result_samples.criterion())), attempt)
    assert only(tmp_path).outcome.is_unpublished


def test_a_new_attempt_begins_again(tmp_path: Path) -> None:
    run = made.measured(tmp_path, "r1")
    write(run, "ready.json")
    assert only(tmp_path).step == "finishing"
    record_files.write(run / "i-1", CurrentAttempt(number=2))
    write(run, "2/attempt.json")
    assert only(tmp_path).step == "installing"


PLANS = tuple(records.launch_plan(host=number, instance_type=f"c{number}i.large") for number in (1, 2, 3))


def end(run: Path, *hosts: str) -> None:
    record_files.write(run, Terminated(instances=tuple(Ended(instance_id=one, at=records.STARTED) for one in hosts)))


def test_a_run_of_several_hosts_is_at_the_step_of_the_furthest_that_is_at_work(tmp_path: Path) -> None:
    run = made.begin(tmp_path, "r1", hosts=("i-1", "i-2"), launches=PLANS)
    record_files.write(run, records.instances("i-1", "i-2", "i-3"))
    (run / "i-2/ready.json").touch()
    assert only(tmp_path).step == "installing"
    write(run, "1/build.json")
    assert only(tmp_path).step == "measuring"
    failures.record_failure(run, "i-1", "Measure", "It failed.", attempt=1)
    assert only(tmp_path).step == "installing"
    failures.record_failure(run, "i-2", "Install", "It failed.")
    assert only(tmp_path).step == "launching"
    end(run, "i-3")
    assert only(tmp_path).step == "measuring"


def test_a_host_that_has_results_is_not_at_work(tmp_path: Path) -> None:
    run = made.measured(tmp_path, "r1", hosts=("i-1", "i-2"), launches=PLANS)
    record_files.write(run, records.instances("i-1", "i-2"))
    (run / "i-2/1/build.json").touch()
    (run / "i-2/1/results.json").unlink()
    assert only(tmp_path).step == "measuring"


def test_a_host_that_waits_for_the_quota_counts_only_if_there_is_no_other(tmp_path: Path) -> None:
    run = made.measured(tmp_path, "r1", hosts=("i-1", "i-2"), launches=PLANS)
    record_files.write(run, records.instances("i-1", "i-2"))
    end(run, "i-1")
    assert only(tmp_path).step == "finishing"
    end(run, "i-1", "i-2")
    assert only(tmp_path).step == "launching"
    failures.record_failure(run, "host-3", "Launch", "EC2 has no capacity.")
    assert only(tmp_path).step == "finishing"


def test_how_many_hosts_are_done_have_failed_and_wait_is_known_of_several(tmp_path: Path) -> None:
    run = made.measured(tmp_path, "r1", hosts=("i-1", "i-2"), launches=PLANS)
    record_files.write(run, records.instances("i-1", "i-2"))
    assert only(tmp_path).progress == Progress(done=2, failed=0, waiting=1, hosts=3)
    failures.record_failure(run, "i-2", "Measure", "It failed.", attempt=1)
    failures.record_failure(run, "host-3", "Launch", "EC2 has no capacity.")
    assert only(tmp_path).progress == Progress(done=1, failed=2, waiting=0, hosts=3)
    made.begin(tmp_path, "r1")
    assert only(tmp_path).progress is None


def test_the_types_of_a_run_are_known_and_the_plan_of_each_instance(tmp_path: Path) -> None:
    again = records.launch_plan(host=4, instance_type="c1i.large")
    run = made.begin(tmp_path, "r1", launches=(*PLANS[::-1], again))
    record_files.write(run, records.instances("i-1", "i-2"))
    found = only(tmp_path)
    assert found.machines == ("c1i.large", "c2i.large", "c3i.large")
    assert [found.plan_of(one) for one in found.instances] == list(PLANS[:2])
    # An instance that the plan does not know has not the price of another.
    assert found.plan_of(records.instance("i-9", host=9)) is None


def test_what_came_of_a_run_is_told_by_results_and_failures(tmp_path: Path) -> None:
    run = made.begin(tmp_path, "r1")
    assert only(tmp_path).outcome == Outcome(is_partial=True)
    failures.record_failure(run, "i-1", "Build", "The build failed.", "benchmark", 1)
    assert only(tmp_path).outcome == Outcome(is_partial=True, failed=("benchmark",))
    made.write(run / "i-1", 1, result_samples.results(result_samples.criterion(), expected=1))
    assert only(tmp_path).outcome == Outcome(1, failed=("benchmark",), is_unpublished=True)


def test_an_attempt_that_was_published_without_a_log_has_no_results(tmp_path: Path) -> None:
    run = made.begin(tmp_path, "r1")
    attempt = run / "i-1/1"
    attempt.mkdir()
    record_files.write(attempt, records.published(keys={"manifest.json": "x/manifest.json"}))
    assert not only(tmp_path).outcome.has_results


def test_fewer_benchmarks_than_a_suite_has_are_a_part(tmp_path: Path) -> None:
    run = made.begin(tmp_path, "r1")
    twice = (result_samples.criterion(process=1), result_samples.criterion(process=2))
    made.write(run / "i-1", 1, result_samples.results(*twice, expected=2))
    record_files.write(run / "i-1/1", records.published())
    assert only(tmp_path).outcome == Outcome(1, is_partial=True)
    for lost in ({"problems": ("One is damaged.",)}, {"partial": "It was stopped."}):
        made.write(run / "i-1", 1, result_samples.results(*twice, **lost))
        assert only(tmp_path).outcome == Outcome(1, is_partial=True)


def test_a_host_without_results_makes_a_run_a_part(tmp_path: Path) -> None:
    plans = (records.launch_plan(), records.launch_plan(host=2))
    made.measured(tmp_path, "r1", launches=plans)
    assert only(tmp_path).outcome == Outcome(1, is_partial=True)


def test_a_run_of_a_version_that_wrote_no_results_has_them_if_it_published(tmp_path: Path) -> None:
    run = made.begin(tmp_path, "r1")
    record_files.write(run / "i-1/1", records.published(keys={"benchmark.log": "x/benchmark.log"}))
    outcome = only(tmp_path).outcome
    assert (outcome.has_results, outcome.is_partial) == (True, False)


def test_a_machine_of_the_users_own_is_called_by_its_name(tmp_path: Path) -> None:
    run = made.begin(tmp_path, "r1", launches=())
    record_files.write(run, records.machine(host="me@box"))
    assert (only(tmp_path).machines, only(tmp_path).region) == (("me@box",), None)


def test_a_run_is_known_with_its_suite_type_region_and_instances(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1", "i-1", "i-2")
    run = only(tmp_path)
    assert (run.run_id, run.suite, run.machines, run.region) == ("r1", "one", ("c7i.large",), "eu-central-1")
    assert [one.instance_id for one in run.not_ended] == ["i-1", "i-2"]
    listed_runs.launched(tmp_path, "r1", ended=True)
    assert only(tmp_path).not_ended == ()


@pytest.mark.parametrize(
    ("content", "keeps"), [("keep: true", True), ("keep: false", False), ("{", False), (None, False)]
)
def test_whether_instances_are_kept_is_a_parameter_of_the_run(tmp_path: Path, content: str | None, keeps: bool) -> None:
    run = made.begin(tmp_path, "r1")
    if content:
        (run / "parameters.yml").write_text(content)
    assert only(tmp_path).keeps == keeps


def test_a_run_is_followed_as_long_as_a_process_holds_one_of_its_locks(tmp_path: Path) -> None:
    run = made.begin(tmp_path, "r1")
    assert not only(tmp_path).is_followed
    for name in (locks.WRAPPER, locks.PLAYBOOK):
        lock = locks.hold(run, name)
        assert only(tmp_path).is_followed
        lock.release()
        assert not only(tmp_path).is_followed


def test_what_is_no_run_is_left_out_and_a_damaged_plan_is_named(tmp_path: Path) -> None:
    made.begin(tmp_path, "r1")
    (made.begin(tmp_path, "r2") / "preflight.json").write_text("{")
    (made.begin(tmp_path, "r3") / "preflight.json").unlink()
    record_files.write(tmp_path / "r3", records.instances("i-1"))
    (tmp_path / "setup").mkdir()
    (made.begin(tmp_path, "Not an id") / "preflight.json").write_text("{")
    assert only(tmp_path).run_id == "r1"
    assert recorded_runs.damaged(tmp_path) == ["r2", "r3"]
    assert list(recorded_runs.all_in(tmp_path / "none")) == []
