"""Ending a run's instances, with a record of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks import ending, runs
from benchmarks.errors import FailedError
from tests.unit.aws_fakes import FakeClient


class Account:
    """Instances that end the moment they are told to; `late` turn up at the next look after the first."""

    def __init__(self, *ids: str, late: tuple[str, ...] = (), ended: bool = False) -> None:
        self.ids, self.late, self.ended = set(ids), set(late), ended
        self.client = FakeClient(describe_instances=self._describe, terminate_instances=self._terminate)

    def _describe(self, **arguments: Any) -> dict[str, Any]:
        if self.ended and len(arguments["Filters"]) > 1:
            return {"Reservations": []}
        answer = [{"InstanceId": id, "State": {"Name": "running"}} for id in sorted(self.ids)]
        self.ids, self.late = self.ids | self.late, set()
        return {"Reservations": [{"Instances": answer}]}

    def _terminate(self, InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803
        self.ids -= set(InstanceIds)
        return {}


def test_ending_is_recorded_with_its_time(tmp_path: Path) -> None:
    account = Account("i-1", "i-2")
    assert ending.end(account.client, "r1", tmp_path) == ["i-1", "i-2"]
    record = runs.read_record(tmp_path, "terminated.json")
    assert set(record) == {"i-1", "i-2"}
    assert all(datetime.fromisoformat(at).tzinfo for at in record.values())


def test_one_after_the_other_is_recorded_together(tmp_path: Path) -> None:
    account = Account("i-1", "i-2")
    ending.end(account.client, "r1", tmp_path, only="i-1")
    first = runs.read_record(tmp_path, "terminated.json")["i-1"]
    ending.end(account.client, "r1", tmp_path)
    assert runs.read_record(tmp_path, "terminated.json").keys() == {"i-1", "i-2"}
    assert runs.read_record(tmp_path, "terminated.json")["i-1"] == first


def test_nothing_to_end_records_nothing(tmp_path: Path) -> None:
    (tmp_path / "parameters.yml").write_text("")
    assert ending.end(Account().client, "r1", tmp_path) == []
    assert runs.read_record(tmp_path, "terminated.json") is None


def test_a_run_that_nobody_knows_is_not_said_to_have_ended(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match=r"^No run nosuch is known: it has no directory here and no instance in this"):
        ending.end(Account().client, "nosuch", tmp_path)
    # What EC2 still shows as terminated is known.
    assert ending.end(Account("i-1", ended=True).client, "r1", tmp_path) == []


def test_a_dry_end_only_says_what_it_would_end(tmp_path: Path) -> None:
    account = Account("i-1", "i-2")
    assert ending.end(account.client, "r1", tmp_path, only="i-2", dry=True) == ["i-2"]
    assert account.client.called("terminate_instances") == []
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_end_fails_and_is_not_recorded_as_ended(tmp_path: Path) -> None:
    stays = {"Reservations": [{"Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}}]}]}
    with pytest.raises(FailedError, match=r"^i-1 still exists after -1 seconds: \./inv bench\.terminate --run-id r1$"):
        ending.end(FakeClient(describe_instances=stays, terminate_instances={}), "r1", tmp_path, timeout=-1)
    assert runs.read_record(tmp_path, "terminated.json") is None


def test_an_instance_that_turns_up_late_is_ended_too(tmp_path: Path) -> None:
    account = Account("i-1", late=("i-2",))
    assert ending.end_with_latecomers(account.client, "r1", tmp_path, patience=0.01) == ["i-1", "i-2"]
    assert account.ids == set()


def test_every_instance_that_was_ended_after_a_signal_is_recorded(tmp_path: Path) -> None:
    ending.end_with_latecomers(Account("i-1", late=("i-2",)).client, "r1", tmp_path, patience=0.01)
    assert runs.read_record(tmp_path, "terminated.json").keys() == {"i-1", "i-2"}


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [
        ([], "The run r1 has no instance in eu-central-1."),
        (["i-1", "i-2"], "Ended i-1, i-2; nothing of the run is left."),
    ],
)
def test_what_was_ended_is_told(ended: list[str], sentence: str) -> None:
    assert ending.sentence("r1", "eu-central-1", ended) == sentence
