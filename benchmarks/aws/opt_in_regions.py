"""Tells credentials that AWS rejects from those of an account in which the region is not enabled.

Regions opened since 2019 are off until an account enables them, and do not know its credentials before:
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import botocore.exceptions

from benchmarks.aws import aws_errors, partitions
from benchmarks.aws.optional_answers import UnknownError, optional
from benchmarks.aws.session import Connect
from benchmarks.errors import RefusedError

PERMISSION = "ec2:DescribeRegions"
# What STS, EC2 and the services that speak JSON answer there; each may mean something else too.
CODES = frozenset({"AuthFailure", "InvalidClientTokenId", "OptInRequired", "UnrecognizedClientException"})


def not_enabled(region: str) -> str:
    return (
        f"The region {region} is not enabled in your AWS account: enable it by aws account enable-region --region-name "
        f"{region}, which takes some minutes, or choose another by --region."
    )


def is_off(error: Exception, connect: Connect, region: str | None) -> bool:
    """Whether an error is due to a region that is not enabled. Asks a region that always is, if the error may be.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
    """
    if not region or not isinstance(error, botocore.exceptions.ClientError) or aws_errors.code(error) not in CODES:
        return False
    main = partitions.main_region(partitions.of(region))
    if main in (None, region):
        return False
    try:
        with optional(PERMISSION):
            answer = connect("ec2", main).describe_regions(AllRegions=True, RegionNames=[region])
            return any(one["OptInStatus"] == "not-opted-in" for one in answer["Regions"])
    except UnknownError:
        return False


def sentence(error: Exception, connect: Connect, region: str | None) -> str:
    """One of aws_errors.errors() as a sentence for the user, with the true cause if the region is not enabled."""
    return not_enabled(str(region)) if is_off(error, connect, region) else aws_errors.sentence(error)


@contextmanager
def refusing_in(connect: Connect, region: str | None) -> Iterator[None]:
    """Turn AWS errors into RefusedError, for the first calls in a region, made before anything is started."""
    try:
        yield
    except aws_errors.of_aws() as error:
        raise RefusedError(sentence(error, connect, region)) from error
