"""Finds and checks the machine image (AMI) that an instance starts from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import botocore.exceptions

from benchmarks.aws.aws_errors import code
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError

# Debian's AWS account, and the architectures in the names of its images: https://wiki.debian.org/Cloud/AmazonEC2Image
DEBIAN_OWNER = "136693071363"
DEBIAN_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}


def newest_debian(ec2: Client, architecture: str) -> AwsShape:
    """Debian 13's newest official image for `architecture` (x86_64 or arm64).

    Raises RefusedError if the region has none.
    """
    name = f"debian-13-{DEBIAN_ARCHITECTURES[architecture]}-*"
    found = ec2.describe_images(
        Owners=[DEBIAN_OWNER],
        Filters=[{"Name": "name", "Values": [name]}, {"Name": "state", "Values": ["available"]}],
    )["Images"]
    if not found:
        raise RefusedError(f"Debian has no image {name} in this region: give one by --ami.")
    newest: AwsShape = max(found, key=lambda image: image["CreationDate"])
    return newest


def named(ec2: Client, image_id: str) -> AwsShape:
    """The image with this id, deprecated or not.

    It is asked for by id and not by a filter, which does not find deprecated images of other accounts:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deprecate.html
    Raises RefusedError if there is none that the account may use, or if it is not available.
    """
    try:
        found = ec2.describe_images(ImageIds=[image_id])["Images"]
    except botocore.exceptions.ClientError as error:
        if code(error) == "InvalidAMIID.Malformed":
            raise RefusedError(
                f"{image_id} is not the id of an image, which begins with ami-: check --ami or the launch template."
            ) from None
        if not code(error).startswith("InvalidAMIID."):
            raise
        found = []
    if not found:
        raise RefusedError(
            f"There is no image {image_id} in this region that your account may use: "
            "check --ami or the launch template."
        )
    image: AwsShape = found[0]
    _check_usable(image)
    return image


def _check_usable(image: AwsShape) -> None:
    """Raises RefusedError for an image that EC2 would not launch, or whose volume a launch cannot enlarge.

    States: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html
    """
    if (state := image.get("State", "available")) != "available":
        raise RefusedError(
            f"The image {image['ImageId']} is {state}, so nothing can be launched from it: wait if it is being made, "
            f"else give another by --ami."
        )
    if image.get("RootDeviceType", "ebs") != "ebs":
        raise RefusedError(
            f"The image {image['ImageId']} has its root on an instance store, whose size is fixed: give an image with "
            f"an EBS root volume by --ami."
        )


def warnings(image: AwsShape, now: datetime) -> Iterator[str]:
    """Warns of an image that its owner has deprecated, which can still be launched; `now` has a time zone."""
    since = image.get("DeprecationTime")
    if since and datetime.fromisoformat(since) <= now:
        yield (
            f"The image {image['ImageId']} has been deprecated by its owner since {since[:10]} and may lack security "
            f"updates: give a newer one by --ami."
        )


def check_fits(image: AwsShape, instance_type: str, architectures: list[str]) -> None:
    """Raises RefusedError if the type cannot boot the image, or if the image is not Linux."""
    if image["Architecture"] not in architectures:
        raise RefusedError(
            f"{instance_type} is {' or '.join(architectures)}, but the image {image['ImageId']} is for "
            f"{image['Architecture']}: give an image of the type's architecture by --ami, or a type of the image's."
        )
    if image.get("Platform") == "windows":
        raise RefusedError(f"The image {image['ImageId']} is Windows: give a Linux image by --ami.")


def root_volume(image: AwsShape, free: int) -> AwsShape:
    """The block device mapping of a root volume that has room for at least `free` GiB besides the image."""
    volume = {"VolumeSize": max(root_size(image), free + 3), "VolumeType": "gp3", "DeleteOnTermination": True}
    return {"DeviceName": image["RootDeviceName"], "Ebs": volume}


def root_size(image: AwsShape) -> int:
    """The size of the image's own root volume in GiB."""
    devices = image.get("BlockDeviceMappings", [])
    root = [one["Ebs"] for one in devices if one.get("DeviceName") == image["RootDeviceName"] and "Ebs" in one]
    return int(root[0].get("VolumeSize", 8)) if root else 8
