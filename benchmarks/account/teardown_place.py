"""Where teardown works (account, region, VPC), and the names of what it looks for there."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.account import bucket
from benchmarks.aws import launch_templates, subnets
from benchmarks.aws.opt_in_regions import refusing_in
from benchmarks.aws.resource_names import default_bucket
from benchmarks.aws.session import Client, Connect
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Values


@dataclass(frozen=True)
class Place:
    """An account, region and VPC, and the names of what setup may have made there."""

    account: str
    region: str
    vpc: str | None  # None in a region without a default VPC, unless the user names a subnet
    bucket: str
    launch_template: str  # name or id
    delete_results: bool = False


def choose_place(parameters: Values, connect: Connect) -> Place:
    """Where to tear down. Raises RefusedError, for another bucket than meant before it asks more than who calls."""
    name, _version = launch_templates.split(parameters["launch_template"])
    if parameters["bucket"]:
        bucket.check_name(parameters["bucket"])
    region = parameters["region"]
    with refusing_in(connect, region):
        account = connect("sts").get_caller_identity()["Account"]
        chosen = parameters["bucket"] or default_bucket(account, region)
        check_results(parameters["delete_results"], chosen)
        return Place(
            account=account,
            region=region,
            vpc=_vpc(connect("ec2"), parameters["subnet"], region),
            bucket=chosen,
            launch_template=name,
            delete_results=bool(parameters["delete_results"]),
        )


def check_results(named: str | None, bucket_name: str) -> None:
    """Raises RefusedError if the bucket whose results are to be deleted is not the one that is torn down."""
    if named and named != bucket_name:
        raise RefusedError(
            f"delete_results is {named}, but the bucket is {bucket_name}: give the bucket's whole name to delete all "
            "that it holds, or name another bucket by --bucket too."
        )


def _vpc(ec2: Client, subnet: str | None, region: str) -> str | None:
    if subnet:
        return str(subnets.find(ec2, subnet, region)["VpcId"])
    vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    return str(vpcs[0]["VpcId"]) if vpcs else None
