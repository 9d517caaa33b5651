"""Which runs there are, by their directories, their instances and their results in S3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from benchmarks.run_list import listing, recorded_runs
from benchmarks.run_list.asking import Answer, Folder, Seen
from benchmarks.run_list.listing import ListedRun
from benchmarks.runs import record_files
from benchmarks.runs.records import Preflight
from tests.support import listed_runs, records
from tests.support import recorded_runs as made
from tests.support.listed_runs import NOW, REGION, later

ASKED = Answer(account="123456789012", owner="alice", endpoints={REGION: None})


def answer(*shapes: dict[str, Any], folders: Sequence[str] = (), **changes: Any) -> Answer:
    found = tuple(Folder("mine", listed_runs.folder(run_id), None) for run_id in folders)
    return replace(ASKED, seen=tuple(Seen(REGION, shape) for shape in shapes), folders=found, **changes)


def listed(runs_dir: Path, told: Answer, *, all_owners: bool = False) -> list[ListedRun]:
    return listing.put_together(list(recorded_runs.all_in(runs_dir)), told, NOW, all_owners=all_owners)


def states(run: ListedRun) -> dict[str, str]:
    return {host.instance_id: host.state for host in run.hosts}


def test_what_costs_money_comes_first_and_then_the_latest(tmp_path: Path) -> None:
    for minutes, run_id in enumerate(("b", "a", "c")):
        made.begin(tmp_path, run_id, minutes=minutes, launches=())
    told = answer(listed_runs.shape("alive"), folders=("old",))
    assert [run.run_id for run in listed(tmp_path, told)] == ["alive", "c", "a", "b", "old"]


def test_one_run_is_known_by_all_its_places(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1")
    (run,) = listed(tmp_path, answer(listed_runs.shape("r1"), folders=("r1",)))
    assert run.recorded
    assert (run.run_id, run.suite, run.machines, run.owner) == ("r1", "one", ("c7i.large",), "alice")
    assert states(run) == {"i-1": "running"}
    assert len(run.folders) == 1
    assert (run.may_cost, run.expires) == (True, later(4.5))


def test_a_run_of_another_machine_is_known_by_its_instance_and_its_folder(tmp_path: Path) -> None:
    late = listed_runs.shape("r1", LaunchTime=later(0.1))
    (run,) = listed(tmp_path, answer(late, folders=("r1",)))
    assert (run.suite, run.machines, run.started, run.recorded) == ("one", ("c7i.large",), records.STARTED, None)
    (run,) = listed(tmp_path, answer(late))
    assert (run.suite, run.machines, run.started) == ("", ("c7i.large",), later(0.1))


def test_runs_of_one_name_are_told_apart_by_their_start(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1", ended=True, minutes=7)
    found = listed(tmp_path, answer(folders=("r1",)))
    assert [(run.recorded is not None, len(run.folders)) for run in found] == [(True, 0), (False, 1)]


def test_other_peoples_instances_are_shown_only_if_they_are_asked_for(tmp_path: Path) -> None:
    told = answer(
        listed_runs.shape("hers", "i-2", owner="bob"),
        listed_runs.shape("nobodys", "i-3", owner=None),
        folders=("hers",),
    )
    assert listed(tmp_path, told) == []
    assert {run.run_id: run.owner for run in listed(tmp_path, told, all_owners=True)} == {
        "hers": "bob",
        "nobodys": None,
    }


def test_results_of_others_are_shown_once_their_run_is_over(tmp_path: Path) -> None:
    told = answer(listed_runs.shape("hers", state="terminated", owner="bob"), folders=("hers",))
    (run,) = listed(tmp_path, told)
    assert (run.run_id, run.may_cost, run.hosts) == ("hers", False, ())


def test_a_run_here_has_its_instances_whoever_their_tag_says_they_are_of(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1")
    (run,) = listed(tmp_path, answer(listed_runs.shape("r1", owner="my-other-role")))
    assert states(run) == {"i-1": "running"}


def test_an_instance_that_has_ended_without_results_is_not_listed_unless_its_directory_is_here(tmp_path: Path) -> None:
    told = answer(listed_runs.shape("r1", state="terminated"))
    assert listed(tmp_path, told) == []
    listed_runs.launched(tmp_path, "r1")
    (run,) = listed(tmp_path, told)
    assert (states(run), run.may_cost, run.expires) == ({"i-1": "terminated"}, False, None)


def test_an_instance_that_ec2_does_not_show_is_gone_where_ec2_was_asked(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1")
    (run,) = listed(tmp_path, ASKED)
    assert (states(run), run.may_cost) == ({"i-1": "gone"}, False)


@pytest.mark.parametrize(
    "told",
    [
        Answer(),
        replace(ASKED, endpoints={"us-east-1": None}),
        replace(ASKED, endpoints={REGION: "http://127.0.0.1:5000"}),
        replace(ASKED, account="210987654321"),
    ],
    ids=["nobody", "another region", "a sandbox", "another account"],
)
def test_an_instance_is_not_called_gone_where_nobody_was_asked_for_it(tmp_path: Path, told: Answer) -> None:
    listed_runs.launched(tmp_path, "r1")
    (run,) = listed(tmp_path, told)
    assert (states(run), run.may_cost) == ({"i-1": "unknown"}, True)
    assert not listing.is_asked(run.recorded, told) if run.recorded else pytest.fail("it is here")


def test_an_instance_that_was_launched_a_moment_ago_need_not_be_found_yet(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1")
    soon = records.STARTED + timedelta(minutes=2)
    (run,) = listing.put_together(list(recorded_runs.all_in(tmp_path)), ASKED, soon, all_owners=False)
    assert (states(run), run.may_cost) == ({"i-1": "unknown"}, True)


def test_what_was_recorded_as_ended_stays_so(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1", ended=True)
    (run,) = listed(tmp_path, answer(listed_runs.shape("r1", state="shutting-down")))
    (host,) = run.hosts
    assert (host.state, host.ended) == ("terminated", later(1))
    # Whoever was asked.
    (run,) = listed(tmp_path, Answer())
    assert states(run) == {"i-1": "terminated"}


def test_an_instance_that_no_record_names_is_found_by_its_tag(tmp_path: Path) -> None:
    made.begin(tmp_path, "r1", hosts=())
    (run,) = listed(tmp_path, answer(listed_runs.shape("r1")))
    assert (states(run), run.may_cost) == ({"i-1": "running"}, True)


def test_the_end_of_a_run_is_that_of_its_last_instance_and_not_known_if_a_tag_is_missing(tmp_path: Path) -> None:
    late = listed_runs.shape("r1", "i-2", lifetime="300")
    (run,) = listed(tmp_path, answer(listed_runs.shape("r1"), late))
    assert run.expires == later(5)
    (run,) = listed(tmp_path, answer(listed_runs.shape("r1"), listed_runs.shape("r1", "i-2", lifetime="long")))
    assert run.expires is None


def test_the_price_is_that_of_the_plan_if_no_tag_has_it(tmp_path: Path) -> None:
    run_dir = listed_runs.launched(tmp_path, "r1")
    record_files.write(run_dir, records.instances("i-1"))
    (run,) = listed(tmp_path, Answer())
    assert run.hosts[0].usd_per_hour == records.PRICE.usd_per_hour
    plan = record_files.read(Preflight, run_dir)
    assert plan
    record_files.write(run_dir, changed(plan, launches=(records.launch_plan(price=None),)))
    (run,) = listed(tmp_path, Answer())
    assert run.hosts[0].usd_per_hour is None
