"""Subnets of a region, and what to say where there are none."""

from __future__ import annotations

from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError


def find(ec2: Client, subnet: str, region: str) -> AwsShape:
    """A subnet as DescribeSubnets shows it. Raises RefusedError where there is none of this id."""
    found = ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": [subnet]}])["Subnets"]
    if not found:
        raise RefusedError(f"There is no subnet {subnet} in {region}.")
    return found[0]  # type: ignore[no-any-return]


def no_default_vpc(region: str) -> RefusedError:
    """What to say where a region has no default VPC, and so no subnets to choose from."""
    return RefusedError(
        f"{region} has no default VPC: give --subnet, or create one by aws ec2 create-default-vpc --region {region}."
    )
