"""Ending what has outlived its run: instances and volumes, of one owner or all, in several regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from tests.integration.conftest import Account, Result, inv, play

HERE, THERE = "eu-central-1", "us-east-1"
ALIVE = ["pending", "running", "stopping", "stopped"]


@dataclass(frozen=True)
class Leaks:
    """What runs have left in an account, made as a run would make it."""

    account: Account
    mark: str  # in the tag of every run

    def ec2(self, region: str) -> Any:
        facts = self.account.facts["environment"]
        return boto3.client(
            "ec2",
            region_name=region,
            endpoint_url=self.account.facts["endpoint_url"],
            aws_access_key_id=facts["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=facts["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=facts.get("AWS_SESSION_TOKEN"),
        )

    @property
    def me(self) -> str:
        return self.account.runner.name

    def tags(self, kind: str, minutes_left: float, owner: str | None = None, **more: str) -> dict[str, Any]:
        values = {
            "benchmarks:run": f"{self.mark}-{kind}",
            "benchmarks:owner": owner or self.me,
            "benchmarks:expires": (datetime.now(UTC) + timedelta(minutes=minutes_left)).isoformat(timespec="seconds"),
            "benchmarks:lifetime": "0.001" if minutes_left < 0 else "60",
            "benchmarks:usd-per-hour": "0.1",
            **more,
        }
        return {"Tags": [{"Key": key, "Value": value} for key, value in values.items()]}

    def instance(self, region: str, tags: dict[str, Any], *, keeps_volume: bool = False, **more: Any) -> str:
        ec2 = self.ec2(region)
        image = ec2.describe_images(Owners=["136693071363"], Filters=[{"Name": "architecture", "Values": ["x86_64"]}])
        root = image["Images"][0]["RootDeviceName"]
        answer = ec2.run_instances(
            ImageId=image["Images"][0]["ImageId"],
            InstanceType="c7i.large",
            MinCount=1,
            MaxCount=1,
            BlockDeviceMappings=[{"DeviceName": root, "Ebs": {"DeleteOnTermination": not keeps_volume}}],
            TagSpecifications=[{"ResourceType": kind, **tags} for kind in ("instance", "volume")],
            **more,
        )
        return str(answer["Instances"][0]["InstanceId"])

    def alive(self, region: str) -> set[str]:
        filters = [
            {"Name": "tag:benchmarks:run", "Values": [f"{self.mark}-*"]},
            {"Name": "instance-state-name", "Values": ALIVE},
        ]
        found = self.ec2(region).describe_instances(Filters=filters)["Reservations"]
        return {one["InstanceId"] for reservation in found for one in reservation["Instances"]}

    def volumes(self, region: str) -> set[str]:
        """The runs of the volumes that there are."""
        found = self.ec2(region).describe_volumes(
            Filters=[{"Name": "tag:benchmarks:run", "Values": [f"{self.mark}-*"]}]
        )
        tags = [{tag["Key"]: tag["Value"] for tag in volume["Tags"]} for volume in found["Volumes"]]
        return {tag["benchmarks:run"].removeprefix(f"{self.mark}-") for tag in tags}

    def end(self, *more: str, regions: str = f"{HERE},{THERE}") -> Result:
        return inv("bench.terminate", "--expired", "--region", regions, *more, environment=self.account.environment)

    def play(self, *more: str, **extra: Any) -> Result:
        """The same by ansible-playbook."""
        return play("terminate", *more, environment=self.account.environment, **extra)


@pytest.fixture
def leaks(account: Account, run_id: str) -> Iterator[Leaks]:
    made = Leaks(account, run_id)
    yield made
    for region in (HERE, THERE):
        ec2 = made.ec2(region)
        for instance in made.alive(region):
            ec2.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": False})
            ec2.terminate_instances(InstanceIds=[instance])
        for volume in ec2.describe_volumes(Filters=[{"Name": "status", "Values": ["available"]}])["Volumes"]:
            ec2.delete_volume(VolumeId=volume["VolumeId"])


def test_exactly_what_has_expired_is_ended_in_all_regions(leaks: Leaks) -> None:
    over = leaks.instance(HERE, leaks.tags("over", -1), keeps_volume=True)
    young = leaks.instance(HERE, leaks.tags("young", 60))
    other = leaks.instance(HERE, leaks.tags("other", -1, owner="bob"), keeps_volume=True)
    damaged = leaks.instance(HERE, leaks.tags("damaged", -1, **{"benchmarks:expires": "soon"}))
    there = leaks.instance(THERE, leaks.tags("there", -1))
    zone = leaks.ec2(THERE).describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    specification = {"ResourceType": "volume", **leaks.tags("alone", -1)}
    leaks.ec2(THERE).create_volume(AvailabilityZone=zone, Size=1, TagSpecifications=[specification])
    assert leaks.volumes(HERE) == {"over", "young", "other", "damaged"}

    looked = leaks.play("--check", expired=True, region=f"{HERE},{THERE}")

    assert looked.code == 0, looked.output
    assert f"{HERE}: would end {over}" in looked.output
    assert f"{THERE}: would end {there}" in looked.output
    assert leaks.alive(HERE) == {over, young, other, damaged}

    done = leaks.end()

    assert done.code == 0, done.output
    assert f"{HERE}: ended {over} (c7i.large, run {leaks.mark}-over)." in done.output
    assert (
        f"{HERE}: {damaged} (c7i.large, run {leaks.mark}-damaged) is left alone, since its tags do not say"
        in done.output
    )
    assert other not in done.output
    assert young not in done.output
    assert "GiB, run" in done.output
    assert leaks.alive(HERE) == {young, other, damaged}
    assert leaks.volumes(HERE) == {"young", "other", "damaged"}
    assert leaks.alive(THERE) == leaks.volumes(THERE) == set()

    again = leaks.end("--all-owners")

    assert again.code == 0, again.output
    assert leaks.alive(HERE) == {young, damaged}
    assert leaks.volumes(HERE) == {"young", "damaged"}
    assert f"{THERE}: nothing has expired.\n" in again.output


def test_what_cannot_be_ended_is_named_and_keeps_nothing_else_alive(leaks: Leaks) -> None:
    stuck = leaks.instance(HERE, leaks.tags("stuck", -1), DisableApiTermination=True)
    leaks.instance(THERE, leaks.tags("there", -1))

    done = leaks.play(expired=True, region=f"{HERE},{THERE}")

    assert done.code == 2, done.output
    assert f"{HERE}: {stuck} (c7i.large) still runs: it costs $0.1 an hour." in done.output
    assert "It is protected from being ended: lift that first by aws ec2 modify-instance-attribute" in done.output
    assert leaks.alive(HERE) == {stuck}
    assert leaks.alive(THERE) == set()

    wrapped = leaks.end()

    assert wrapped.code == 1, wrapped.output
    assert stuck in wrapped.output
    assert f"{THERE}: nothing of yours has expired." in wrapped.output
