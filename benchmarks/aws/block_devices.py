"""The volumes of an instance: which a launch requests, and what there is to say of the launch template's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.aws import images
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.session import AwsShape


@dataclass(frozen=True)
class Volumes:
    """The block device mappings to request, None for the launch template's own; and warnings."""

    mappings: tuple[AwsShape, ...] | None
    warnings: tuple[str, ...]


def choose(image: AwsShape, template: Template, free: int, suite: str) -> Volumes:
    """The volumes of an instance on which `suite` has at least `free` GiB besides the image.

    A template that maps the image's root device decides its size. Otherwise a root volume is requested, together with
    the template's other devices. EC2 overrides a template's devices by name and keeps the others, which is documented
    for fleets only; the whole list is right also if it replaces the template's.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FleetBlockDeviceMappingRequest.html
    """
    root = image["RootDeviceName"]
    own = _by_name(template.data)
    wanted = images.root_volume(image, free)
    mapped = root in own and "Ebs" in own[root]
    others = {name: device for name, device in own.items() if name != root}
    warnings = (*_additional(image, template, others), *_kept(image, template, own, mapped))
    if mapped:
        return Volumes(None, (*_too_small(image, template, own[root]["Ebs"], wanted, suite), *warnings))
    return Volumes((*others.values(), wanted), warnings)


def _by_name(data: AwsShape) -> dict[str, AwsShape]:
    """Block devices by their names; entries without one belong to no device."""
    return {one["DeviceName"]: one for one in data.get("BlockDeviceMappings") or [] if one.get("DeviceName")}


def _too_small(image: AwsShape, template: Template, ebs: AwsShape, wanted: AwsShape, suite: str) -> Iterator[str]:
    # The size of another snapshot than the image's own is not known.
    unknown = ebs.get("SnapshotId") and not ebs.get("VolumeSize")
    size = ebs.get("VolumeSize") or images.root_size(image)
    needed = wanted["Ebs"]["VolumeSize"]
    if not unknown and size < needed:
        yield (
            f"The launch template {template.name} gives {image['RootDeviceName']} {size} GiB, but the suite {suite} "
            f"needs {needed} GiB with the image {image['ImageId']}: make the volume larger, or leave it out of the "
            f"template."
        )


def _additional(image: AwsShape, template: Template, others: Mapping[str, AwsShape]) -> Iterator[str]:
    """Warns of volumes that benchmarks do not run on, as a root volume under another image's name."""
    names = [name for name, device in others.items() if "Ebs" in device and name not in _by_name(image)]
    if names:
        yield (
            f"The launch template {template.name} adds {', '.join(names)}, which nothing here uses: the root volume of "
            f"the image {image['ImageId']} is {image['RootDeviceName']}."
        )


def _kept(image: AwsShape, template: Template, own: Mapping[str, AwsShape], mapped: bool) -> Iterator[str]:
    """Warns of volumes that outlive the instance; a root volume that the launch requests itself does not.

    By default EC2 deletes the root volume and keeps those that a launch adds:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html
    """
    root = image["RootDeviceName"]
    devices = _by_name(image)
    for name, device in own.items():
        ebs = {**devices.get(name, {}).get("Ebs", {}), **device["Ebs"]} if "Ebs" in device else None
        devices[name] = {"DeviceName": name, **({"Ebs": ebs} if ebs is not None else {})}
    if not mapped:
        devices.pop(root, None)
    volumes = {name: device["Ebs"] for name, device in devices.items() if "Ebs" in device}
    kept = [name for name, ebs in volumes.items() if not ebs.get("DeleteOnTermination", name == root)]
    if kept:
        yield (
            f"{', '.join(kept)} of the launch template {template.name} or the image {image['ImageId']} is not deleted "
            f"with the instance and goes on costing money: set DeleteOnTermination to true in the template."
        )
