"""Which image an instance starts from."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.aws import images
from benchmarks.errors import RefusedError
from tests.support.aws_fakes import FakeClient


def image(id: str = "ami-1", architecture: str = "x86_64", **more: Any) -> dict[str, Any]:
    return {"ImageId": id, "Architecture": architecture, "RootDeviceName": "/dev/xvda", **more}


@pytest.mark.parametrize(("architecture", "name"), [("x86_64", "debian-13-amd64-*"), ("arm64", "debian-13-arm64-*")])
def test_debians_newest_image_is_taken_from_debian_alone(architecture: str, name: str) -> None:
    found = [
        image("ami-old", CreationDate="2026-01-01T00:00:00Z"),
        image("ami-new", CreationDate="2026-05-01T00:00:00Z"),
    ]
    ec2 = FakeClient(describe_images={"Images": list(reversed(found))})
    assert images.newest_debian(ec2, architecture)["ImageId"] == "ami-new"
    (asked,) = ec2.called("describe_images")
    assert asked["Owners"] == ["136693071363"]
    assert asked["Filters"][0] == {"Name": "name", "Values": [name]}


def test_a_region_without_debian_is_refused() -> None:
    with pytest.raises(
        RefusedError, match=r"^Debian has no image debian-13-arm64-\* in this region: give one by --ami"
    ):
        images.newest_debian(FakeClient(describe_images={"Images": []}), "arm64")


def test_an_image_that_there_is_not_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        images.named(FakeClient(describe_images={"Images": []}), "ami-9")
    assert str(refused.value) == (
        "There is no image ami-9 in this region that your account may use: check --ami or the launch template."
    )


def test_an_image_of_another_architecture_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        images.check_fits(image(), "c7g.large", ["arm64"])
    assert str(refused.value) == (
        "c7g.large is arm64, but the image ami-1 is for x86_64: give an image of the type's architecture by --ami, or "
        "a type of the image's."
    )


def test_windows_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"^The image ami-1 is Windows: give a Linux image by --ami\.$"):
        images.check_fits(image(Platform="windows"), "c7i.large", ["x86_64"])


@pytest.mark.parametrize(("has", "free", "size"), [(8, 6, 9), (30, 6, 30), (None, 20, 23)])
def test_the_root_volume_has_room_for_the_build(has: int | None, free: int, size: int) -> None:
    mappings = [
        {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": has} if has else {}},
    ]
    assert images.root_volume(image(BlockDeviceMappings=mappings), free) == [
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": size, "VolumeType": "gp3", "DeleteOnTermination": True}}
    ]
