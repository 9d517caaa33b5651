"""Where setup works (account, region, VPC), and the names of the resources that runs need there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import __version__
from benchmarks.account import bucket, own_rules
from benchmarks.aws import aws_errors, caller, launch_templates, subnets, tags
from benchmarks.aws.opt_in_regions import refusing_in
from benchmarks.aws.own_address import own_range
from benchmarks.aws.resource_names import NAME, default_bucket
from benchmarks.aws.session import Client, Connect
from benchmarks.errors import RefusedError
from benchmarks.parameters.addresses import check_source_range
from benchmarks.runs.records import Values

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
_TEMPLATE_NAME = re.compile(r"[A-Za-z0-9().\-/_]{3,128}")
# Characters that IAM does not accept in tag values: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
_NO_TAG_VALUE = re.compile(r"[^\w\s.:/=+@-]")


@dataclass(frozen=True)
class Target:
    """An account, region and VPC, and the names of the resources that runs need there."""

    account: str
    partition: str
    region: str
    owner: str
    vpc: str
    allow_from: str
    bucket: str
    launch_template: str  # NAME or ID, with :VERSION
    # The user's subnet if it assigns no public addresses, else None.
    private_subnet: str | None = None
    # Whether instances get no role of their own, so that IAM is not asked at all.
    no_instance_profile: bool = False
    public: bool = False  # whether anyone is to read the results
    rule_description: str = ""  # of the user's rules in the security group, by which they are known again
    # Whether `allow_from` takes the place of the user's earlier address: only if it is where they were seen to come
    # from. A range that they give, as for a machine of CI, is one more.
    replaces_own: bool = False

    @property
    def instance_profile_arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:instance-profile/{NAME}"

    @property
    def tags(self) -> dict[str, str]:
        return {tags.OWNER: _of_tag(self.owner), tags.VERSION: __version__}


def _of_tag(owner: str) -> str:
    return _NO_TAG_VALUE.sub("-", owner)


def check_names(parameters: Values) -> None:
    """Raises RefusedError for names that AWS does not accept."""
    name, _ = launch_templates.split(parameters["launch_template"])
    if not _TEMPLATE_NAME.fullmatch(name):
        raise RefusedError(f"launch_template must be 3 to 128 letters, digits or ().-/_, not {name!r}.")
    if parameters["bucket"]:
        bucket.check_name(parameters["bucket"])


def choose_target(
    parameters: Values,
    connect: Connect,
    ask_own_range: Callable[[], str] = own_range,
    seen_from: str | None = None,
) -> Target:
    """The target of setup, with defaults for parameters that were not given. Raises RefusedError.

    `seen_from` is the range from which the same user was seen to come before, which may be given as `allow_from` since.
    If `ask_own_range` returns nothing, `allow_from` is empty.
    """
    check_names(parameters)
    given = parameters["allow_from"]
    name, version = launch_templates.split(parameters["launch_template"])
    region = parameters["region"]
    with refusing_in(connect, region):
        identity = connect("sts").get_caller_identity()
        owner = caller.of(identity)
        address = given or ask_own_range()
        vpc, private_subnet = find_network(connect("ec2"), parameters["subnet"], region)
        return Target(
            account=identity["Account"],
            partition=identity["Arn"].split(":")[1],
            region=region,
            owner=owner,
            vpc=vpc,
            allow_from=check_source_range(address) if address else "",
            bucket=parameters["bucket"] or default_bucket(identity["Account"], region),
            launch_template=name if version == "$Default" else f"{name}:{version}",
            private_subnet=private_subnet,
            no_instance_profile=bool(parameters.get("no_instance_profile")),
            public=bool(parameters.get("public")),
            rule_description=own_rules.description(_of_tag(owner)),
            # Whoever has a role without a name of their own in it may be anyone who has it.
            replaces_own=bool(address) and given in (None, "", seen_from) and not caller.is_shared(identity),
        )


def find_network(ec2: Client, subnet: str | None, region: str) -> tuple[str, str | None]:
    """The VPC to use, and `subnet` if it assigns no public addresses. Raises RefusedError if there is none."""
    if subnet:
        found = subnets.find(ec2, subnet, region)
        return found["VpcId"], None if found.get("MapPublicIpOnLaunch") else subnet
    answer = aws_errors.optional(lambda: ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}]))
    # Who only runs may ask for subnets alone: the default ones are those of the default VPC.
    vpcs = answer["Vpcs"] if answer is not None else subnets.of_default_vpc(ec2)
    if not vpcs:
        raise subnets.no_default_vpc(region)
    return vpcs[0]["VpcId"], None
