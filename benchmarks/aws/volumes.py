"""The EBS volumes that launches have tagged, in any state.

A volume that outlives its instance is billed until it is deleted:
https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-lifecycle.html
"""

from __future__ import annotations

import botocore.exceptions

from benchmarks.aws import tags
from benchmarks.aws.aws_errors import code
from benchmarks.aws.session import AwsShape, Client

# States in which nothing uses a volume. One with failed hardware is in the state error until it is deleted.
FREE = ("available", "error")
# For a volume that was attached since, or is being detached still, and for one that is gone:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
_LOOK_AGAIN = ("VolumeInUse", "IncorrectState", "InvalidVolume.NotFound")


def of_all_runs(ec2: Client) -> list[AwsShape]:
    """The region's volumes with the tag of any run, except those that are being deleted.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
    """
    pages = ec2.get_paginator("describe_volumes").paginate(Filters=[{"Name": "tag-key", "Values": [tags.RUN]}])
    return [volume for page in pages for volume in page["Volumes"] if volume["State"] not in ("deleting", "deleted")]


def holders(volume: AwsShape) -> frozenset[str]:
    """The ids of the instances that a volume is attached to."""
    return frozenset(one["InstanceId"] for one in volume.get("Attachments", []) if one.get("InstanceId"))


def goes_with_its_instance(volume: AwsShape) -> bool:
    """Whether EC2 deletes an attached volume when its instance is terminated.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html
    """
    attached = volume.get("Attachments", [])
    return bool(attached) and all(one.get("DeleteOnTermination") for one in attached)


def delete(ec2: Client, volume_id: str) -> bool:
    """Delete a volume that is in one of the states FREE. Returns False if it was not: then look at it again.

    Raises ClientError otherwise. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVolume.html
    """
    try:
        ec2.delete_volume(VolumeId=volume_id)
    except botocore.exceptions.ClientError as error:
        if code(error) in _LOOK_AGAIN:
            return False
        raise
    return True
