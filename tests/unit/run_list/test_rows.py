"""The list of runs as text."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.run_list import listing, recorded_runs, rows
from benchmarks.run_list.asking import Answer, Folder, Seen
from benchmarks.run_list.hosts import Cost
from benchmarks.run_list.listing import ListedRun
from benchmarks.run_list.rows import Row
from benchmarks.runs import failures, record_files
from benchmarks.runs.records import LaunchPlan
from tests.support import listed_runs, records, result_samples, s3_bucket
from tests.support import recorded_runs as made
from tests.support.aws_fakes import aws_error
from tests.support.listed_runs import LAUNCHED, NOW, REGION


def listed(runs_dir: Path, *shapes: dict[str, Any], folders: tuple[Folder, ...] = ()) -> list[ListedRun]:
    told = Answer("123456789012", "alice", {REGION: None}, tuple(Seen(REGION, one) for one in shapes), folders)
    return listing.put_together(list(recorded_runs.all_in(runs_dir)), told, NOW, all_owners=False)


@pytest.fixture
def two(tmp_path: Path) -> list[Row]:
    """A run that costs money, and one that is over."""
    listed_runs.launched(tmp_path, "r1", ended=True)
    listed_runs.launched(tmp_path, "r2", "i-0123456789abcdef0", minutes=-90, measured=False)
    return rows.of(listed(tmp_path, listed_runs.shape("r2", "i-0123456789abcdef0")), NOW)


def test_a_row_says_what_a_run_is_and_does_and_costs_and_until_when(two: list[Row]) -> None:
    lines = rows.table(two, None)
    assert [lines.heading, *lines.rows] == [
        "run  state     suite  machine    age    cost  off by (UTC)      instances",
        "r2   detached  one    c7i.large  3 h  $0.720  2026-05-19 12:45  i-0123456789abcdef0",
        "r1   done      one    c7i.large  2 h  $0.360                    i-1",
    ]


def test_what_does_not_fit_the_terminal_is_left_out_from_the_right(two: list[Row]) -> None:
    assert rows.table(two, 83).heading.endswith("instances")
    assert rows.table(two, 82).heading.endswith("off by (UTC)")
    assert rows.table(two, 50).heading.endswith("cost")
    # What is needed is shown, whatever the width.
    assert rows.table(two, 20).heading == rows.table(two, 50).heading


def test_a_row_of_a_usual_run_fits_80_columns() -> None:
    started = NOW - timedelta(minutes=99)
    folder = Folder("mine", listed_runs.folder("20260519-081500-k3f9", started, "plonky2-quick", "c7i.2xlarge"), None)
    row = Row(ListedRun("20260519-081500-k3f9", folders=(folder,)), "instance gone", Cost(0.1234, at_most=True), NOW)
    lines = rows.table([row], 80)
    assert lines.rows[0] == "20260519-081500-k3f9  instance gone  plonky2-quick  c7i.2xlarge  99 min  ≤$0.123"
    assert lines.width == 80


@pytest.mark.parametrize(
    ("passed", "age"),
    [
        (timedelta(seconds=-5), "0 min"),
        (timedelta(minutes=99), "99 min"),
        (timedelta(minutes=100), "1 h"),
        (timedelta(hours=47.9), "47 h"),
        (timedelta(hours=48), "2 d"),
        (timedelta(days=800), "800 d"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(passed: timedelta, age: str) -> None:
    assert rows.age(NOW - passed, NOW) == age


def test_a_run_whose_start_nobody_knows_has_no_age() -> None:
    (row,) = rows.of([ListedRun("r1")], NOW)
    assert rows.table([row], None).rows == ("r1   no results",)


def several(count: int) -> tuple[LaunchPlan, ...]:
    return tuple(records.launch_plan(host=number, instance_type=f"c{number}i.large") for number in range(1, count + 1))


def test_a_run_of_several_hosts_says_how_many_are_done_and_wait(tmp_path: Path) -> None:
    run = listed_runs.launched(tmp_path, "r1", "i-1", "i-2", launches=several(3))
    shapes = [listed_runs.shape("r1", name) for name in ("i-1", "i-2")]
    (row,) = rows.of(listed(tmp_path, *shapes), NOW)
    assert rows.table([row], None).rows[0].startswith("r1   left running, 2 of 3 done, 1 waiting  one    3 types  ")
    plain = json.loads(rows.as_json([row], []))["runs"][0]
    assert (plain["state"], plain["machine"]) == ("left running", "c1i.large, c2i.large, c3i.large")
    assert plain["hosts"] == {"all": 3, "done": 2, "failed": 0, "waiting": 1}
    listed_runs.launched(tmp_path, "r1", "i-1", "i-2", ended=True, launches=several(3))
    (over,) = rows.of(listed(tmp_path), NOW)
    assert rows.table([over], None).rows[0].startswith("r1   partial, 2 of 3 done  one    3 types  ")
    failures.record_failure(run, "host-3", "Launch", "EC2 has no capacity.")
    (over,) = rows.of(listed(tmp_path), NOW)
    assert rows.table([over], None).rows[0].startswith("r1   partial, 2 of 3 done  one    3 types  ")


def test_a_run_that_goes_on_counts_hosts_that_have_failed(tmp_path: Path) -> None:
    run = listed_runs.launched(tmp_path, "r1", "i-1", "i-2", measured=False, launches=several(4))
    failures.record_failure(run, "i-2", "Measure", "It failed.", attempt=1)
    failures.record_failure(run, "host-3", "Launch", "EC2 has no capacity.")
    (row,) = rows.of(listed(tmp_path, *(listed_runs.shape("r1", name) for name in ("i-1", "i-2"))), NOW)
    assert rows.table([row], None).rows[0].startswith("r1   detached, 0 of 4 done, 2 failed, 1 waiting  one ")


def test_more_than_two_instances_are_counted(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1", "i-1", "i-2", ended=True, launches=several(2))
    listed_runs.launched(tmp_path, "r2", "i-3", "i-4", "i-5", minutes=-1, ended=True, launches=several(3))
    two, three = rows.of(listed(tmp_path), NOW)
    first, second = rows.table([two, three], None).rows
    assert (first.endswith(" i-1 i-2"), second.endswith("  3 instances")) == (True, True)
    assert [one["id"] for one in json.loads(rows.as_json([three], []))["runs"][0]["instances"]] == ["i-3", "i-4", "i-5"]


@pytest.mark.parametrize(
    ("names", "state"),
    [
        (("toolchain.json", "benchmark.log", "host.json"), "interrupted"),
        (("toolchain.json", "build.json", "benchmark.log"), "in S3"),
        (("toolchain.json", "criterion.tar.gz"), "in S3"),
        (("benchmark.log",), "in S3"),
        (("toolchain.json", "benchmark.log", "manifest.json"), "in S3"),
    ],
)
def test_what_an_instance_uploaded_while_it_built_is_no_result(
    tmp_path: Path, names: tuple[str, ...], state: str
) -> None:
    made.begin(tmp_path, "r1")
    folder = listed_runs.folder("r1")
    s3 = s3_bucket.bucket({f"{folder.key}i-1/1/{name}": b"" for name in names})
    (row,) = rows.of(listed(tmp_path, folders=(Folder("mine", folder, s3),)), NOW)
    assert row.state == state


def test_what_was_published_from_here_without_results_is_not_looked_for_in_s3(tmp_path: Path) -> None:
    run = made.begin(tmp_path, "r1")
    record_files.write(made.write(run / "i-1", 1, result_samples.results()), records.published())
    failures.record_failure(run, "i-1", "Build", "The build failed.", attempt=1, stage="benchmark")
    folder = listed_runs.folder("r1")
    s3 = s3_bucket.bucket({f"{folder.key}i-1/1/{name}": b"" for name in ("results.json", "manifest.json")})
    (row,) = rows.of(listed(tmp_path, folders=(Folder("mine", folder, s3),)), NOW)
    assert (row.state, row.only_in_s3) == ("failed", False)


def test_two_types_are_named_and_of_hosts_that_are_all_done_nothing_is_said(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1", "i-1", "i-2", ended=True, launches=several(2))
    (row,) = rows.of(listed(tmp_path), NOW)
    assert rows.table([row], None).rows[0].startswith("r1   done   one    c1i.large, c2i.large  ")


def test_a_run_in_s3_has_the_types_of_all_its_folders(tmp_path: Path) -> None:
    folders = tuple(Folder("mine", listed_runs.folder("r1", machine=name), None) for name in ("c8g.large", "c7i.large"))
    (run,) = listed(tmp_path, folders=folders)
    assert run.machines == ("c7i.large", "c8g.large")


def test_a_cost_that_is_only_bounded_is_marked_and_a_large_one_is_in_cents(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1")
    listed_runs.launched(tmp_path, "r2", "i-2", minutes=-1)
    dear = listed_runs.shape("r2", "i-2", price="24.5")
    first, second = rows.of(listed(tmp_path, dear), NOW)
    assert "$49.00" in rows.table([first], None).rows[0]
    assert "≤$0.720" in rows.table([second], None).rows[0]


def test_names_are_one_a_line(two: list[Row]) -> None:
    assert rows.as_names(two) == "r2\nr1\n"


@pytest.mark.parametrize("tag", ["a b", "r3\nr1", "-rf", "$(reboot)", "r3/i-1", "R3", "\x1b[2K", ""])
def test_what_anybody_may_have_written_into_a_tag_is_not_among_the_names(tag: str) -> None:
    found = [Row(ListedRun(run_id), "running", None, NOW) for run_id in ("r2", tag)]
    assert rows.as_names(found) == "r2\n"


def test_json_has_every_fact_and_null_for_what_is_not_known(two: list[Row]) -> None:
    document = json.loads(rows.as_json(two, ["us-east-1 cannot be asked."]))
    assert document["unknown"] == ["us-east-1 cannot be asked."]
    first, second = document["runs"]
    assert first == {
        "run_id": "r2",
        "state": "detached",
        "may_cost_money": True,
        "suite": "one",
        "machine": "c7i.large",
        "started": "2026-05-19T06:45:00+00:00",
        "owner": "alice",
        "cost_usd": 0.72,
        "cost_usd_at_most": None,
        "switches_off": "2026-05-19T12:45:00+00:00",
        "hosts": None,
        "instances": [
            {
                "id": "i-0123456789abcdef0",
                "type": "c7i.large",
                "region": REGION,
                "state": "running",
                "launched": "2026-05-19T08:15:00+00:00",
                "ended": None,
                "usd_per_hour": 0.36,
                "switches_off": "2026-05-19T12:45:00+00:00",
            }
        ],
        "directory": first["directory"],
        "s3": [],
    }
    assert first["directory"].endswith("/r2")
    assert (second["may_cost_money"], second["switches_off"]) == (False, None)
    (over,) = second["instances"]
    assert (over["state"], over["ended"]) == ("terminated", "2026-05-19T09:15:00+00:00")


def test_the_last_twenty_runs_are_shown_and_all_that_cost_money(tmp_path: Path) -> None:
    for minutes in range(30):
        made.begin(tmp_path, f"r{minutes:02}", minutes=minutes, launches=())
    found = listed(tmp_path, *(listed_runs.shape(f"alive-{number}", f"i-{number}") for number in range(25)))
    assert len(rows.chosen(found, all_runs=True)) == 55
    shown = rows.chosen(found, all_runs=False)
    assert [run.may_cost for run in shown] == [True] * 25 + [False] * 20
    assert (shown[25].run_id, shown[-1].run_id) == ("r29", "r10")


def test_s3_is_asked_only_about_runs_whose_results_are_not_here(tmp_path: Path) -> None:
    here, elsewhere, request = (listed_runs.folder(run_id) for run_id in ("r1", "r2", "r3"))
    objects = {f"{one.key}i-1/1/benchmark.log": b"" for one in (here, elsewhere)} | {f"{request.key}run.json": b""}
    s3 = s3_bucket.bucket(objects)
    listed_runs.launched(tmp_path, "r1", ended=True)
    found = listed(tmp_path, folders=tuple(Folder("mine", one, s3) for one in (here, elsewhere, request)))
    told = {row.run.run_id: (row.state, row.only_in_s3) for row in rows.of(found, NOW)}
    assert told == {"r1": ("done", False), "r2": ("in S3", True), "r3": ("no results", False)}
    assert {asked["Prefix"] for asked in s3.called("list_objects_v2")} == {elsewhere.key, request.key}


def test_a_run_of_another_machine_that_still_lives_may_have_results_already(tmp_path: Path) -> None:
    folder = listed_runs.folder("r1", LAUNCHED)
    s3 = s3_bucket.bucket({f"{folder.key}i-1/1/benchmark.log": b""})
    (row,) = rows.of(listed(tmp_path, listed_runs.shape("r1"), folders=(Folder("mine", folder, s3),)), NOW)
    assert (row.state, row.only_in_s3) == ("running", True)


def test_what_was_listed_is_taken_to_be_there_if_s3_refuses_to_look_again(tmp_path: Path) -> None:
    s3 = s3_bucket.bucket({}, list_objects_v2=aws_error("SlowDown", "", "ListObjectsV2"))
    (row,) = rows.of(listed(tmp_path, folders=(Folder("mine", listed_runs.folder("r1"), s3),)), NOW)
    assert row.state == "in S3"
