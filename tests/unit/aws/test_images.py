"""Which image an instance starts from."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.aws import images
from benchmarks.errors import RefusedError
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.records import STARTED


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


def test_an_image_is_asked_for_by_id_so_that_a_deprecated_one_is_found() -> None:
    ec2 = FakeClient(describe_images={"Images": [image(State="available", DeprecationTime="2026-01-01T00:00:00.000Z")]})
    assert images.named(ec2, "ami-1")["ImageId"] == "ami-1"
    assert ec2.called("describe_images") == [{"ImageIds": ["ami-1"]}]


@pytest.mark.parametrize(
    "answer",
    [
        {"Images": []},
        aws_error("InvalidAMIID.NotFound", "The image id '[ami-9]' does not exist", "DescribeImages"),
        aws_error("InvalidAMIID.Unavailable", "The image ID 'ami-9' is not available", "DescribeImages"),
    ],
)
def test_an_image_that_there_is_not_is_refused(answer: object) -> None:
    with pytest.raises(RefusedError) as refused:
        images.named(FakeClient(describe_images=answer), "ami-9")
    assert str(refused.value) == (
        "There is no image ami-9 in this region that your account may use: check --ami or the launch template."
    )


def test_an_id_that_is_none_is_refused() -> None:
    malformed = aws_error("InvalidAMIID.Malformed", 'Invalid id: "debian"', "DescribeImages")
    with pytest.raises(RefusedError) as refused:
        images.named(FakeClient(describe_images=malformed), "debian")
    assert str(refused.value) == (
        "debian is not the id of an image, which begins with ami-: check --ami or the launch template."
    )


def test_other_errors_are_aws_own() -> None:
    denied = aws_error("UnauthorizedOperation", "no", "DescribeImages")
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        images.named(FakeClient(describe_images=denied), "ami-9")


@pytest.mark.parametrize("state", ["pending", "failed", "deregistered", "disabled"])
def test_an_image_that_is_not_available_is_refused_with_its_state(state: str) -> None:
    with pytest.raises(RefusedError, match=f"^The image ami-1 is {state}, so nothing can be launched from it: "):
        images.named(FakeClient(describe_images={"Images": [image(State=state)]}), "ami-1")


def test_an_image_without_a_root_volume_is_refused() -> None:
    stored = image(State="available", RootDeviceType="instance-store")
    with pytest.raises(RefusedError, match=r"^The image ami-1 has its root on an instance store, .* by --ami\.$"):
        images.named(FakeClient(describe_images={"Images": [stored]}), "ami-1")


@pytest.mark.parametrize(
    ("at", "warnings"),
    [
        (None, []),
        ("2026-06-01T00:00:00.000Z", []),
        (
            "2026-05-01T00:00:00.000Z",
            [
                "The image ami-1 has been deprecated by its owner since 2026-05-01 and may lack security updates: give "
                "a newer one by --ami."
            ],
        ),
    ],
)
def test_an_image_that_is_deprecated_is_warned_of(at: str | None, warnings: list[str]) -> None:
    assert list(images.warnings(image(DeprecationTime=at) if at else image(), STARTED)) == warnings


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
    assert images.root_volume(image(BlockDeviceMappings=mappings), free) == {
        "DeviceName": "/dev/xvda",
        "Ebs": {"VolumeSize": size, "VolumeType": "gp3", "DeleteOnTermination": True},
    }
