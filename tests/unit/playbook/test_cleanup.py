"""What is done when a run has not ended well: AWS is asked, and no instance is left without a word."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.exceptions
import msgspec
import pytest
from rich.console import Console

from benchmarks.aws import instances
from benchmarks.aws.session import Client
from benchmarks.playbook import cleanup, playbook_process, stages
from benchmarks.playbook.command_line import Command
from benchmarks.runs import attempts, failures, record_files, run_over
from benchmarks.runs.records import CurrentAttempt, Ended, Instances, Preflight, Terminated
from tests.support import recorded_runs, records
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.events import brief
from tests.unit.launch.test_termination import Account

PREFLIGHT = stages.Reached(frozenset({"preflight"}), frozenset(), False)
LAUNCHING = stages.Reached(frozenset({"preflight", "launch"}), frozenset({"preflight"}), False)
MEASURING = stages.Reached(frozenset({"preflight", "launch", "benchmark"}), frozenset({"preflight", "launch"}), False)
DONE = stages.Reached(frozenset({"preflight", "launch", "benchmark", "terminate"}), frozenset({"launch"}), True)


class After:
    """An aftermath on an account, and what it says."""

    def __init__(self, directory: Path, client: Client, *, launches: bool = True, **more: Any) -> None:
        self.said = io.StringIO()
        console = Console(file=self.said, width=200, highlight=False, markup=False)
        self.instances = cleanup.Instances(
            run_id="r1",
            directory=directory,
            region="eu-central-1",
            console=console,
            connect=lambda region: lambda service, region=None: client,
        )
        given: dict[str, Any] = {"keeps": False, "fresh": True, "named": False, **more}
        self.made = cleanup.BenchmarkCleanup(
            run_id="r1",
            directory=directory,
            instances=self.instances if launches else None,
            finish=Command(("ansible-playbook",), {}),
            console=console,
            **given,
        )

    @property
    def text(self) -> str:
        return self.said.getvalue()


@pytest.fixture(autouse=True)
def no_finish(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands in for the playbook that brings back; what is called is noted."""
    called: list[str] = []

    def playing(command: Any) -> Any:
        called.append("finish")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(playbook_process, "Playing", playing)
    return called


def test_an_instance_is_ended_though_nothing_can_be_brought_back(tmp_path: Path, no_finish: list[str]) -> None:
    account = Account("i-1")
    after = After(tmp_path, account.client)
    after.made.of_failure(-9, MEASURING)
    assert no_finish == ["finish"]
    assert account.ids == set()
    assert "ansible-playbook ended early (SIGKILL)" in after.text
    assert "Partial results could not be collected: [Errno 28] No space left on device." in after.text
    assert "Ended i-1; nothing of the run is left." in after.text
    told = [event for event in brief(tmp_path) if event[0] == "clean-up"]
    assert [sentence for _, sentence in told] == after.text.splitlines()


def test_a_playbook_that_came_to_its_end_is_not_finished_again(tmp_path: Path, no_finish: list[str]) -> None:
    After(tmp_path, Account().client).made.of_failure(2, DONE)
    assert no_finish == []


def test_after_a_signal_instances_are_ended_first_of_all(tmp_path: Path, no_finish: list[str]) -> None:
    account = Account("i-1")
    after = After(tmp_path, account.client)
    after.made.of_signal(MEASURING)
    assert no_finish == []
    assert account.ids == set()


def test_a_signal_while_launching_waits_for_what_turns_up_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleanup, "LATE_ARRIVALS", 0.1)
    account = Account(late=("i-1",))
    After(tmp_path, account.client).made.of_signal(LAUNCHING)
    assert account.ids == set()


@pytest.mark.parametrize("keeps", [True, False])
def test_a_run_that_a_signal_ends_before_it_has_an_instance_has_been_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: bool
) -> None:
    monkeypatch.setattr(cleanup, "LATE_ARRIVALS", 0.0)
    After(tmp_path, Account().client, keeps=keeps).made.of_signal(LAUNCHING)
    assert run_over.was_ended(tmp_path)


def at(**hosts: set[str]) -> stages.Reached:
    return replace(MEASURING, hosts=stages.Hosts(**{event: frozenset(names) for event, names in hosts.items()}))


def test_a_run_that_is_left_is_told_of_with_its_cost_and_the_way_back(tmp_path: Path) -> None:
    account = Account("i-1")
    record_files.write(tmp_path / "i-1", records.READY)
    after = After(tmp_path, account.client)
    reached = at(works={"i-1"}, measures={"i-1"})
    after.made.of_leaving(reached)
    # AWS may not answer for long.
    assert account.client.calls == []
    assert attempts.is_left(tmp_path / "i-1")
    after.made.of_left(reached)
    assert account.ids == {"i-1"}
    assert after.text.splitlines() == [
        "The run r1 goes on measuring, without this process.",
        f"To come back to it: ./inv bench.attach r1 --runs-dir {tmp_path.parent}",
        "i-1 (c7i.2xlarge) still runs: it costs $0.357 an hour and switches itself off by 12:15 UTC on 2026-05-19.",
        f"To end what is left: ./inv bench.terminate --run-id r1 --region eu-central-1 --runs-dir {tmp_path.parent}",
    ]


def test_a_run_that_has_measured_when_it_is_left_is_told_of_as_such(tmp_path: Path) -> None:
    after = After(tmp_path, Account("i-1").client)
    after.made.of_leaving(at(works={"i-1"}, measures={"i-1"}, measured={"i-1"}))
    assert after.text.startswith("The run r1 has measured, and its results wait on its instance.\nTo come back to it: ")


def test_a_run_whose_instance_is_gone_when_it_is_left_is_not_said_to_cost_money(tmp_path: Path) -> None:
    after = After(tmp_path, Account().client)
    after.made.of_left(at(works={"i-1"}, measures={"i-1"}))
    assert after.text == "No instance of the run is alive any more.\n"


def test_a_run_that_is_left_where_aws_cannot_be_asked_still_has_a_way_back(tmp_path: Path) -> None:
    account = Account()
    account.client.answers["describe_instances"] = aws_error("ExpiredToken", "expired", "DescribeInstances")
    after = After(tmp_path, account.client)
    reached = at(works={"i-1"}, measures={"i-1"})
    after.made.of_leaving(reached)
    assert after.text.splitlines()[-1].startswith("To come back to it: ./inv bench.attach r1")
    after.made.of_left(reached)
    assert "It is not known whether instances of the run still exist.\n" in after.text


def test_a_run_on_a_machine_of_the_user_s_own_is_left_there(tmp_path: Path) -> None:
    client = FakeClient()
    after = After(tmp_path, client, launches=False)
    reached = at(works={"192.0.2.7"}, measures={"192.0.2.7"})
    after.made.of_leaving(reached)
    after.made.of_left(reached)
    assert after.text.splitlines() == [
        "The run r1 goes on measuring on 192.0.2.7, without this process.",
        f"To come back to it: ./inv bench.attach r1 --runs-dir {tmp_path.parent}",
        "To end it, type there: sudo systemctl stop 'benchmarks-r1-*'",
    ]
    assert client.calls == []


@pytest.mark.parametrize(
    ("has_profile", "launches", "keeps", "goes_on"),
    [(True, True, False, True), (False, True, False, False), (False, True, True, True), (False, False, False, True)],
    ids=["uploads", "does not upload", "is kept", "own machine"],
)
def test_a_measurement_goes_on_when_the_playbook_that_followed_it_is_killed(
    tmp_path: Path, no_finish: list[str], has_profile: bool, launches: bool, keeps: bool, goes_on: bool
) -> None:
    account = Account("i-1")
    record_files.write(tmp_path, records.preflight(launches=(records.launch_plan(has_profile=has_profile),)))
    record_files.write(tmp_path / "i-1", records.READY)
    after = After(tmp_path, account.client, launches=launches, keeps=keeps)
    said = after.made.of_failure(-9, at(works={"i-1"}, measures={"i-1"}))
    assert (no_finish == [], attempts.is_left(tmp_path / "i-1")) == (goes_on, goes_on)
    if goes_on:
        assert account.ids == {"i-1"}
        assert after.text.startswith("ansible-playbook ended early (SIGKILL): leaving the run to itself …\nThe run r1 ")
        back = f"To come back to it: ./inv bench.attach r1 --runs-dir {tmp_path.parent}"
        assert said.splitlines() == ["Nobody follows the run any more.", back]
    else:
        assert account.ids == set()


@pytest.mark.parametrize(
    ("has_profile", "launches", "may"),
    [(True, True, True), (False, True, False), (False, False, True)],
    ids=["uploads", "does not upload", "own machine"],
)
def test_a_run_whose_directory_goes_with_the_container_is_left_if_nothing_is_lost_by_it(
    tmp_path: Path, no_finish: list[str], has_profile: bool, launches: bool, may: bool
) -> None:
    record_files.write(tmp_path, records.preflight(launches=(records.launch_plan(has_profile=has_profile),)))
    given = {"launches": launches, "keeps": True}
    assert After(tmp_path, FakeClient(), **given).made.may_be_left()
    after = After(tmp_path, Account("i-1").client, **given, is_unmounted=True)
    assert after.made.may_be_left() is may
    after.made.of_failure(-9, at(works={"i-1"}, measures={"i-1"}))
    assert (no_finish == []) is may


def test_a_run_whose_directory_goes_with_the_container_is_told_of_with_where_its_results_will_be(
    tmp_path: Path,
) -> None:
    record_files.write(tmp_path, records.preflight(launches=(records.launch_plan(has_profile=True),)))
    after = After(tmp_path, Account("i-1").client, is_unmounted=True)
    reached = at(works={"i-1"}, measures={"i-1"})
    why = f"You cannot come back to it, since no directory is mounted at {tmp_path.parent}."
    results = f"{why} For its results, once it is over: ./inv bench.results --bucket mine {tmp_path.name}"
    after.made.of_leaving(reached)
    assert after.text.splitlines()[-1] == results
    after.made.of_signal(reached)
    assert after.text.splitlines()[-1] == results
    assert "bench.attach" not in after.text
    (tmp_path / Preflight.FILE).unlink()
    after.made.of_leaving(reached)
    assert after.text.splitlines()[-1] == why


@pytest.mark.parametrize("by_itself", [True, False])
def test_what_was_left_measuring_is_not_ended_by_the_failure_of_another_host(
    tmp_path: Path, no_finish: list[str], by_itself: bool
) -> None:
    account = Account("i-1")
    record_files.write(tmp_path / "i-1", records.READY)
    after = After(tmp_path, account.client)
    reached = at(works={"i-1", "i-2"}, measures={"i-1"}, left={"i-1"}, failed={"i-2"}, ending={"i-1", "i-2"})
    said = after.made.of_failure(1, replace(reached, ended_by_itself=by_itself))
    assert (no_finish, account.ids) == ([], {"i-1"})
    assert said.splitlines()[-1].startswith("To come back to it: ./inv bench.attach r1")


def test_what_was_left_measuring_is_ended_by_a_signal(tmp_path: Path) -> None:
    account = Account("i-1")
    After(tmp_path, account.client).made.of_signal(at(measures={"i-1"}, left={"i-1"}))
    assert account.ids == set()


@pytest.mark.parametrize(
    ("has_profile", "reached", "told"),
    [
        (True, at(measures={"i-1"}), True),
        (True, at(works={"i-1"}), False),
        (False, at(measures={"i-1"}), False),
    ],
    ids=["measuring", "building", "without a role"],
)
def test_where_the_results_are_that_an_ended_host_uploads_is_told(
    tmp_path: Path, has_profile: bool, reached: stages.Reached, told: bool
) -> None:
    record_files.write(tmp_path, records.preflight(launches=(records.launch_plan(has_profile=has_profile),)))
    after = After(tmp_path, Account("i-1").client)
    after.made.of_signal(reached)
    assert ("is uploaded to" in after.text) is told
    if told:
        assert after.text.splitlines()[-1] == (
            "What it had measured is uploaded to s3://mine as its instance goes down. To fetch it: ./inv bench.attach "
            f"r1 --runs-dir {tmp_path.parent}"
        )


@pytest.mark.parametrize("ended", ["by a signal", "by a failure"])
def test_what_is_to_be_kept_is_told_of(tmp_path: Path, ended: str) -> None:
    account = Account("i-1")
    record_files.write(tmp_path / "i-1", records.READY)
    after = After(tmp_path, account.client, keeps=True)
    if ended == "by a signal":
        after.made.of_signal(MEASURING)
    else:
        after.made.of_failure(2, DONE)
    assert account.ids == {"i-1"}
    assert "i-1 (c7i.2xlarge) still runs: it costs $0.357 an hour and switches itself off by 12:15" in after.text
    assert "Ended" not in after.text
    assert "To end what is left: ./inv bench.terminate --run-id r1 --region eu-central-1" in after.text


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("ended", ["by a signal", "by a failure"])
def test_an_instance_that_never_answered_is_ended_though_the_run_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: bool, ended: str
) -> None:
    monkeypatch.setattr(cleanup, "LATE_ARRIVALS", 0.1)
    account = Account(*(["i-2"] if late else ["i-1", "i-2"]), late=("i-1",) if late else ())
    record_files.write(tmp_path / "i-2", records.READY)
    after = After(tmp_path, account.client, keeps=True)
    if ended == "by a signal":
        after.made.of_signal(LAUNCHING)
    else:
        after.made.of_failure(-9, LAUNCHING)
    assert account.ids == {"i-2"}
    assert "i-1 is not kept, since this run has never reached it over SSH: nobody could log in there" in after.text
    assert "i-2 (c7i.2xlarge) still runs: it costs $0.357 an hour and switches itself off by" in after.text
    assert "nothing of the run is left" not in after.text


def test_an_instance_that_must_not_be_kept_and_cannot_be_ended_is_told_of_without_a_promise(tmp_path: Path) -> None:
    account = Account("i-1")
    account.client.answers["terminate_instances"] = aws_error("UnauthorizedOperation", "no", "TerminateInstances")
    after = After(tmp_path, account.client, keeps=True)
    after.made.of_failure(2, DONE)
    assert "lacks the permission" in after.text
    assert "and should switch itself off by 12:15 UTC on 2026-05-19, which could not be checked." in after.text


def test_a_run_that_was_to_go_on_and_was_refused_tells_of_its_instance_and_ends_nothing(tmp_path: Path) -> None:
    account = Account("i-1")
    after = After(tmp_path, account.client, fresh=False)
    after.made.of_failure(2, PREFLIGHT)
    after.made.of_signal(PREFLIGHT)
    assert account.ids == {"i-1"}
    assert after.text.count("i-1 (c7i.2xlarge) still runs: ") == 2


def test_a_run_that_was_come_back_to_in_vain_is_told_of_and_was_not_changed(tmp_path: Path) -> None:
    account = Account("i-1")
    after = After(tmp_path, account.client, fresh=False, attaches=True)
    assert after.made.of_failure(4, PREFLIGHT) == "Nothing of the run was changed."
    after.made.of_signal(PREFLIGHT)
    assert account.ids == {"i-1"}
    assert after.text.count("i-1 (c7i.2xlarge) still runs: ") == 2
    assert "launched" not in after.text


def test_a_new_run_that_was_refused_asks_aws_nothing(tmp_path: Path) -> None:
    client = FakeClient()
    After(tmp_path, client).made.of_failure(2, PREFLIGHT)
    assert client.calls == []


def test_an_instance_that_may_not_be_ended_is_told_of_with_its_cost_and_not_as_unknown(tmp_path: Path) -> None:
    account = Account("i-1")
    account.client.answers["terminate_instances"] = aws_error("UnauthorizedOperation", "no", "TerminateInstances")
    after = After(tmp_path, account.client)
    after.made.of_failure(2, DONE)
    assert "lacks the permission" in after.text
    assert after.text.count("i-1 (c7i.2xlarge) still runs: it costs $0.357 an hour") == 1
    assert "not known" not in after.text


def test_a_run_of_another_account_is_not_ended_by_its_records(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.preflight())
    record_files.write(tmp_path, records.instances("i-1"))
    (tmp_path / "keys").mkdir()
    account = Account()
    account.client.answers["get_caller_identity"] = {"Account": "210987654321"}
    after = After(tmp_path, account.client)
    after.made.of_failure(2, DONE)
    assert f"The run {tmp_path.name} has launched in the AWS account 123456789012, and these credentials" in after.text
    assert (tmp_path / "keys").is_dir()
    assert not run_over.was_ended(tmp_path)


def test_where_aws_says_nothing_that_is_said_with_what_to_type(tmp_path: Path) -> None:
    denied = aws_error("UnauthorizedOperation", "no", "DescribeInstances")
    account = Account()
    account.client.answers["describe_instances"] = denied
    after = After(tmp_path, account.client)
    after.made.of_failure(2, DONE)
    assert "It is not known whether instances of the run still exist.\nTo end them: ./inv bench.term" in after.text
    assert after.text.count("lacks the permission") == 1


def test_where_aws_cannot_be_asked_the_records_tell_what_may_run(tmp_path: Path) -> None:
    launched = tuple(
        instances.record({**found, "Placement": {"AvailabilityZone": "eu-central-1a"}})
        for found in Account("i-1", "i-2").client.describe_instances()["Reservations"][0]["Instances"]
    )
    record_files.write(tmp_path, Instances(region="eu-central-1", instances=launched))
    over = Ended(instance_id="i-1", at=datetime(2026, 5, 19, 9, tzinfo=UTC))
    record_files.write(tmp_path, Terminated(instances=(over,)))
    account = Account()
    account.client.answers["describe_instances"] = aws_error("ExpiredToken", "expired", "DescribeInstances")
    ended, told = After(tmp_path, account.client), After(tmp_path, account.client, keeps=True)
    ended.made.of_failure(2, DONE)
    told.made.of_failure(2, DONE)
    for after in (ended, told):
        assert (
            "still exist.\nIt may be that i-2 (c7i.2xlarge) still runs: it costs $0.357 an hour, and should switch "
            "itself off by 12:15 UTC on 2026-05-19, which could not be checked.\nTo end them: ./inv "
            "bench.terminate --run-id r1" in after.text
        )
        assert "i-1" not in after.text


def test_a_profile_that_is_gone_meanwhile_is_told_without_a_traceback(tmp_path: Path) -> None:
    def connect(region: str) -> Any:
        raise botocore.exceptions.ProfileNotFound(profile="mine")

    after = After(tmp_path, FakeClient())
    replace(after.instances, connect=connect).end(0)
    replace(after.instances, connect=connect).tell()
    assert after.text.count("mine") == 2
    assert after.text.count("run still exist.") == 2


def test_what_runs_on_a_machine_one_has_is_told_of(tmp_path: Path) -> None:
    after = After(tmp_path, FakeClient(), launches=False)
    after.made.of_signal(MEASURING)
    assert "What it started may still run on the host: --run-id r1 continues it." in after.text


@pytest.mark.parametrize("reached", [stages.NOTHING, PREFLIGHT, DONE])
def test_ending_that_is_interrupted_tells_what_still_runs(tmp_path: Path, reached: stages.Reached) -> None:
    account = Account("i-1")
    after = After(tmp_path, account.client)
    cleanup.TerminateCleanup(after.instances).of_signal(reached)
    assert "i-1 (c7i.2xlarge) still runs: it costs $0.357 an hour" in after.text
    assert account.ids == {"i-1"}


@pytest.mark.parametrize(("code", "told"), [(-9, True), (2, False)])
def test_ending_tells_what_still_runs_where_ansible_was_killed_and_has_not_said_it(
    tmp_path: Path, code: int, told: bool
) -> None:
    after = After(tmp_path, Account("i-1").client)
    ending = cleanup.TerminateCleanup(after.instances)
    assert ending.of_failure(code, PREFLIGHT) == "Nothing was ended."
    assert ("i-1 (c7i.2xlarge) still runs" in after.text) is told
    assert ending.of_failure(2, DONE) == "Ending the run r1 failed: once that is mended, the same command tries again."


def test_ending_what_has_expired_says_nothing_of_a_run() -> None:
    said = io.StringIO()
    after = cleanup.after_expired(Console(file=said))
    after.of_signal(PREFLIGHT)
    after.of_signal(DONE)
    rest = "It may be that not all that has expired was ended; the same command ends the rest."
    assert said.getvalue() == f"Nothing was ended.\n{rest}\n"
    assert (after.of_failure(2, PREFLIGHT), after.of_failure(2, DONE)) == ("Nothing was ended.", rest)


def test_setting_up_that_is_interrupted_says_nothing_of_a_run() -> None:
    said = io.StringIO()
    after = cleanup.after_setup(Console(file=said), confirmed=True)
    after.of_signal(PREFLIGHT)
    after.of_signal(DONE)
    assert said.getvalue() == "Nothing was created.\nWhat was created stays; the same command creates the rest.\n"
    assert after.of_failure(2, PREFLIGHT) == "Nothing was created."


def test_setting_up_that_only_looked_says_no_more_than_it_found() -> None:
    assert cleanup.after_setup(Console(file=io.StringIO()), confirmed=False).of_failure(2, DONE) == ""


def test_an_instance_that_ended_by_itself_is_counted_until_then(tmp_path: Path) -> None:
    gone = {
        "InstanceId": "i-1",
        "State": {"Name": "terminated"},
        "StateTransitionReason": "User initiated (2026-05-19 08:25:00 GMT)",
    }

    def describe(Filters: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        wanted = [f["Values"] for f in Filters if f["Name"] == "instance-state-name"]
        return {"Reservations": [{"Instances": [gone] if not wanted or "terminated" in wanted[0] else []}]}

    After(tmp_path, FakeClient(describe_instances=describe), keeps=True).made.of_signal(MEASURING)
    over = Ended(instance_id="i-1", at=datetime(2026, 5, 19, 8, 25, tzinfo=UTC))
    assert record_files.read(Terminated, tmp_path) == Terminated(instances=(over,))


ATTACH = (
    "./inv bench.attach r1 --runs-dir {runs_dir} brings back and publishes what there still is of it, and measures "
    "nothing anew; what is here is in {}"
)


def test_that_several_hosts_have_ended_is_not_told_unless_it_was_in_doubt(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.preflight(launches=tuple(records.launch_plan(host=n) for n in (1, 2))))
    record_files.write(tmp_path, records.instances("i-1", "i-2"))
    at = datetime(2026, 5, 19, 8, 25, tzinfo=UTC)
    first, second = (Ended(instance_id=name, at=at) for name in ("i-1", "i-2"))
    record_files.write(tmp_path, Terminated(instances=(first, second)))
    after = After(tmp_path, Account().client)
    after.instances.end(0)
    assert after.text == ""
    record_files.write(tmp_path, Terminated(instances=(first,)))
    after.instances.end(0)
    assert after.text == "The run r1 has no instance in eu-central-1.\n"


def test_partial_results_are_named_only_if_there_are_any(tmp_path: Path) -> None:
    failures.record_failure(tmp_path, "i-1", "Install", "There is no compiler.")
    said = After(tmp_path, Account().client).made.of_failure(2, DONE)
    assert said.endswith("\nOnce that is mended, the same command starts a new run.")


@pytest.mark.parametrize(
    ("stage", "named", "told"),
    [
        ("", False, "Once that is mended, the same command starts a new run; partial results are in {}"),
        (
            "",
            True,
            "Once that is mended, the same command without --run-id starts a new run; partial results are in {}",
        ),
        *((stage, True, ATTACH) for stage in ("collect", "report", "publish", "terminate", "finish")),
    ],
)
def test_the_last_lines_are_why_the_run_failed_and_what_to_do(
    tmp_path: Path, stage: str, named: bool, told: str
) -> None:
    failures.record_failure(tmp_path, "i-1", "Build", "The build failed: no type.\n    a line of the log", stage)
    failures.record_failure(tmp_path, "i-1", "Collect", "Nothing is there.", "collect")
    (tmp_path / "i-1/1").mkdir(parents=True)
    (tmp_path / "i-1/1/benchmark.log").touch()
    said = After(tmp_path, Account().client, named=named).made.of_failure(2, DONE)
    told = told.format(tmp_path, runs_dir=tmp_path.parent)
    assert said.splitlines() == ["The run failed: The build failed: no type.", told]


def of_three(runs_dir: Path) -> Path:
    """A run of three types that is over, of which the first has measured, and the others have failed."""
    plans = tuple(records.launch_plan(host=number, instance_type=f"c{number}i.large") for number in (1, 2, 3))
    run = recorded_runs.measured(runs_dir, "r1", launches=plans)
    record_files.write(run, records.instances("i-1"))
    record_files.write(run, Terminated(instances=(Ended(instance_id="i-1", at=records.STARTED),)))
    for host in ("host-2", "host-3"):
        failures.record_failure(run, host, "Launch", "EC2 has no capacity.", "launch")
    return run


AGAIN = (
    "Once that is mended, ./inv bench -i c2i.large,c3i.large … measures what has failed in a new run; results are in "
)


@pytest.mark.parametrize("attaches", [False, True])
def test_where_some_hosts_have_succeeded_only_the_types_of_the_others_are_to_be_measured_again(
    tmp_path: Path, attaches: bool
) -> None:
    run = of_three(tmp_path)
    said = After(run, Account().client, attaches=attaches).made.of_failure(2, DONE)
    assert said.splitlines() == ["2 of 3 hosts did not succeed.", f"{AGAIN}{run}"]


def test_what_is_left_to_bring_back_of_one_of_several_hosts_is_still_told(tmp_path: Path) -> None:
    run = of_three(tmp_path)
    (run / "i-1/1/published.json").unlink()
    said = After(run, Account().client, attaches=True).made.of_failure(2, DONE)
    assert said.splitlines()[-1] == ATTACH.format(run, runs_dir=tmp_path)


def test_a_failure_of_another_host_does_not_hide_what_can_still_be_published(tmp_path: Path) -> None:
    run = of_three(tmp_path)
    (run / "i-1/1/published.json").unlink()
    (run / "i-1/1/benchmark.log").touch()
    failures.record_failure(run, "i-1", "Publish", "S3 refused it.", "publish", 1)
    said = After(run, Account().client).made.of_failure(2, DONE)
    assert said.splitlines()[-1] == ATTACH.format(run, runs_dir=tmp_path)


def test_who_has_come_back_in_vain_to_hosts_that_are_gone_is_not_told_to_do_so_again(tmp_path: Path) -> None:
    run = of_three(tmp_path)
    failures.record_failure(run, "i-1", "Fetch", "i-1 is gone.", "collect", 2)
    record_files.write(run / "i-1", CurrentAttempt(number=2))
    (run / "i-1/2").mkdir()
    plan = record_files.recall(Preflight, run)
    assert plan
    record_files.write(run, msgspec.structs.replace(plan, gone=(1, 2, 3)))
    said = After(run, Account().client, attaches=True).made.of_failure(2, DONE)
    assert said.splitlines()[-1].startswith("Once that is mended, ")


def test_where_no_host_has_succeeded_the_same_command_is_to_be_repeated(tmp_path: Path) -> None:
    run = of_three(tmp_path)
    failures.record_failure(run, "i-1", "Measure", "It failed.", attempt=1)
    said = After(run, Account().client).made.of_failure(2, DONE)
    assert said.splitlines()[-1] == "Once that is mended, the same command starts a new run."


@pytest.mark.parametrize("measures", [False, True])
def test_what_never_measured_is_not_to_be_brought_back(tmp_path: Path, measures: bool) -> None:
    failures.record_failure(tmp_path, "i-1", "Follow", "The controller was ended.", "finish")
    reached = replace(DONE, hosts=at(measures={"i-1"}).hosts) if measures else DONE
    said = After(tmp_path, Account().client).made.of_failure(2, reached).splitlines()[-1]
    assert said.startswith("./inv bench.attach r1 " if measures else "Once that is mended, the same command starts")


@pytest.mark.parametrize("stage", ["", "publish", None])
@pytest.mark.parametrize("named", [True, False])
def test_who_has_come_back_to_a_run_is_told_how_to_do_that_again_and_not_to_begin_another(
    tmp_path: Path, stage: str | None, named: bool
) -> None:
    if stage is not None:
        failures.record_failure(tmp_path, "i-1", "Measure", "It failed.", stage)
    said = After(tmp_path, Account().client, named=named, attaches=True).made.of_failure(2, DONE)
    assert said.splitlines()[-1] == ATTACH.format(tmp_path, runs_dir=tmp_path.parent)


def test_a_run_whose_directory_is_gone_has_failed_for_an_unknown_reason(tmp_path: Path) -> None:
    said = After(tmp_path / "gone", Account().client).made.of_failure(2, DONE)
    assert said.splitlines()[0] == "The run failed."
