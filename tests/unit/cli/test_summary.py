"""What a user reads at the end of a run."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import yaml
from rich.console import Console

from benchmarks.cli import summary
from benchmarks.results import attempt_results
from benchmarks.runs import failures, record_files
from benchmarks.runs.records import CurrentAttempt, Ended, PlannedMeasurement, Price, Stages, StageTime, Terminated
from tests.support import records
from tests.support.result_bucket import FOLDER
from tests.unit.readers.test_criterion import write

LONG = "lde<plonky2_field::goldilocks_field::GoldilocksField>/65536"


def shown(directory: Path, width: int = 100, told: str = "") -> str:
    console = Console(width=width, highlight=False, soft_wrap=True, record=True, file=io.StringIO())
    console.print(summary.of_run(directory, told))
    return console.export_text()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run on one instance, from its launch to its end."""
    directory = tmp_path / "r1"
    host = directory / "i-1/1"
    price = Price(usd_per_hour=0.36, source="AWS Price List, on demand", date="2026-05-19")
    record_files.write(directory, records.preflight(launches=(records.launch_plan(price=price),)))
    record_files.write(directory, records.instances("i-1"))
    over = Ended(instance_id="i-1", at=datetime(2026, 5, 19, 8, 25, tzinfo=UTC))
    record_files.write(directory, Terminated(instances=(over,)))
    times = {"launch": 12.345, "benchmark": 600.0}
    stages = tuple(StageTime(name=name, seconds=seconds, failed=False) for name, seconds in times.items())
    record_files.write(directory, Stages(stages=stages))
    record_files.write(directory / "i-1", CurrentAttempt(number=1))
    record_files.write(host, records.toolchain())
    record_files.write(host, records.published(link="https://link/" + "a" * 200))
    (host / "benchmark.log").write_text(
        "     Running benches/all.rs (target/release/deps/all-27f45bc17686f575)\n"
        "mul                     time:   [9.0000 ns 10.000 ns 11.000 ns]\n"
        f"{LONG}\n                        time:   [9.0000 ns 10.000 ns 11.000 ns]\n"
    )
    (directory / "parameters.yml").write_text(yaml.safe_dump({"keep": False, "ssh_port": 22, "key_file": None}))
    write(host / "criterion/all", "mul")
    write(host / "criterion/all", "lde", LONG)
    report(directory)
    return directory


def report(run_directory: Path, attempt: int = 1) -> None:
    """Write the results as the stage of that name does."""
    attempt_results.write(run_directory, "i-1", attempt, records.preflight())


def test_a_whole_run_shows_numbers_places_cost_and_times(run: Path) -> None:
    lines = [line.rstrip() for line in shown(run).splitlines()]
    assert lines[1].split() == ["benchmark", "estimate", "95%", "interval"]
    numbers = ["10.00", "ns", "9.000", "ns", "to", "11.00", "ns"]
    assert lines[2].split() == [LONG, *numbers]
    assert lines[3].split() == ["mul", *numbers]
    assert lines[5:] == [
        f"2 benchmarks ({LONG}, mul) have fewer than 10 samples: take "
        "--quick out of the suite's arguments, or give a larger --sample-size.",
        f"2 benchmarks ({LONG}, mul) have an interval of more than "
        "±5%: give a longer --measurement-time in the suite's arguments, or a quieter machine.",
        "Measured  2 benchmarks",
        f"Log       {run}/i-1/1/benchmark.log",
        "S3        s3://mine/x/",
        "Link      https://link/" + "a" * 200,
        "          opens until 2026-05-26T08:25+00:00",
        "Cost      c7i.large for 10 min 0 s at $0.36/h: $0.0600 (AWS Price List, on demand, 2026-05-19; storage and "
        "traffic not counted)",
        "Stages    launch 12.3 s, benchmark 600.0 s",
        f"Run       {run}",
    ]


def test_a_public_link_is_shown_without_an_end(run: Path) -> None:
    record_files.write(run / "i-1/1", records.published(link_until=None))
    assert "\n          opens for anyone, as long as the bucket is public\n" in shown(run)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_number_is_broken_by_a_narrow_terminal(run: Path, width: int) -> None:
    assert "9.000 ns to 11.00 ns" in shown(run, width)


def test_on_a_terminal_sentences_are_broken_between_words_and_commands_stay_whole(run: Path) -> None:
    (run / "terminated.json").unlink()
    (run / "parameters.yml").write_text(yaml.safe_dump({"keep": True, "ssh_port": 22, "key_file": None}))
    out = io.StringIO()
    terminal = Console(
        width=60, highlight=False, soft_wrap=True, file=out, force_terminal=True, color_system="standard"
    )
    terminal.print(summary.of_run(run))
    lines = out.getvalue().splitlines()
    cost = next(at for at, line in enumerate(lines) if line.startswith("Cost "))
    assert all(len(line) <= 60 for line in lines[cost : cost + 3])
    assert lines[cost + 1].startswith("          ")
    assert any(line.startswith("          ssh -o ") and line.endswith("benchmarks@192.0.2.7") for line in lines)
    assert f"          in full in {run}/i-1/1/published.json" in lines


def test_brackets_in_an_id_are_not_taken_for_markup(run: Path) -> None:
    write(run / "i-1/1/criterion/all", "odd", "[red]sum[/red]/[0; 8]")
    report(run)
    assert "[red]sum[/red]/[0; 8]" in shown(run)


def test_an_earlier_attempt_that_measured_is_shown_with_how_to_see_it(run: Path) -> None:
    record_files.write(run / "i-1", CurrentAttempt(number=2))
    (run / "i-1/2").mkdir()
    lines = shown(run).splitlines()
    assert lines[0] == f"Attempt 1 2 benchmarks: ./inv bench.results r1/i-1/1 --runs-dir {run.parent}"
    assert not any(line.startswith("Measured") for line in lines)


LAUNCHES = tuple(
    records.launch_plan(
        host=number, instance_type=name, price=Price(usd_per_hour=usd, source="AWS Price List", date="2026-05-19")
    )
    for number, (name, usd) in enumerate((("c8g.large", 0.3), ("c7i.large", 0.36), ("c7a.large", 0.4)), 1)
)


@pytest.fixture
def sweep(run: Path) -> Path:
    """The run with two more hosts: i-1 has the second of the types, i-2 has failed, and the last was refused."""
    record_files.write(run, records.preflight(launches=LAUNCHES))
    launched = tuple(
        records.instance(name, host=number, instance_type=LAUNCHES[number - 1].instance_type)
        for name, number in (("i-1", 2), ("i-2", 1))
    )
    record_files.write(run, records.instances(instances=launched))
    ends = ((name, datetime(2026, 5, 19, 8, minute, tzinfo=UTC)) for name, minute in (("i-1", 25), ("i-2", 20)))
    record_files.write(run, Terminated(instances=tuple(Ended(instance_id=name, at=at) for name, at in ends)))
    record_files.write(run / "i-1/1", records.published(prefix=f"{FOLDER}i-1/1/"))
    record_files.write(run / "i-2", CurrentAttempt(number=1))
    failures.record_failure(
        run, "i-2", "Build", "The build failed with exit status 101. Its last lines are …", attempt=1
    )
    refused = "EC2 has no capacity for c7a.large in any zone: give another type."
    failures.record_failure(run, "host-3", "Launch", refused)
    return run


def test_several_hosts_are_a_table_with_what_has_become_of_each_and_what_it_cost(sweep: Path) -> None:
    lines = shown(sweep, 200).splitlines()
    assert lines == [
        "host    type       zone            time     cost  outcome",
        "host-3  c7a.large  -                  -        -  not launched",
        "i-1     c7i.large  eu-central-1a  10:00  $0.0600  done: 2 benchmarks",
        "i-2     c8g.large  eu-central-1a   5:00  $0.0250  failed in toolchain",
        "",
        "host-3 (c7a.large): EC2 has no capacity for c7a.large in any zone: give another type.",
        "i-2 (c8g.large): The build failed with exit status 101. Its last lines are …",
        "Cost      $0.0850 for 2 instances (AWS Price List, 2026-05-19; storage and traffic not counted)",
        f"S3        s3://mine/{FOLDER}",
        f"Numbers   ./inv bench.results r1 --runs-dir {sweep.parent}",
        "Stages    on the host that took longest: launch 12.3 s, benchmark 600.0 s",
        f"Run       {sweep}",
    ]


@pytest.mark.parametrize("of", ["i-2", "i-2/1"])
def test_a_failure_is_of_the_stage_that_the_host_had_come_to(sweep: Path, of: str) -> None:
    record_files.write(sweep / of, records.toolchain())
    assert "failed in benchmark\n" in shown(sweep, 200)
    failures.forget_failures(sweep)
    failures.record_failure(sweep, "i-1", "Publish", "S3 refuses it.", "publish", attempt=1)
    assert "failed in publish: 2 benchmarks\n" in shown(sweep, 200)


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (90, "type zone time cost outcome"),
        (80, "type zone time cost outcome"),
        (74, "type time cost outcome"),
        (66, "type cost outcome"),
        (60, "type outcome"),
        (40, "outcome"),
        (20, "outcome"),
    ],
)
def test_the_table_has_as_many_columns_as_the_terminal_has_room_for(sweep: Path, width: int, columns: str) -> None:
    known = "i-0123456789abcdef0"
    launch = msgspec.structs.replace(LAUNCHES[1], instance_type="c7i.24xlarge")
    record_files.write(sweep, records.preflight(launches=(LAUNCHES[0], launch)))
    one = records.instance(known, host=2, instance_type=launch.instance_type)
    record_files.write(sweep, records.instances(instances=(one,)))
    over = Ended(instance_id=known, at=datetime(2026, 5, 19, 8, 25, tzinfo=UTC))
    record_files.write(sweep, Terminated(instances=(over,)))
    (sweep / "i-1").rename(sweep / known)
    found = [line.rstrip() for line in shown(sweep, width).splitlines()]
    assert found[0].split() == ["host", *columns.split()]
    assert max(map(len, found[:3])) <= max(width, 40)
    assert ("eu-central-1a" in found[1], " 1a " in found[1]) == (width == 90, width == 80)
    assert found[1].startswith(f"{known}  ")
    assert found[1].endswith("done: 2 benchmarks")


def test_hosts_of_several_types_that_have_measured_can_be_compared(sweep: Path) -> None:
    shutil.copytree(sweep / "i-1/1", sweep / "i-2/1")
    command = f"./inv bench.compare r1 --by instance-type --runs-dir {sweep.parent}"
    assert f"Compare   {command}" in shown(sweep, 200).splitlines()


def test_a_host_of_several_that_waits_is_said_to_be_not_launched(sweep: Path) -> None:
    failures.forget_failures(sweep)
    text = shown(sweep, 200)
    assert re.search(r"host-3 .* not launched\n", text)


def test_a_host_of_several_that_was_ended_before_it_measured_has_no_results_to_come(sweep: Path) -> None:
    failures.forget_failures(sweep)
    assert re.search(r"i-2 .* ended before it measured\n", shown(sweep, 200))
    (sweep / "i-2/1").mkdir()
    (sweep / "i-2/1/build.json").touch()
    assert re.search(r"i-2 .* no results yet\n", shown(sweep, 200))
    (sweep / "i-2/1/build.json").unlink()
    (sweep / "terminated.json").unlink()
    assert re.search(r"i-2 .* no results yet\n", shown(sweep, 200))


def test_why_a_host_of_several_has_failed_is_left_out_if_the_last_lines_say_it(sweep: Path) -> None:
    told = "EC2 has no capacity for c7a.large in any zone: give another type."
    assert told not in shown(sweep, 200, told=f"The run failed: {told}")


def test_partial_results_of_a_host_of_several_are_counted(sweep: Path) -> None:
    failures.record_failure(sweep, "i-1", "Measure", "i-1 is terminated: it was told to.", attempt=1)
    report(sweep)
    assert re.search(r"i-1 .* partial: 2 benchmarks\n", shown(sweep, 200))


def test_a_run_that_failed_early_shows_what_there_is(tmp_path: Path) -> None:
    assert shown(tmp_path).splitlines() == [f"Run       {tmp_path}"]


def test_a_result_that_cannot_be_read_is_named_and_the_others_are_shown(run: Path) -> None:
    broken = run / "i-1/1/criterion/all/mul/new/sample.json"
    broken.write_text("{")
    report(run)
    text = shown(run)
    assert f"{broken} cannot be read" in text.replace("\n", " ")
    assert LONG in text
    assert "Measured  1 benchmark\n" in text
    assert "S3        s3://mine/x/" in text


def test_a_run_that_measured_nothing_shows_no_table(run: Path) -> None:
    shutil.rmtree(run / "i-1/1/criterion")
    (run / "i-1/1/benchmark.log").write_text("error: could not compile `all`\n")
    report(run)
    text = shown(run)
    assert "estimate" not in text
    assert "Measured" not in text
    assert "Log       " in text


def test_a_run_that_was_cut_short_says_how_much_of_it_there_is(run: Path) -> None:
    failures.record_failure(run, "i-1", "Measure", "i-1 is terminated: it was told to.", attempt=1)
    report(run)
    assert "It may be that not all benchmarks were measured: i-1 is terminated: it was told to.\n" in shown(run)
    assert "Measured  2 benchmarks, partial\n" in shown(run)
    planned = records.preflight(
        measurements=(PlannedMeasurement(suite=records.suite(expected=74), suite_digest="asked"),)
    )
    attempt_results.write(run, "i-1", 1, planned)
    assert "2 of 74 benchmarks were measured: i-1 is terminated: it was told to.\n" in shown(run)
    assert "Measured  2 of 74 benchmarks, partial\n" in shown(run)


def test_why_a_run_is_partial_is_left_out_if_the_last_lines_say_it(run: Path) -> None:
    why = "i-1 is terminated: it was told to."
    failures.record_failure(run, "i-1", "Measure", why, attempt=1)
    report(run)
    text = shown(run, told=f"The run failed: {why}\nOnce that is mended, …")
    assert why not in text
    assert "Measured  2 benchmarks, partial\n" in text
    # Another host's failure, of which the last lines say nothing, stays.
    assert why in shown(run, told="The run failed: i-2 does not answer.")


def test_damaged_results_are_named_and_the_rest_is_shown(run: Path) -> None:
    (run / "i-1/1/results.json").write_text("{")
    lines = shown(run, 1000).splitlines()
    assert lines[0].startswith(f"{run}/i-1/1/results.json cannot be read (")
    assert "S3        s3://mine/x/" in lines


def test_an_instance_that_was_kept_is_shown_with_how_to_log_in_and_end_it(run: Path) -> None:
    (run / "terminated.json").unlink()
    (run / "parameters.yml").write_text(yaml.safe_dump({"keep": True, "ssh_port": 2222, "key_file": None}))
    text = shown(run)
    assert "Kept      costs money until it is ended, or switches itself off. To log in:" in text
    assert (
        f"ssh -o IdentityFile={run}/keys/login -o UserKnownHostsFile={run}/known_hosts -p 2222 -o HostKeyAlias=i-1 "
        "benchmarks@192.0.2.7"
    ) in text
    # From any directory and in any environment, since an instance that is not found goes on costing money.
    assert f"./inv bench.terminate --run-id r1 --region eu-central-1 --runs-dir {run.parent}" in text


def test_what_is_shown_to_be_copied_is_quoted(run: Path) -> None:
    (run / "terminated.json").unlink()
    runs = run.parent / "it's 100%"
    runs.mkdir()
    odd = run.rename(runs / "r1")
    (odd / "parameters.yml").write_text(yaml.safe_dump({"keep": True, "ssh_port": 22, "key_file": None}))
    lines = [line.strip() for line in shown(odd, 1000).splitlines()]
    login, end = (shlex.split(line) for line in lines if line.startswith(("ssh ", "./inv ")))
    escaped = f"{run.parent}/it's 100%%/r1"
    assert login[1:5] == [
        "-o",
        f'IdentityFile="{escaped}/keys/login"',
        "-o",
        f'UserKnownHostsFile="{escaped}/known_hosts"',
    ]
    assert end[-2:] == ["--runs-dir", str(runs)]


def test_an_instance_that_was_ended_is_not_shown_as_kept(run: Path) -> None:
    (run / "parameters.yml").write_text(yaml.safe_dump({"keep": True, "ssh_port": 22, "key_file": None}))
    assert "Kept" not in shown(run)


def test_damaged_records_hide_nothing_else(run: Path) -> None:
    for name in ("preflight.json", "terminated.json", "stages.json"):
        (run / name).write_text("{")
    (run / "parameters.yml").unlink()
    assert "Measured  2 benchmarks" in shown(run)
    (run / "stages.json").write_text(json.dumps({"schema_version": 1, "stages": [{"name": "publish"}]}))
    text = shown(run)
    assert "Stages" not in text
    assert "Measured  2 benchmarks" in text
    assert f"Run       {run}" in text


def test_only_the_attempt_that_the_run_is_about_is_shown(run: Path) -> None:
    write(run / "i-1/2/criterion/all", "another")
    record_files.write(run / "i-1", CurrentAttempt(number=2))
    report(run, 2)
    text = shown(run)
    assert "Measured  1 benchmark\n" in text
    assert LONG not in text


@pytest.mark.parametrize("content", ["", "[]", "5", "{}", '{"other": 1}'])
@pytest.mark.parametrize("name", ["preflight.json", "instances.json", "i-1/1/published.json"])
def test_what_a_damaged_record_would_say_is_left_out(run: Path, name: str, content: str) -> None:
    (run / name).write_text(content)
    assert shown(run).splitlines()[-1] == f"Run       {run}"
