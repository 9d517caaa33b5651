"""The volumes that an instance gets, from the image, the launch template and the suite."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from benchmarks.aws import block_devices
from benchmarks.aws.block_devices import Volumes
from benchmarks.aws.launch_templates import Template

NEEDED = 23
ROOT = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": NEEDED, "VolumeType": "gp3", "DeleteOnTermination": True}}
TOO_SMALL = (
    "The launch template mine gives /dev/xvda {} GiB, but the suite one needs 23 GiB with the image ami-1: make the "
    "volume larger, or leave it out of the template."
)
ADDS = "The launch template mine adds {}, which nothing here uses: the root volume of the image ami-1 is /dev/xvda."
KEPT = (
    "{} of the launch template mine or the image ami-1 is not deleted with the instance and goes on costing money: set "
    "DeleteOnTermination to true in the template."
)


def device(name: str, **ebs: Any) -> dict[str, Any]:
    return {"DeviceName": name, "Ebs": ebs}


def choose(*own: dict[str, Any], of_image: tuple[dict[str, Any], ...] = ()) -> Volumes:
    image = {
        "ImageId": "ami-1",
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": of_image or [device("/dev/xvda", VolumeSize=8, DeleteOnTermination=True)],
    }
    template = Template("lt-1", "mine", "1", {"BlockDeviceMappings": list(own)} if own else {})
    return block_devices.choose(image, template, NEEDED - 3, "one")


def test_without_volumes_of_its_own_a_template_gets_a_root_volume_that_is_large_enough() -> None:
    assert choose() == Volumes((ROOT,), ())


def test_a_template_decides_on_the_images_root_volume() -> None:
    assert choose(device("/dev/xvda", VolumeSize=NEEDED)) == Volumes(None, ())


@pytest.mark.parametrize(("ebs", "size"), [({"VolumeSize": 22}, 22), ({}, 8), ({"VolumeType": "io2"}, 8)])
def test_a_root_volume_that_is_too_small_is_warned_of_with_both_sizes(ebs: dict[str, Any], size: int) -> None:
    assert choose(device("/dev/xvda", **ebs)) == Volumes(None, (TOO_SMALL.format(size),))


def test_nothing_is_said_of_a_size_that_another_snapshot_decides() -> None:
    assert choose(device("/dev/xvda", SnapshotId="snap-1")) == Volumes(None, ())


def test_another_images_root_volume_is_named_and_kept_beside_one_for_the_run() -> None:
    other = device("/dev/sda1", VolumeSize=100, DeleteOnTermination=True)
    assert choose(other) == Volumes((other, ROOT), (ADDS.format("/dev/sda1"),))


@pytest.mark.parametrize("more", [{"VirtualName": "ephemeral0"}, {"NoDevice": ""}])
def test_devices_that_are_no_volumes_are_kept_without_a_word(more: dict[str, str]) -> None:
    other = {"DeviceName": "/dev/sdb", **more}
    assert choose(other) == Volumes((other, ROOT), ())
    assert choose(other, device("/dev/xvda", VolumeSize=NEEDED)) == Volumes(None, ())


@pytest.mark.parametrize("more", [{"VirtualName": "ephemeral0"}, {"NoDevice": ""}, {}])
def test_a_root_device_without_a_volume_gets_one(more: dict[str, str]) -> None:
    assert choose({"DeviceName": "/dev/xvda", **more}) == Volumes((ROOT,), ())


def test_an_entry_without_a_name_is_no_device() -> None:
    assert choose({}) == Volumes((ROOT,), ())


def test_a_volume_of_the_image_is_not_an_additional_one() -> None:
    data = device("/dev/sdb", VolumeSize=100)
    assert choose(data, of_image=(device("/dev/xvda"), device("/dev/sdb", DeleteOnTermination=True))).warnings == ()


@pytest.mark.parametrize(
    ("own", "of_image", "kept"),
    [
        ([device("/dev/xvda", VolumeSize=NEEDED, DeleteOnTermination=False)], [], "/dev/xvda"),
        # What the template does not say is the image's.
        ([device("/dev/xvda", VolumeSize=NEEDED)], [device("/dev/xvda", DeleteOnTermination=False)], "/dev/xvda"),
        ([], [device("/dev/xvda"), device("/dev/sdb", DeleteOnTermination=False)], "/dev/sdb"),
        # An image's own volume has a value, and one that the template adds has none by default.
        ([device("/dev/sdb")], [device("/dev/xvda"), device("/dev/sdb", DeleteOnTermination=False)], "/dev/sdb"),
    ],
)
def test_a_volume_that_outlives_its_instance_is_warned_of(
    own: list[dict[str, Any]], of_image: list[dict[str, Any]], kept: str
) -> None:
    assert choose(*own, of_image=tuple(of_image)).warnings == (KEPT.format(kept),)


def test_a_volume_that_a_launch_adds_outlives_its_instance_unless_the_template_says_otherwise() -> None:
    assert choose(device("/dev/sdb")).warnings == (ADDS.format("/dev/sdb"), KEPT.format("/dev/sdb"))
    assert choose(device("/dev/sdb", DeleteOnTermination=True)).warnings == (ADDS.format("/dev/sdb"),)


@pytest.mark.parametrize("own", [{"NoDevice": ""}, {"Ebs": {"DeleteOnTermination": True}}])
def test_a_volume_of_the_image_that_the_template_has_end_is_not_warned_of(own: dict[str, Any]) -> None:
    of_image = (device("/dev/xvda"), device("/dev/sdb", DeleteOnTermination=False))
    assert choose({"DeviceName": "/dev/sdb", **own}, of_image=of_image).warnings == ()


def test_a_root_volume_of_the_launch_itself_ends_whatever_the_image_says() -> None:
    assert choose(of_image=(device("/dev/xvda", DeleteOnTermination=False),)) == Volumes((ROOT,), ())


def test_ec2_takes_a_templates_devices_in_a_request() -> None:
    ec2 = boto3.session.Session("a", "b", region_name="eu-central-1").client("ec2")
    own = [
        device("/dev/sdb", VolumeSize=9, VolumeType="gp3", Iops=3000, Throughput=125, Encrypted=True, KmsKeyId="k"),
        {"DeviceName": "/dev/sdc", "VirtualName": "ephemeral0"},
        {"DeviceName": "/dev/sdd", "NoDevice": ""},
    ]
    request = {"MinCount": 1, "MaxCount": 1, "BlockDeviceMappings": list(choose(*own).mappings or ())}
    with Stubber(ec2) as stub:
        stub.add_response("run_instances", {}, request)
        ec2.run_instances(**request)
