"""A host that waits for the vCPU quota is launched when others of its run have ended, and no later and no sooner."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from filelock import FileLock

from benchmarks.errors import FailedError
from benchmarks.launch import run_instances, termination, waiting_host
from benchmarks.launch.run_instances import Launch
from benchmarks.launch.waiting_host import WaitingHost
from benchmarks.runs import record_files
from benchmarks.runs.records import LaunchPlan, Quota, Terminated
from tests.support import records
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.launches import launch, plan

FULL = aws_error("VcpuLimitExceeded", "You have requested more vCPU capacity.")
AWAY = botocore.exceptions.EndpointConnectionError(endpoint_url="https://ec2.example")


def counted(host: int, code: str = "L-1", used: int = 0) -> LaunchPlan:
    return plan(host=host, quota=Quota(code=code, name="Standard", limit=4, needed=2, used=used))


PLANS = tuple(counted(host) for host in (1, 2, 3, 4))


def shown(*states: str) -> dict[str, Any]:
    """EC2's answer: the state of the first host, of the second one, and so on; empty for one that is not shown."""
    found = [
        {
            "InstanceId": f"i-{host}",
            "InstanceType": "c7i.large",
            "State": {"Name": state},
            "SubnetId": "subnet-1",
            "Placement": {"AvailabilityZone": "eu-central-1a", "Tenancy": "default"},
            "PublicIpAddress": "192.0.2.7",
            "LaunchTime": records.STARTED,
            "Tags": [{"Key": "benchmarks:run", "Value": "r1"}, {"Key": "benchmarks:host", "Value": str(host)}],
        }
        for host, state in enumerate(states, 1)
        if state
    ]
    return {"Reservations": [{"Instances": found}]}


BOTH = shown("running", "running")
LAUNCHED = {"Instances": shown("", "", "pending")["Reservations"][0]["Instances"]}
RUNNING = shown("", "", "running")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of four hosts, of which two have been launched."""
    record_files.write(tmp_path, records.preflight(launches=PLANS))
    record_files.write(tmp_path, records.instances("i-1", "i-2"))
    return tmp_path


class Waited:
    """What has come of a host, the third one, that waited."""

    def __init__(
        self,
        run: Path,
        looks: list[Any],
        launches: Any = LAUNCHED,
        left: Collection[str] = (),
        on_nap: Callable[[int], object] = lambda _: None,
        plans: tuple[LaunchPlan, ...] = PLANS,
        keeps: bool = False,
    ) -> None:
        self.ec2 = FakeClient(
            describe_instances=looks,
            run_instances=launches,
            terminate_instances={},
            describe_subnets={"Subnets": []},
            describe_instance_types={"InstanceTypes": []},
        )
        self.ec2.meta = type("Meta", (), {"events": type("Events", (), {"register_first": lambda *_, **__: None})})
        self.naps = self.made = 0
        self.told: list[str] = []
        self.on_nap = on_nap
        waiting = WaitingHost(run, plans[2], plans, keeps, lambda name: name in left)
        asked = replace(launch(), plan=plans[2])

        def make() -> tuple[Any, Launch]:
            self.made += 1
            return self.ec2, asked

        found = waiting_host.launch(
            waiting,
            make,
            60,
            lambda found: self.told.extend(one.instance_id for one in found),
            lambda: self.told.append("about to"),
            self.nap,
        )
        self.id = found.instance_id if found else None

    def nap(self, _: float) -> None:
        self.naps += 1
        assert self.naps < 2000, "it waits for ever"
        self.on_nap(self.naps)

    @property
    def asked(self) -> int:
        return len(self.ec2.called("run_instances"))


@pytest.fixture(autouse=True)
def without_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_instances, "disable_retries", lambda *_: None)


def test_it_is_launched_when_others_have_ended(run: Path) -> None:
    waited = Waited(run, [BOTH, BOTH, shown("running", "shutting-down"), RUNNING])
    assert waited.id == "i-3"
    # Known as soon as it is launched, and again with all that is known of it; told before it may exist.
    assert waited.told == ["about to", "i-3", "i-3"]
    assert (waited.naps, waited.asked) == (2, 1)


def test_a_refused_launch_is_tried_again_when_something_has_changed(run: Path) -> None:
    one = shown("running")
    waited = Waited(run, [one, one, one, shown("terminated"), RUNNING], [FULL, LAUNCHED])
    assert waited.id == "i-3"
    assert (waited.naps, waited.asked) == (3, 2)


def test_other_runs_may_have_made_room_that_nobody_here_knows_of(run: Path) -> None:
    used = tuple(counted(host, used=2) for host in (1, 2, 3, 4))
    waited = Waited(run, [*[shown("running")] * (waiting_host.PATIENCE + 1), RUNNING], plans=used)
    assert waited.id == "i-3"
    assert waited.naps == waiting_host.PATIENCE


def test_it_does_not_wait_for_ever_for_what_nobody_of_its_run_uses(run: Path) -> None:
    with pytest.raises(run_instances.QuotaError, match=r"^You have requested more vCPU capacity\."):
        Waited(run, [shown()], FULL)


def test_instances_that_are_kept_make_no_room(run: Path) -> None:
    with pytest.raises(run_instances.QuotaError):
        Waited(run, [shown("running")], FULL, keeps=True)


def test_instances_of_another_quota_make_no_room(run: Path) -> None:
    plans = (counted(1, "L-2"), counted(2, "L-2"), *PLANS[2:])
    with pytest.raises(run_instances.QuotaError):
        Waited(run, [BOTH], FULL, plans=plans)


def test_it_does_not_wait_for_what_was_left_measuring(run: Path) -> None:
    waited = Waited(run, [BOTH], left=("i-1", "i-2"))
    assert (waited.id, waited.asked) == (None, 0)
    assert Waited(run, [BOTH, shown("running", "terminated"), RUNNING], left=("i-1",)).id == "i-3"


def test_a_launch_that_was_not_answered_is_not_repeated_by_another_name(run: Path) -> None:
    waited = Waited(run, [RUNNING])
    assert (waited.id, waited.asked) == ("i-3", 0)


@pytest.mark.parametrize("error", [AWAY, aws_error("RequestLimitExceeded"), aws_error("InternalError")])
def test_what_passes_is_waited_for(run: Path, error: Exception) -> None:
    looks = [BOTH, *[error] * 20, shown("running"), error, shown("running"), RUNNING]
    waited = Waited(run, looks, [error, LAUNCHED])
    assert waited.id == "i-3"


def test_what_does_not_pass_fails_the_host(run: Path) -> None:
    with pytest.raises(botocore.exceptions.ClientError):
        Waited(run, [aws_error("UnauthorizedOperation")])
    with pytest.raises(botocore.exceptions.EndpointConnectionError):
        Waited(run, [AWAY])


def end(run: Path) -> None:
    record_files.write(run, Terminated(whole=True))


def test_a_run_that_is_ended_meanwhile_launches_no_more(run: Path) -> None:
    with pytest.raises(FailedError, match=f"^{termination.NEVER_LAUNCHED}"):
        Waited(run, [BOTH, shown()], on_nap=lambda _: end(run))


def test_what_was_launched_as_the_run_was_ended_is_ended_too(run: Path) -> None:
    def launched(**_: Any) -> Any:
        end(run)
        return LAUNCHED

    with pytest.raises(FailedError, match=f"^{termination.NEVER_LAUNCHED}"):
        Waited(run, [shown("running")], launched)


def test_only_the_first_that_waits_asks_and_the_others_have_not_even_a_client(run: Path) -> None:
    first = FileLock(run / ".host-2.lock")
    record_files.write(run, records.instances("i-1"))
    first.acquire()

    def release(naps: int) -> None:
        assert naps <= 3
        if naps == 3:
            first.release()

    waited = Waited(run, [shown("running"), RUNNING], on_nap=release)
    assert waited.id == "i-3"
    assert len(waited.ec2.called("describe_instances")) == 2


def test_it_is_not_the_turn_of_what_waits_for_another_quota(run: Path) -> None:
    record_files.write(run, records.instances("i-1"))
    plans = (counted(1), counted(2, "L-2"), *PLANS[2:])
    with FileLock(run / ".host-2.lock"):
        assert WaitingHost(run, plans[2], plans).is_next
        assert not WaitingHost(run, PLANS[2], PLANS).is_next
