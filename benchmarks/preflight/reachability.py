"""Whether an instance that is to be launched can be reached by SSH, told while it can still be changed."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence

from benchmarks import hints
from benchmarks.account import security_group
from benchmarks.aws import ec2_endpoint, own_address
from benchmarks.aws.aws_errors import optional
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Client


def warnings(
    ec2: Client,
    template: Template,
    subnets: Sequence[AwsShape],
    port: int = security_group.SSH_PORT,
    ask_own: Callable[[], str | None] | None = None,
) -> Iterator[str]:
    """Warns of instances without a public address, and of security groups that do not let in the caller's own.

    `subnets` are those that the launch may use, from DescribeSubnets. The caller's address is asked for only if the
    instance has a public one and AWS itself answers: `ask_own` returns it as a range, None if it is not known.
    """
    public = {one["SubnetId"]: _is_public(template, one) for one in subnets}
    if private := [id for id, is_public in public.items() if is_public is False]:
        yield _private(f"in {', '.join(private)}")
    elif not subnets and _is_public(template, {}) is False:
        yield _private("by its launch template")
    anywhere = any(public.values()) if subnets else _is_public(template, {})
    if not (anywhere and ec2_endpoint.is_aws(ec2.meta.endpoint_url)):
        return
    own = (ask_own or own_address.if_known)()
    if own and ipaddress.ip_network(own).version == 4:
        yield from _shut_out(ec2, template, subnets, own, port)


def _is_public(template: Template, subnet: AwsShape) -> bool | None:
    """Whether an instance gets a public address; None if that is not known.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
    """
    interface = template.interface
    if interface.get("NetworkInterfaceId") or len(template.data.get("NetworkInterfaces") or []) > 1:
        return None
    decided = interface.get("AssociatePublicIpAddress", subnet.get("MapPublicIpOnLaunch"))
    return None if decided is None else bool(decided)


def _private(where: str) -> str:
    return (
        f"The instance gets no public address {where}, so it is reached at its private one, from within its network "
        f"only: run this there or through a VPN, or give a subnet that assigns public addresses."
    )


def _shut_out(ec2: Client, template: Template, subnets: Sequence[AwsShape], own: str, port: int) -> Iterator[str]:
    """Warns if no rule of the launch's security groups lets in the address `own`, as far as all rules are known."""
    groups = optional(lambda: _groups(ec2, template, subnets[0].get("VpcId") if subnets else None))
    if not groups or any(security_group.admits_by_reference(group, port) for group in groups):
        return
    if any(security_group.admits(group, own, port) for group in groups):
        return
    names = ", ".join(f"{group.get('GroupName', '')} ({group['GroupId']})".strip() for group in groups)
    remedy = (
        f"run {hints.command_line('bench.setup')}, which adds it"
        if any(group.get("GroupName") == NAME for group in groups)
        else f"add a rule for TCP port {port} from {own}"
    )
    yield f"Your address {own} is not among those that the security group {names} lets in on port {port}: {remedy}."


def _groups(ec2: Client, template: Template, vpc: str | None) -> list[AwsShape]:
    """The security groups that an instance gets, from DescribeSecurityGroups; empty if they are not all known.

    Without any, an instance gets the default group of its VPC:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
    """
    interface = template.interface
    if interface.get("NetworkInterfaceId"):
        return []
    ids = template.group_ids
    names = [] if interface else list(template.data.get("SecurityGroups") or [])
    if not ids and not names:
        names = ["default"]
    found = _described(ec2, [{"Name": "group-id", "Values": ids}]) if ids else []
    if names and vpc is None:
        return []
    if names:
        filters = [{"Name": "group-name", "Values": names}, {"Name": "vpc-id", "Values": [str(vpc)]}]
        found += _described(ec2, filters)
    return found if len(found) == len({*ids, *names}) else []


def _described(ec2: Client, filters: Sequence[AwsShape]) -> list[AwsShape]:
    return list(ec2.describe_security_groups(Filters=list(filters))["SecurityGroups"])
