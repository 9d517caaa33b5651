"""Finds and checks the machine image (AMI) that an instance starts from."""

from __future__ import annotations

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
    """The image with this id. Raises RefusedError if there is none that the account may use."""
    found = ec2.describe_images(Filters=[{"Name": "image-id", "Values": [image_id]}])["Images"]
    if not found:
        raise RefusedError(
            f"There is no image {image_id} in this region that your account may use: "
            "check --ami or the launch template."
        )
    image: AwsShape = found[0]
    return image


def check_fits(image: AwsShape, instance_type: str, architectures: list[str]) -> None:
    """Raises RefusedError if the type cannot boot the image, or if the image is not Linux."""
    if image["Architecture"] not in architectures:
        raise RefusedError(
            f"{instance_type} is {' or '.join(architectures)}, but the image {image['ImageId']} is for "
            f"{image['Architecture']}: give an image of the type's architecture by --ami, or a type of the image's."
        )
    if image.get("Platform") == "windows":
        raise RefusedError(f"The image {image['ImageId']} is Windows: give a Linux image by --ami.")


def root_volume(image: AwsShape, free: int) -> list[AwsShape]:
    """Block device mappings with a root volume that has room for at least `free` GiB besides the image."""
    device = image["RootDeviceName"]
    size = next(
        (
            m["Ebs"].get("VolumeSize", 8)
            for m in image.get("BlockDeviceMappings", [])
            if m["DeviceName"] == device and "Ebs" in m
        ),
        8,
    )
    volume = {"VolumeSize": max(size, free + 3), "VolumeType": "gp3", "DeleteOnTermination": True}
    return [{"DeviceName": device, "Ebs": volume}]
