"""What of a run still costs money, and what is said where AWS does not tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.launch import remaining
from benchmarks.runs import record_files, run_directory
from benchmarks.runs.records import Ended, Terminated
from tests.support import records
from tests.support.aws_fakes import FakeClient

LAUNCHED = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)


def instance(state: str = "running", **tags: str) -> dict[str, Any]:
    return {
        "InstanceId": "i-1",
        "InstanceType": "c7i.large",
        "State": {"Name": state},
        "LaunchTime": LAUNCHED,
        "Tags": [{"Key": f"benchmarks:{key.replace('_', '-')}", "Value": value} for key, value in tags.items()],
    }


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            instance(usd_per_hour="0.0852", lifetime="240"),
            "i-1 (c7i.large) still runs: it costs $0.0852 an hour, and should switch itself off by 12:15 UTC on "
            "2026-05-19, which could not be checked.",
        ),
        (
            {**instance(usd_per_hour="0.12"), "InstanceLifecycle": "spot"},
            "i-1 (c7i.large) still runs: it costs about $0.12 an hour on the spot market.",
        ),
        ({**instance(), "InstanceLifecycle": "spot"}, "i-1 (c7i.large) still runs: it costs money."),
        (
            {**instance(usd_per_hour="0.0832"), "InstanceType": "t3.large"},
            "i-1 (t3.large) still runs: it costs $0.0832 an hour without CPU credits.",
        ),
        (instance("pending"), "i-1 (c7i.large) still runs: it costs money."),
        (
            instance("stopped", usd_per_hour="1"),
            "i-1 (c7i.large) is stopped: its storage costs money until it is ended.",
        ),
        (instance(usd_per_hour="dear", lifetime="long"), "i-1 (c7i.large) still runs: it costs money."),
    ],
)
def test_an_instance_is_told_with_its_state_cost_and_end_as_far_as_its_tags_say(
    tmp_path: Path, found: dict[str, Any], sentence: str
) -> None:
    ec2 = FakeClient(describe_instances={"Reservations": [{"Instances": [found]}]})
    assert [str(left) for left in remaining.of(ec2, "r1", tmp_path)] == [sentence]


@pytest.mark.parametrize(
    ("timer", "told"),
    [
        (True, " and switches itself off by 12:15 UTC on 2026-05-19."),
        (False, ", and should switch itself off by 12:15 UTC on 2026-05-19, which could not be checked."),
    ],
)
def test_only_a_timer_that_was_seen_is_promised(tmp_path: Path, timer: bool, told: str) -> None:
    record_files.write(tmp_path / "i-1", replace(records.READY, timer=timer))
    ec2 = FakeClient(describe_instances={"Reservations": [{"Instances": [instance(lifetime="240")]}]})
    assert str(remaining.of(ec2, "r1", tmp_path)[0]).endswith(told)


def test_a_report_ends_with_the_command_that_ends_what_is_left(tmp_path: Path) -> None:
    ec2 = FakeClient(describe_instances={"Reservations": [{"Instances": [instance()]}]})
    report = remaining.report(remaining.of(ec2, "r1", tmp_path), "r1", "eu-north-1", tmp_path / "r1")
    assert report.splitlines() == [
        "i-1 (c7i.large) still runs: it costs money.",
        f"To end what is left: ./inv bench.terminate --run-id r1 --region eu-north-1 --runs-dir {tmp_path}",
    ]


def test_the_command_names_only_what_must_be_named_and_quotes_it(tmp_path: Path) -> None:
    usual = run_directory.default_directory() / "r1"
    assert remaining.end_command("r1", None, usual) == "./inv bench.terminate --run-id r1"
    odd = tmp_path / "my runs/r1"
    assert remaining.end_command("r1", None, odd).endswith(f" --runs-dir '{tmp_path}/my runs'")


def recorded(directory: Path, *ids: str) -> None:
    record_files.write(directory, records.instances(*ids, region="eu-north-1"))


def measuring_on(directory: Path, *, bare_metal: bool = False, timer: bool = True) -> None:
    """Records of a run on i-1, which lives for 240 minutes; those of i-2 do not say for how long it does."""
    launched = records.instances("i-1", "i-2", region="eu-north-1")
    one, other = launched.instances
    one = replace(one, launched=LAUNCHED, tags={"benchmarks:lifetime": "240"})
    record_files.write(directory, replace(launched, instances=(one, other)))
    record_files.write(directory, records.preflight(launches=(records.launch_plan(bare_metal=bare_metal),)))
    record_files.write(directory / "i-1", replace(records.READY, timer=timer))


OFF = "the machine switches itself off by 12:15 UTC on 2026-05-19"
MORE = "while the limits allow 120: start a new run if it needs more"


@pytest.mark.parametrize(
    ("before", "bare_metal", "told"),
    [
        (127, False, OFF),
        # It may have booted at once, and its timer counts from then.
        (126.5, False, f"{OFF}, and maybe at 12:08 UTC already, in 119 minutes, {MORE}"),
        (-1, False, f"{OFF}, and maybe at 12:08 UTC already, in 0 minutes, {MORE}"),
        (147, True, OFF),
        (127, True, f"{OFF}, and maybe at 11:48 UTC already, in 100 minutes, {MORE}"),
    ],
)
def test_who_measures_anew_is_told_how_much_time_is_left_at_least(
    tmp_path: Path, before: float, bare_metal: bool, told: str
) -> None:
    measuring_on(tmp_path, bare_metal=bare_metal)
    now = LAUNCHED + timedelta(minutes=240 - before)
    assert remaining.time_left(tmp_path, "i-1", now, 120) == told


def test_the_time_that_is_left_is_that_of_the_instances_own_type(tmp_path: Path) -> None:
    measuring_on(tmp_path)
    launches = tuple(records.launch_plan(host=number, bare_metal=number == 2) for number in (1, 2))
    now = LAUNCHED + timedelta(minutes=240 - 127)
    record_files.write(tmp_path, records.preflight(launches=launches))
    assert remaining.time_left(tmp_path, "i-1", now, 120) == OFF
    record_files.write(tmp_path, records.preflight(launches=launches[::-1]))
    assert remaining.time_left(tmp_path, "i-1", now, 120) == OFF


def test_a_timer_that_was_not_seen_is_not_promised(tmp_path: Path) -> None:
    measuring_on(tmp_path, timer=False)
    assert remaining.time_left(tmp_path, "i-1", LAUNCHED, 120) == (
        "the machine should switch itself off by 12:15 UTC on 2026-05-19, which could not be checked"
    )


def test_no_time_is_told_that_the_records_do_not_say(tmp_path: Path) -> None:
    assert remaining.time_left(tmp_path, "i-1", LAUNCHED, 120) == ""
    measuring_on(tmp_path)
    assert remaining.time_left(tmp_path, "i-2", LAUNCHED, 120) == ""
    assert remaining.time_left(tmp_path, "i-3", LAUNCHED, 120) == ""
    (tmp_path / "preflight.json").unlink()
    assert remaining.time_left(tmp_path, "i-1", LAUNCHED, 120) == ""


def test_where_aws_does_not_answer_the_records_tell_what_may_run(tmp_path: Path) -> None:
    recorded(tmp_path, "i-1", "i-2")
    over = Ended(instance_id="i-1", at=datetime(2026, 5, 19, 8, 25, tzinfo=UTC))
    record_files.write(tmp_path, Terminated(instances=(over,)))
    assert remaining.unknown("r1", None, tmp_path).splitlines()[:2] == [
        "It is not known whether instances of the run still exist.",
        "It may be that i-2 (c7i.large) still runs: it costs money.",
    ]


@pytest.mark.parametrize("content", ["{", "[]", '{"instances": [{"instance_id": "i-1"}]}', '{"instances": 3}'])
def test_damaged_records_tell_of_no_instance_and_the_command_is_there(tmp_path: Path, content: str) -> None:
    (tmp_path / "instances.json").write_text(content)
    first, last = remaining.unknown("r1", None, tmp_path).splitlines()
    assert first == "It is not known whether instances of the run still exist."
    assert last.startswith("To end them: ./inv bench.terminate --run-id r1")


def test_an_instance_whose_tags_are_not_visible_yet_is_told_of(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.instances("i-1"))

    def described(Filters: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        there = Filters[0]["Name"] == "instance-id"
        return {"Reservations": [{"Instances": [instance("pending")]}] if there else []}

    ec2 = FakeClient(describe_instances=described)
    assert [left.instance_id for left in remaining.of(ec2, "r1", tmp_path)] == ["i-1"]
