"""Ending what is over in several regions, whatever fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from benchmarks.aws.session import Connect
from benchmarks.errors import RefusedError
from benchmarks.launch import expired_ending
from benchmarks.launch.expired_ending import Outcome
from tests.support.aws_fakes import FakeClient, aws_error
from tests.unit.launch.test_expired import NOW, instance, volume

HERE, THERE = "eu-central-1", "us-east-1"
IDENTITY = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/alice"}


class Region:
    """A region's instances and volumes; `slow` instances are shutting down for good and hold their volumes.

    A kept volume becomes available `looks` looks after its instance was told to end.
    """

    def __init__(self, *found: dict[str, Any], looks: int = 1, deaf: bool = False) -> None:
        self.instances = {one["InstanceId"]: one for one in found if "InstanceId" in one}
        self.volumes = {one["VolumeId"]: one for one in found if "VolumeId" in one}
        self.looks, self.deaf = looks, deaf
        self.ec2 = FakeClient(
            describe_instances=lambda **_: {"Reservations": [{"Instances": list(self.instances.values())}]},
            describe_volumes=self._volumes,
            terminate_instances=self._terminate,
            delete_volume=self._delete,
        )
        self.ec2.meta = SimpleNamespace(region_name=HERE)

    def _terminate(self, InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803
        if not self.deaf:
            (id,) = InstanceIds
            self.instances[id] = {**self.instances[id], "State": {"Name": "shutting-down"}}
        return {}

    def _volumes(self, **_: Any) -> dict[str, Any]:
        over = {id for id, one in self.instances.items() if one["State"]["Name"] == "shutting-down"}
        for id, one in self.volumes.items():
            if {a["InstanceId"] for a in one["Attachments"]} & over:
                self.looks -= 1
                if self.looks < 0:
                    self.volumes[id] = {**one, "State": "available", "Attachments": []}
        return {"Volumes": list(self.volumes.values())}

    def _delete(self, VolumeId: str) -> dict[str, Any]:  # noqa: N803
        del self.volumes[VolumeId]
        return {}

    def connect(self) -> Connect:
        sts = FakeClient(get_caller_identity=IDENTITY)
        return lambda service, region=None: sts if service == "sts" else self.ec2


def running(id: str = "i-1", **tags: str | None) -> dict[str, Any]:
    return {**instance(**{"usd-per-hour": "0.1", **tags}), "InstanceId": id, "State": {"Name": "running"}}


def disk(id: str = "vol-1", holder: str | None = None, *, kept: bool = True, **tags: str | None) -> dict[str, Any]:
    attached = [{"InstanceId": holder, "DeleteOnTermination": not kept}] if holder else []
    state = "in-use" if holder else "available"
    return {**volume(**tags), "VolumeId": id, "State": state, "Attachments": attached}


def end(*, timeout: float = 5, now: datetime = NOW, **more: Any) -> Callable[..., Outcome]:
    def go(**regions: Any) -> Outcome:
        connections = {name.replace("_", "-"): region.connect() for name, region in regions.items()}
        given = {"all_owners": False, **more}
        return expired_ending.end(connections, now, timeout=timeout, sleep=lambda _: None, **given)

    return go


def test_nothing_is_said_in_one_line_a_region() -> None:
    done = end()(eu_central_1=Region(), us_east_1=Region(running(expires="2026-05-19T13:00:00+00:00")))
    lines = (f"{HERE}: nothing of yours has expired.", f"{THERE}: nothing of yours has expired.")
    assert done == Outcome(lines, (), complete=True)


def test_instances_end_before_the_volumes_that_they_keep() -> None:
    region = Region(running(), disk(holder="i-1"), disk("vol-2"))
    done = end()(eu_central_1=region)
    assert done.complete
    assert [one for one, _ in region.ec2.calls if one in ("terminate_instances", "delete_volume")] == [
        "terminate_instances",
        "delete_volume",
        "delete_volume",
    ]
    assert region.volumes == {}
    assert done.lines[0] == f"{HERE}: ended i-1 (c7i.large, run r1)."


def test_a_volume_that_goes_with_its_instance_is_not_waited_for() -> None:
    region = Region(running(), disk(holder="i-1", kept=False), looks=10**6)
    assert end()(eu_central_1=region).complete
    assert region.ec2.called("delete_volume") == []


def test_a_volume_of_an_instance_that_is_alive_is_its_own() -> None:
    # As after a stop and a start: EC2 then shows a later launch than the volume's creation.
    region = Region(running(expires="2026-05-19T13:00:00+00:00"), disk(holder="i-1"))
    assert end()(eu_central_1=region).lines == (f"{HERE}: nothing of yours has expired.",)


def test_a_volume_on_a_machine_that_no_run_launched_is_named_at_once() -> None:
    done = end(timeout=10**6)(eu_central_1=Region(disk(holder="i-web")))
    assert not done.complete
    assert done.lines == (
        f"{HERE}: vol-1 (30 GiB, run r1) is still in-use: it costs money until it is deleted.",
        f"{HERE}: It is attached to i-web: detach it first.",
        f"{HERE}: To delete it: aws ec2 delete-volume --region {HERE} --volume-id vol-1",
    )


def test_a_volume_of_an_instance_that_its_timer_is_ending_is_waited_for() -> None:
    ending = {**running(), "State": {"Name": "shutting-down"}}
    region = Region(ending, disk(holder="i-1"), looks=3)
    assert end()(eu_central_1=region).complete
    assert region.volumes == {}


def test_what_stays_alive_is_named_with_its_price_and_command() -> None:
    done = end(timeout=-1)(eu_central_1=Region(running(), deaf=True))
    assert not done.complete
    assert done.lines[0] == f"{HERE}: i-1 (c7i.large) still runs: it costs $0.1 an hour."
    assert done.lines[-1].endswith(f"bench.terminate --run-id r1 --region {HERE}")


def test_one_refusal_keeps_no_other_from_being_ended() -> None:
    region = Region(running("i-1"), running("i-2"), disk("vol-1"), disk("vol-2"))
    tell, delete = region.ec2.answers["terminate_instances"], region.ec2.answers["delete_volume"]
    denied = aws_error("UnauthorizedOperation", "not authorized to perform: ec2:DeleteVolume", "DeleteVolume")

    def terminate(InstanceIds: list[str]) -> Any:  # noqa: N803
        if InstanceIds == ["i-1"]:
            raise aws_error("OperationNotPermitted", "protected", "TerminateInstances")
        return tell(InstanceIds)

    def remove(VolumeId: str) -> Any:  # noqa: N803
        if VolumeId == "vol-1":
            raise denied
        return delete(VolumeId)

    region.ec2.answers |= {"terminate_instances": terminate, "delete_volume": remove}
    done = end()(eu_central_1=region)
    assert not done.complete
    assert set(done.ended) == {"i-2", "vol-2"}
    text = "\n".join(done.lines)
    assert "It is protected from being ended: lift that first by aws ec2 modify-instance-attribute" in text
    assert "lacks the permission ec2:DeleteVolume: ask for the policy in docs/iam-policy.md" in text


def test_volumes_that_may_not_be_listed_are_said_beside_what_was_ended() -> None:
    region = Region(running())
    message = "You are not authorized to perform: ec2:DescribeVolumes"
    region.ec2.answers["describe_volumes"] = aws_error("UnauthorizedOperation", message, "DescribeVolumes")
    done = end()(eu_central_1=region)
    assert not done.complete
    assert done.ended == ("i-1",)
    assert "lacks the permission ec2:DescribeVolumes" in done.lines[0]


def test_a_region_that_fails_keeps_no_other_from_being_emptied() -> None:
    def broken(service: str, region: str | None = None) -> Any:
        raise RefusedError("No credentials.")

    there = Region(running())
    done = end()(eu_central_1=SimpleNamespace(connect=lambda: broken), us_east_1=there)
    assert not done.complete
    assert done.lines == (f"{HERE}: No credentials.", f"{THERE}: ended i-1 (c7i.large, run r1).")


def test_what_has_no_readable_time_is_named_and_no_failure() -> None:
    region = Region(running(expires="soon"), disk(owner=None))
    done = end()(eu_central_1=region)
    assert done.complete
    assert done.ended == ()
    (first, second) = done.lines
    assert first.startswith(
        f"{HERE}: i-1 (c7i.large, run r1) is left alone, since its tags do not say when it expires;"
    )
    assert "vol-1 (30 GiB, run r1) is left alone, since its tags do not say whose it is;" in second


def test_a_check_ends_nothing_and_names_all() -> None:
    region = Region(running(), disk(holder="i-1"), disk("vol-2"))
    done = end(check=True)(eu_central_1=region)
    assert done.complete
    assert set(done.ended) == {"i-1", "vol-1", "vol-2"}
    assert done.lines[0] == f"{HERE}: would end i-1 (c7i.large, run r1)."
    assert region.ec2.called("terminate_instances") == region.ec2.called("delete_volume") == []


def test_everyones_is_ended_only_if_asked_for() -> None:
    assert end()(eu_central_1=Region(running(owner="bob"))).ended == ()
    assert end(all_owners=True)(eu_central_1=Region(running(owner="bob"))).ended == ("i-1",)


def test_the_runs_of_the_callers_own_instances_are_told() -> None:
    def found() -> Region:
        return Region(running("i-1", run="r1"), disk("vol-1", run="r1"))

    assert end()(eu_central_1=found()).runs == {"i-1": "r1"}
    assert end(check=True)(eu_central_1=found()).runs == {}
    # Another owner's run may have the same name.
    assert end(all_owners=True)(eu_central_1=found()).runs == {}
