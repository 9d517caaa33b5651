"""Ending a run's instances, whatever has become of its records."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.errors import FailedError
from benchmarks.launch import termination
from benchmarks.launch.termination import Outcome
from benchmarks.runs import failures, record_files, run_layout, run_over
from benchmarks.runs.records import Terminated
from tests.support import records
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.events import brief


def times(directory: Path) -> Mapping[str, datetime]:
    """When each instance ended, by the run's record."""
    found = record_files.read(Terminated, directory)
    assert found
    return found.times


class Account:
    """Instances that end the moment they are told to; `late` turn up at the second look, `protected` refuse.

    Those that are `slow` are shutting down for as many looks as it says, and those in `deaf` run on.
    """

    def __init__(
        self,
        *ids: str,
        late: tuple[str, ...] = (),
        protected: tuple[str, ...] = (),
        slow: Mapping[str, int] | None = None,
        deaf: tuple[str, ...] = (),
    ) -> None:
        self.slow, self.deaf, self.ending = dict(slow or {}), deaf, set[str]()
        self.ids, self.late, self.protected = set(ids), set(late), set(protected)
        self.client = FakeClient(
            describe_instances=self._describe,
            terminate_instances=self._terminate,
            get_caller_identity={"Account": "123456789012"},
        )
        self.client.meta = SimpleNamespace(
            region_name="eu-central-1", endpoint_url="https://ec2.eu-central-1.amazonaws.com"
        )

    def _describe(self, Filters: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:  # noqa: N803
        by_id = [one["Values"] for one in Filters if one["Name"] == "instance-id"]
        tags = [
            {"Key": "benchmarks:usd-per-hour", "Value": "0.357"},
            {"Key": "benchmarks:lifetime", "Value": "240"},
        ]
        for id in [id for id in self.ending if self.slow[id] <= 0]:
            self.ending.discard(id)
            self.ids.discard(id)
        for id in self.ending:
            self.slow[id] -= 1
        answer = [
            {
                "InstanceId": id,
                "InstanceType": "c7i.2xlarge",
                "State": {"Name": "shutting-down" if id in self.ending else "running"},
                "LaunchTime": datetime(2026, 5, 19, 8, 15, tzinfo=UTC),
                "Tags": tags,
            }
            for id in sorted(self.ids)
            if not by_id or id in by_id[0]
        ]
        self.ids, self.late = self.ids | self.late, set()
        return {"Reservations": [{"Instances": answer}]}

    def _terminate(self, InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803
        (one,) = InstanceIds
        if one in self.protected:
            raise aws_error("OperationNotPermitted", "may not be terminated", "TerminateInstances")
        if one in self.slow:
            self.ending.add(one)
        elif one not in self.deaf:
            self.ids.discard(one)
        return {}

    def power_off(self, _directory: Path, instance: Mapping[str, Any]) -> bool:
        self.ids.discard(instance["InstanceId"])
        return True


def test_ending_is_recorded_with_its_time(tmp_path: Path) -> None:
    account = Account("i-1", "i-2")
    assert termination.end(account.client, "r1", tmp_path) == Outcome(
        (
            "i-1",
            "i-2",
        )
    )
    assert set(times(tmp_path)) == {"i-1", "i-2"}
    assert all(at.tzinfo for at in times(tmp_path).values())


def test_one_after_the_other_is_recorded_together(tmp_path: Path) -> None:
    account = Account("i-1", "i-2")
    termination.end(account.client, "r1", tmp_path, only="i-1")
    first = times(tmp_path)["i-1"]
    termination.end(account.client, "r1", tmp_path)
    assert times(tmp_path).keys() == {"i-1", "i-2"}
    assert times(tmp_path)["i-1"] == first
    assert [event[:2] for event in brief(tmp_path)] == [("instance-terminated", "i-1"), ("instance-terminated", "i-2")]


def test_a_run_is_ended_also_if_nothing_of_it_is_there(tmp_path: Path) -> None:
    assert termination.end(Account().client, "r1", tmp_path, only="i-1") == Outcome()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "keys").mkdir()
    assert termination.end(Account().client, "r1", tmp_path) == Outcome()
    assert times(tmp_path) == {}
    assert run_over.was_ended(tmp_path)


def test_a_run_that_nobody_has_ended_goes_on_as_it_was_if_nothing_of_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    assert termination.end(Account().client, "r1", tmp_path, final=False) == Outcome()
    # Its launch may have been sent, and is repeated with the same keys.
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


@pytest.mark.parametrize("why", ["ended now", "ended before", "failed"])
def test_a_run_that_has_ended_or_failed_is_over_whoever_ends_it(tmp_path: Path, why: str) -> None:
    (tmp_path / "keys").mkdir()
    if why == "ended before":
        record_files.write(tmp_path, Terminated())
    elif why == "failed":
        failures.record_failure(tmp_path, "localhost", "Launch", "There is no capacity.")
    termination.end(Account(*(["i-1"] if why == "ended now" else [])).client, "r1", tmp_path, final=False)
    assert run_over.was_ended(tmp_path)
    assert not (tmp_path / "keys").exists()


def gone(*ids: str) -> FakeClient:
    """EC2 with instances of the run that are gone."""
    found = [{"InstanceId": id, "State": {"Name": "terminated"}} for id in ids]
    return FakeClient(describe_instances={"Reservations": [{"Instances": found}]})


def test_a_run_that_is_launched_anew_has_not_ended_until_it_is_ended_again(tmp_path: Path) -> None:
    termination.end(Account("i-1").client, "r1", tmp_path)
    assert run_over.was_ended(tmp_path)
    termination.launch_anew(gone("i-1"), "r1", tmp_path)
    assert not run_over.was_ended(tmp_path)
    assert times(tmp_path).keys() == {"i-1"}
    # What is looked at has not ended by that.
    termination.note_gone(gone("i-1"), "r1", tmp_path)
    assert not run_over.was_ended(tmp_path)
    termination.end(Account().client, "r1", tmp_path)
    assert run_over.was_ended(tmp_path)
    termination.launch_anew(gone(), "r1", tmp_path)
    termination.end(Account("i-2").client, "r1", tmp_path)
    assert run_over.was_ended(tmp_path)
    assert times(tmp_path).keys() == {"i-1", "i-2"}


def test_a_run_that_launches_for_the_first_time_is_not_launched_anew(tmp_path: Path) -> None:
    termination.launch_anew(gone(), "r1", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_record_of_the_end_is_replaced_by_a_new_launch(tmp_path: Path) -> None:
    (tmp_path / "terminated.json").write_text("{")
    assert run_over.was_ended(tmp_path)
    termination.launch_anew(gone("i-1"), "r1", tmp_path)
    assert not run_over.was_ended(tmp_path)
    assert times(tmp_path).keys() == {"i-1"}


def test_what_is_kept_is_not_ended(tmp_path: Path) -> None:
    record_files.write(tmp_path / "i-1", records.READY)
    assert termination.end(Account("i-1").client, "r1", tmp_path, keep=True) == Outcome()
    assert not run_over.was_ended(tmp_path)


def test_a_directory_that_is_gone_stays_so(tmp_path: Path) -> None:
    assert termination.end(Account("i-1").client, "r1", tmp_path / "gone") == Outcome(("i-1",))
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_cannot_be_written_keeps_no_instance(tmp_path: Path) -> None:
    # As a directory of that name keeps it from being written, also for root.
    (tmp_path / "terminated.json").mkdir()
    assert termination.end(Account("i-1").client, "r1", tmp_path) == Outcome(("i-1",))


def test_a_run_that_nobody_knows_is_not_said_to_have_ended(tmp_path: Path) -> None:
    nothing = FakeClient(describe_instances={"Reservations": []})
    with pytest.raises(FailedError, match=r"^No run nosuch is known: it has no directory here and no instance in this"):
        termination.check_known(nothing, "nosuch", tmp_path)
    # What EC2 still shows is known, and so is what has a directory here.
    termination.check_known(Account("i-1").client, "r1", tmp_path)
    (tmp_path / "parameters.yml").write_text("")
    termination.check_known(nothing, "r1", tmp_path)


def test_a_run_that_was_killed_before_it_was_planned_is_known(tmp_path: Path) -> None:
    (tmp_path / "request.yml").write_text("")
    nothing = FakeClient(describe_instances={"Reservations": []})
    with pytest.raises(FailedError, match=r"^No run r1 is known"):
        termination.check_known(nothing, "r1", tmp_path)
    run_layout.holder(tmp_path, run_layout.WRAPPER).write_text("")
    termination.check_known(nothing, "r1", tmp_path)


def test_a_run_on_a_machine_of_ones_own_is_not_said_to_have_ended(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.preflight(launches=()))
    with pytest.raises(FailedError, match=r" it is on a machine of yours, where nothing was ended\.\n"):
        termination.check_known(FakeClient(describe_instances={"Reservations": []}), "r1", tmp_path)
    # Another run of this name has launched, from another machine.
    termination.check_known(Account("i-1").client, "r1", tmp_path)


def test_what_would_be_ended_is_not(tmp_path: Path) -> None:
    account = Account("i-1", "i-2")
    assert termination.would_end(account.client, "r1", tmp_path, "i-2") == ["i-2"]
    record_files.write(tmp_path / "i-2", records.READY)
    assert termination.would_end(account.client, "r1", tmp_path, keep=True) == ["i-1"]
    assert account.client.called("terminate_instances") == []


def test_what_does_not_end_fails(tmp_path: Path) -> None:
    stays = {"Reservations": [{"Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}}]}]}
    with pytest.raises(FailedError, match=r"^i-1 is still alive after -1 seconds\.$"):
        termination.end(FakeClient(describe_instances=stays, terminate_instances={}), "r1", tmp_path, timeout=-1)


def test_what_takes_long_to_be_gone_is_no_failure_since_it_costs_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    account = Account("i-1", "i-2", slow={"i-2": 10**6})
    naps: list[float] = []
    outcome = termination.end(account.client, "r1", tmp_path, settling=0, sleep=naps.append)
    assert outcome == Outcome(("i-1", "i-2"), ("i-2",))
    assert times(tmp_path).keys() == {"i-1", "i-2"}
    assert not (tmp_path / "keys").exists()


def test_what_is_shutting_down_is_followed_until_it_is_gone(tmp_path: Path) -> None:
    account = Account("i-1", slow={"i-1": 3})
    naps: list[float] = []
    assert termination.end(account.client, "r1", tmp_path, sleep=naps.append) == Outcome(("i-1",))
    assert len(naps) == 4
    # It was told once: it needs no more.
    assert len(account.client.called("terminate_instances")) == 1


def test_what_was_shutting_down_before_is_not_ended_again(tmp_path: Path) -> None:
    account = Account("i-1", slow={"i-1": 10**6})
    account.ending.add("i-1")
    outcome = termination.end(account.client, "r1", tmp_path, settling=0, sleep=lambda _: None)
    assert outcome == Outcome((), ("i-1",))
    assert account.client.called("terminate_instances") == []


def test_what_runs_on_fails_also_beside_what_is_shutting_down(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    account = Account("i-1", "i-2", slow={"i-2": 10**6}, deaf=("i-1",))
    with pytest.raises(FailedError, match=r"^i-1 is still alive after 0 seconds\.$"):
        termination.end(account.client, "r1", tmp_path, timeout=0.05, sleep=lambda _: time.sleep(0.1))
    assert (tmp_path / "keys").exists()


def test_what_is_still_alive_is_told_again(tmp_path: Path) -> None:
    account = Account("i-1")
    deaf = iter([True, True, False])
    tell = account.client.answers["terminate_instances"]
    account.client.answers["terminate_instances"] = lambda **which: {} if next(deaf) else tell(**which)
    naps: list[float] = []
    assert termination.end(account.client, "r1", tmp_path, sleep=naps.append) == Outcome(("i-1",))
    assert len(account.client.called("terminate_instances")) == 3


def test_a_launched_instance_that_an_answer_lacks_is_looked_for_by_its_id(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.instances("i-9"))
    account = Account("i-9")
    by_tag: Iterator[dict[str, Any]] = iter([{"Reservations": []}])
    find = account.client.answers["describe_instances"]
    account.client.answers["describe_instances"] = lambda **which: next(by_tag, None) or find(**which)
    assert termination.end(account.client, "r1", tmp_path, sleep=lambda _: None) == Outcome(("i-9",))


def test_an_instance_that_turns_up_late_is_ended_and_recorded_too(tmp_path: Path) -> None:
    account = Account("i-1", late=("i-2",))
    told: list[list[str]] = []
    ended = termination.end(account.client, "r1", tmp_path, late_arrivals=0.05, told=lambda ids: told.append(list(ids)))
    assert ended == Outcome(("i-1", "i-2"))
    assert account.ids == set()
    # The user hears of the first at once, and not only when all is over.
    assert told == [["i-1"], ["i-2"]]
    assert times(tmp_path).keys() == {"i-1", "i-2"}


def test_a_protected_instance_is_switched_off_and_does_not_keep_the_others(tmp_path: Path) -> None:
    account = Account("i-1", "i-2", protected=("i-1",))
    assert termination.end(account.client, "r1", tmp_path, power_off=account.power_off) == Outcome(
        (
            "i-1",
            "i-2",
        )
    )
    assert account.ids == set()


def test_a_protected_instance_that_cannot_be_switched_off_is_told_of_with_cost_end_and_remedy(tmp_path: Path) -> None:
    account = Account("i-1", "i-2", protected=("i-1",))
    with pytest.raises(FailedError) as failed:
        termination.end(account.client, "r1", tmp_path, power_off=lambda *_: False)
    assert account.ids == {"i-1"}
    assert termination.explain(
        failed.value, lambda *_: account.client, "eu-central-1", "r1", tmp_path
    ).splitlines() == [
        "i-1 is protected from being ended, and could not be switched off over SSH. Lift its protection first:",
        "aws ec2 modify-instance-attribute --region eu-central-1 --no-disable-api-termination --instance-id i-1",
        "i-1 (c7i.2xlarge) still runs: it costs $0.357 an hour, and should switch itself off by 12:15 UTC "
        "on 2026-05-19, which could not be checked.",
        f"To end what is left: ./inv bench.terminate --run-id r1 --region eu-central-1 --runs-dir {tmp_path.parent}",
    ]


def test_a_host_that_waits_for_its_launch_keeps_its_keys_until_the_run_is_ended_and_has_failed_then(
    tmp_path: Path,
) -> None:
    (tmp_path / "keys").mkdir()
    launches = tuple(records.launch_plan(host=host) for host in (1, 2))
    record_files.write(tmp_path, records.preflight(launches=launches))
    record_files.write(tmp_path, records.instances("i-1"))
    termination.end(Account("i-1").client, "r1", tmp_path, only="i-1")
    assert (tmp_path / "keys").exists()
    assert not run_over.was_ended(tmp_path)
    assert failures.failures(tmp_path) == ()
    for _ in range(2):
        termination.end(Account().client, "r1", tmp_path)
    assert not (tmp_path / "keys").exists()
    assert run_over.was_ended(tmp_path)
    (missing,) = failures.failures(tmp_path)
    assert (missing.host, missing.stage) == ("host-2", "launch")
    assert missing.sentence.startswith("The run was ended before this host was launched: ")


def test_hosts_that_are_spared_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    account = Account("i-1", "i-2")
    launches = tuple(records.launch_plan(host=host) for host in (1, 2, 3))
    record_files.write(tmp_path, records.preflight(launches=launches))
    record_files.write(tmp_path, records.instances("i-1", "i-2"))
    spared = ("i-2", "host-3")
    assert termination.would_end(account.client, "r1", tmp_path, spared=spared) == ["i-1"]
    assert termination.end(account.client, "r1", tmp_path, spared=spared) == Outcome(("i-1",))
    assert account.ids == {"i-2"}
    # What still waits is not lost either, once nothing runs.
    termination.end(Account().client, "r1", tmp_path, spared=("host-3",))
    assert not run_over.was_ended(tmp_path)
    assert failures.failures(tmp_path) == ()
    assert (tmp_path / "keys").exists()


def test_keys_are_deleted_with_the_last_instance_and_not_before(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    account = Account("i-1", "i-2")
    termination.end(account.client, "r1", tmp_path, only="i-1")
    assert (tmp_path / "keys").exists()
    termination.end(account.client, "r1", tmp_path)
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [
        (Outcome(), "The run r1 has no instance in eu-central-1."),
        (Outcome(("i-1", "i-2")), "Ended i-1, i-2; nothing of the run is left."),
        (
            Outcome(("i-1", "i-2"), ("i-2",)),
            "Ended i-1, i-2; EC2 is still shutting down i-2, and bills nothing of it any more.",
        ),
        (
            Outcome((), ("i-2",)),
            "The run r1 has no instance in eu-central-1 but i-2, which EC2 is shutting down and bills no more.",
        ),
    ],
)
def test_what_was_ended_is_told(ended: Outcome, sentence: str) -> None:
    assert termination.sentence("r1", "eu-central-1", ended) == sentence


def test_times_are_in_utc(tmp_path: Path) -> None:
    termination.end(Account("i-1").client, "r1", tmp_path)
    (at,) = times(tmp_path).values()
    assert abs(datetime.now(UTC) - at).total_seconds() < 60


@pytest.mark.parametrize(
    ("reason", "at"),
    [("User initiated (2026-05-19 08:15:00 GMT)", datetime(2026, 5, 19, 8, 15, tzinfo=UTC)), ("", None), (None, None)],
)
def test_an_instance_that_ended_by_itself_costs_nothing_from_then_on(
    tmp_path: Path, reason: str | None, at: datetime | None
) -> None:
    gone = {"InstanceId": "i-1", "State": {"Name": "terminated"}, "StateTransitionReason": reason}
    ec2 = FakeClient(describe_instances={"Reservations": [{"Instances": [gone]}]})
    termination.note_gone(ec2, "r1", tmp_path)
    noted = times(tmp_path)
    assert noted["i-1"] == at or (at is None and noted["i-1"] <= datetime.now(UTC))
    # What is known already stays.
    gone["StateTransitionReason"] = "User initiated (2026-05-20 08:15:00 GMT)"
    termination.note_gone(ec2, "r1", tmp_path)
    assert times(tmp_path) == noted


def test_what_ended_by_itself_is_noted_with_the_time_that_ec2_gives(tmp_path: Path) -> None:
    gone = {
        "InstanceId": "i-1",
        "State": {"Name": "terminated"},
        "StateTransitionReason": "User initiated (2026-05-19 08:25:00 GMT)",
    }
    ec2 = FakeClient(describe_instances={"Reservations": [{"Instances": [gone]}]})
    assert termination.end(ec2, "r1", tmp_path) == Outcome()
    assert times(tmp_path) == {"i-1": datetime(2026, 5, 19, 8, 25, tzinfo=UTC)}


def test_what_had_expired_is_recorded_where_its_run_is_here(tmp_path: Path) -> None:
    record_files.write(tmp_path / "r1", records.preflight())
    (tmp_path / "other").mkdir()
    termination.note_expired(tmp_path, {"i-1": "r1", "i-2": "other", "i-3": "gone", "i-4": "../x", "i-5": ""})
    assert times(tmp_path / "r1").keys() == {"i-1"}
    assert [path.name for path in tmp_path.rglob("terminated.json")] == ["terminated.json"]
