"""An instance that EC2 does not show is not taken for gone where it may be alive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.errors import FailedError, RefusedError
from benchmarks.launch import not_shown, termination
from benchmarks.launch.termination import Outcome
from benchmarks.runs import record_files, run_over
from benchmarks.runs.records import Ended, Terminated
from tests.support import records
from tests.support.aws_fakes import FakeClient

OWN, OTHER = "123456789012", "210987654321"
NEW = "EC2 does not show i-1 yet, which was launched less than five minutes ago: try again in a minute."
UNCHECKED = (
    r"^EC2 does not show i-1, which the run r1 has launched, and whether it was asked in the same account could "
)


def showing(*ids: str, state: str = "running", endpoint: str = "https://ec2.eu-central-1.amazonaws.com") -> FakeClient:
    """EC2 with these instances, found by id and by the run's tag alike."""

    def described(Filters: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        wanted = {one["Name"]: one["Values"] for one in Filters}
        found = [
            {"InstanceId": id, "InstanceType": "c7i.large", "State": {"Name": state}}
            for id in ids
            if id in wanted.get("instance-id", ids) and state in wanted.get("instance-state-name", [state])
        ]
        return {"Reservations": [{"Instances": found}]}

    ec2 = FakeClient(describe_instances=described)
    ec2.meta = SimpleNamespace(endpoint_url=endpoint, region_name="eu-central-1")
    return ec2


def nobody() -> str | None:
    pytest.fail("asked STS")


def of(account: str | None) -> Callable[[], str | None]:
    return lambda: account


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The directory of a run that has launched i-1 long ago."""
    directory = tmp_path / "r1"
    record_files.write(directory, records.preflight())
    record_files.write(directory, records.instances("i-1"))
    (directory / "keys").mkdir()
    return directory


def launched(directory: Path, ago: timedelta, **more: Any) -> None:
    one = records.instance("i-1", launched=datetime.now(UTC).replace(microsecond=0) - ago, **more)
    record_files.write(directory, records.instances(instances=(one,)))


@pytest.mark.parametrize("state", ["running", "stopped", "terminated"])
def test_what_ec2_shows_is_asked_in_the_right_account(run: Path, state: str) -> None:
    not_shown.check(showing("i-1", state=state), run, nobody)


def test_a_run_that_is_over_or_was_never_planned_may_be_of_any_account(run: Path) -> None:
    record_files.write(run, Terminated(instances=(Ended(instance_id="i-1", at=records.STARTED),)))
    not_shown.check(showing(), run, nobody)
    not_shown.check(showing(), run.parent / "r2", nobody)


@pytest.mark.parametrize("recorded", [True, False])
def test_who_asks_in_another_account_is_refused(run: Path, recorded: bool) -> None:
    if not recorded:
        # The process may have been killed as it launched.
        (run / "instances.json").unlink()
    did = "has launched" if recorded else "was to launch"
    with pytest.raises(
        RefusedError, match=rf"^The run r1 {did} in the AWS account {OWN}, and these .* of {OTHER}: use"
    ):
        not_shown.check(showing(), run, of(OTHER))
    not_shown.check(showing(), run, of(OWN))


def test_who_asks_a_sandbox_for_a_run_on_aws_is_refused(run: Path) -> None:
    with pytest.raises(RefusedError, match=r"^The run r1 has launched at AWS's own endpoint, not at the endpoint http"):
        not_shown.check(showing(endpoint="http://127.0.0.1:5000"), run, of(OWN))


def test_a_new_instance_is_looked_for_until_ec2_shows_it(run: Path) -> None:
    launched(run, timedelta(minutes=4))
    naps: list[float] = []
    with pytest.raises(RefusedError) as refused:
        not_shown.check(showing(), run, of(OWN), naps.append)
    assert str(refused.value) == NEW
    assert len(naps) == not_shown.LOOKS
    late, there = showing(), showing("i-1").answers["describe_instances"]
    not_shown.check(late, run, of(OWN), lambda _: late.answers.update(describe_instances=there))


def test_one_that_was_not_launched_just_now_is_gone(run: Path) -> None:
    launched(run, timedelta(minutes=6))
    not_shown.check(showing(), run, of(OWN), lambda _: pytest.fail("waited"))


@pytest.mark.parametrize("other", [of(OTHER), of(OWN)], ids=["account", "endpoint"])
@pytest.mark.parametrize("checks", [True, False])
def test_a_run_of_another_account_or_endpoint_is_not_ended(run: Path, other: not_shown.Account, checks: bool) -> None:
    endpoint = {"endpoint": "http://127.0.0.1:5000"} if other() == OWN else {}
    with pytest.raises(RefusedError, match=r"^The run r1 has launched "):
        if checks:
            termination.would_end(showing(**endpoint), "r1", run, account=other)
        else:
            termination.end(showing(**endpoint), "r1", run, account=other)
    assert (run / "keys").is_dir()
    assert not run_over.was_ended(run)


def test_a_run_whose_instance_is_not_shown_yet_is_not_ended(run: Path) -> None:
    launched(run, timedelta(minutes=1))
    with pytest.raises(FailedError) as failed:
        termination.end(showing(), "r1", run, account=of(OWN), sleep=lambda _: None)
    assert str(failed.value) == NEW
    assert (run / "keys").is_dir()
    assert not run_over.was_ended(run)


LIFETIME = {"benchmarks:lifetime": "240"}


def test_a_run_ends_with_an_instance_that_has_been_gone_for_long(run: Path) -> None:
    launched(run, timedelta(hours=2), tags=LIFETIME)
    assert termination.end(showing(), "r1", run, account=of(OWN)) == Outcome()
    assert not (run / "keys").exists()
    assert run_over.was_ended(run)


def test_where_the_account_cannot_be_asked_an_instance_is_gone_once_it_should_have_switched_itself_off(
    run: Path,
) -> None:
    launched(run, timedelta(hours=2), tags=LIFETIME)
    with pytest.raises(FailedError, match=UNCHECKED):
        termination.end(showing(), "r1", run, account=of(None))
    assert (run / "keys").is_dir()
    assert not run_over.was_ended(run)
    launched(run, timedelta(hours=5), tags=LIFETIME)
    assert termination.end(showing(), "r1", run, account=of(None)) == Outcome()
    assert run_over.was_ended(run)


def test_what_ec2_shows_is_ended_though_the_account_cannot_be_asked(run: Path) -> None:
    there = [showing("i-1"), showing("i-1", state="terminated")]
    ec2 = showing()
    ec2.answers["describe_instances"] = lambda **which: there[0].describe_instances(**which)
    ec2.answers["terminate_instances"] = lambda **_: there.pop(0) and {}
    assert termination.end(ec2, "r1", run, account=nobody) == Outcome(("i-1",))
    assert not (run / "keys").exists()
    assert run_over.was_ended(run)


def test_what_ec2_shows_is_ended_before_a_new_instance_is_waited_for(run: Path) -> None:
    new = records.instance("i-2", launched=datetime.now(UTC).replace(microsecond=0))
    record_files.write(run, records.instances(instances=(records.instance("i-1"), new)))
    ec2 = showing("i-1")
    done: list[str] = []

    def end(InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803
        done.extend(InstanceIds)
        ec2.answers["describe_instances"] = showing("i-1", state="terminated").answers["describe_instances"]
        return {"TerminatingInstances": [{"InstanceId": id} for id in InstanceIds]}

    ec2.answers["terminate_instances"] = end
    with pytest.raises(FailedError, match=r"^EC2 does not show i-2 yet, "):
        termination.end(ec2, "r1", run, account=of(OWN), sleep=lambda _: done.append("slept"))
    assert done[0] == "i-1"
    assert (run / "keys").is_dir()


@pytest.mark.parametrize("shown", [["i-1"], []])
def test_an_instance_that_is_not_shown_yet_neither_delays_nor_fails_the_end_of_another_host(
    run: Path, shown: list[str]
) -> None:
    new = records.instance("i-2", host=2, launched=datetime.now(UTC).replace(microsecond=0))
    record_files.write(run, records.instances(instances=(records.instance("i-1"), new)))
    ec2, naps = showing(*shown), list[float]()
    ec2.answers["terminate_instances"] = lambda **_: ec2.answers.update(showing().answers) or {}
    assert termination.end(ec2, "r1", run, account=of(OWN), only="i-1", sleep=naps.append) == Outcome((*shown,))
    assert len(naps) == len(shown)
    # Its keys are needed.
    assert (run / "keys").is_dir()
    with pytest.raises(FailedError, match=r"^EC2 does not show i-2 yet, "):
        termination.end(showing(), "r1", run, account=of(OWN), only="i-2", sleep=lambda _: None)
