"""The subnets of a region."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError


def find(ec2: Client, subnet: str, region: str) -> AwsShape:
    """The subnet with this id, from DescribeSubnets. Raises RefusedError if there is none."""
    found = ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": [subnet]}])["Subnets"]
    if not found:
        raise RefusedError(
            f"There is no subnet {subnet} in {region}: check --subnet, or give the region that it is in by --region."
        )
    return found[0]  # type: ignore[no-any-return]


def of_default_vpc(ec2: Client) -> list[AwsShape]:
    """The default subnets, one a zone, from DescribeSubnets; empty if the region has no default VPC.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-subnet.html
    """
    return list(ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"])


def has_ipv4(subnet: AwsShape) -> bool:
    """Whether instances in a subnet have IPv4 addresses.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html
    """
    return not subnet.get("Ipv6Native")


def check_ipv4(subnet: AwsShape) -> None:
    """Raises RefusedError for a subnet with IPv6 only, since instances are reached over IPv4."""
    if not has_ipv4(subnet):
        raise RefusedError(
            f"The subnet {subnet['SubnetId']} has IPv6 addresses only, but instances are reached over IPv4: give "
            f"another subnet by --subnet, or in the launch template."
        )


def zone_ids(ec2: Client, wanted: Sequence[str]) -> dict[str, str]:
    """The ids of the zones that subnets are in, by the subnet's id, as far as EC2 shows them. Raises ClientError.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html
    """
    found = ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": list(wanted)}])["Subnets"]
    return {one["SubnetId"]: one["AvailabilityZoneId"] for one in found if one.get("AvailabilityZoneId")}


def no_default_vpc(region: str) -> RefusedError:
    """The error for a region without a default VPC, which has no subnets to choose from."""
    return RefusedError(
        f"{region} has no default VPC: give --subnet, or create one by aws ec2 create-default-vpc --region {region}."
    )
