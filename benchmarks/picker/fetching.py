"""The picker's AWS calls: types, zones and prices, reduced to what the cache stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.exceptions

from benchmarks.aws import aws_errors, instance_types, opt_in_regions, prices, spot_prices
from benchmarks.aws.optional_answers import DAMAGED, UNREADABLE, UnknownError
from benchmarks.aws.session import AwsShape, Client, Connect

# EC2 describes at most this many types by name in one call.
BATCH = 100
# Concurrent calls to describe types; with those for the other parts, fewer than botocore's pool of 10 connections.
CALLS = 6


# The members that aws.instance_types.described reads, by the structure they are in; "" is the type itself.
READ = {
    "": {"InstanceType", "CurrentGeneration", "SupportedUsageClasses", "BareMetal", "ProcessorInfo", "VCpuInfo"}
    | {"MemoryInfo", "InstanceStorageInfo", "NetworkInfo", "BurstablePerformanceSupported", "GpuInfo"},
    "NetworkInfo": {"NetworkPerformance"},
    "VCpuInfo": {"DefaultVCpus", "DefaultCores", "DefaultThreadsPerCore"},
}


def read_less(ec2: Client) -> None:
    """Make this client parse only the members in READ from DescribeInstanceTypes' answers.

    botocore parses every member in its model of the answer, which for all types is most of this command's work.
    """
    answer = ec2.meta.service_model.operation_model("DescribeInstanceTypes").output_shape
    shape = answer.members["InstanceTypes"].member
    for name, kept in READ.items():
        members = shape.members[name].members if name else shape.members
        for unread in members.keys() - kept:
            del members[unread]


def types(ec2: Client) -> list[AwsShape]:
    """Every type that the region offers, as the fields of InstanceType, sorted by name.

    DescribeInstanceTypes is paginated one page after the other, most of a second each. DescribeInstanceTypeOfferings
    has few, large pages; with the names from there, the descriptions can be fetched concurrently.
    """
    pages = ec2.get_paginator("describe_instance_type_offerings").paginate(LocationType="region")
    names = sorted({offer["InstanceType"] for page in pages for offer in page["InstanceTypeOfferings"]})
    batches = [names[start : start + BATCH] for start in range(0, len(names), BATCH)]
    with ThreadPoolExecutor(CALLS) as pool:
        found = [one for batch in pool.map(lambda batch: _described(ec2, batch), batches) for one in batch]
    return sorted(found, key=lambda one: str(one["name"]))


def _described(ec2: Client, names: Sequence[str]) -> list[AwsShape]:
    try:
        infos = ec2.describe_instance_types(InstanceTypes=names)["InstanceTypes"]
    except botocore.exceptions.ClientError as error:
        if aws_errors.code(error) not in ("InvalidInstanceType", "InvalidParameterValue"):
            raise
        # A single name that is offered but has no description fails the call by names; a filter ignores it.
        pages = ec2.get_paginator("describe_instance_types").paginate(
            Filters=[{"Name": "instance-type", "Values": list(names)}]
        )
        infos = [info for page in pages for info in page["InstanceTypes"]]
    return [instance_types.fields(instance_types.described(info)) for info in infos]


def zones(ec2: Client) -> dict[str, list[str]]:
    """The availability zones that offer each type."""
    pages = ec2.get_paginator("describe_instance_type_offerings").paginate(LocationType="availability-zone")
    found: dict[str, list[str]] = {}
    for page in pages:
        for offer in page["InstanceTypeOfferings"]:
            found.setdefault(offer["InstanceType"], []).append(offer["Location"])
    return {name: sorted(places) for name, places in sorted(found.items())}


def fetch(connect: Connect, region: str, parts: Sequence[str]) -> Iterator[tuple[str, object]]:
    """Each part's content, or the error raised instead: AWS's, or UnknownError. All parts are fetched concurrently."""
    # botocore clients are thread-safe, but creating them is not.
    try:
        ec2 = connect("ec2")
    except botocore.exceptions.BotoCoreError as error:
        # A profile that there is not, for one.
        yield from ((part, error) for part in parts)
        return
    price_list = _price_list(connect, region) if "prices" in parts else UnknownError()
    if "types" in parts:
        read_less(ec2)
    fetchers: Mapping[str, Callable[[], Any]] = {
        "types": lambda: types(ec2),
        "zones": lambda: zones(ec2),
        "spot": lambda: spot_prices.newest(ec2),
        "prices": lambda: _prices(price_list, region),
    }
    off = False
    with ThreadPoolExecutor(len(parts)) as pool:
        running = {part: pool.submit(fetchers[part]) for part in parts}
        for part, future in running.items():
            try:
                yield part, future.result()
            except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError, UnknownError) as error:
                # The price list is asked in another region.
                off = off or (part != "prices" and opt_in_regions.is_off(error, connect, region))
                yield part, UnknownError(opt_in_regions.not_enabled(region).rstrip(".")) if off else error
            except DAMAGED:
                yield part, UnknownError(UNREADABLE)
            except aws_errors.of_aws():
                yield part, UnknownError(UNREADABLE)


def _price_list(connect: Connect, region: str) -> Client | UnknownError:
    """A client for the price list of a region's partition, or why there is none."""
    try:
        return connect("pricing", prices.endpoint_region(region))
    except UnknownError as error:
        return error


def _prices(price_list: Client | UnknownError, region: str) -> dict[str, float]:
    if isinstance(price_list, UnknownError):
        raise price_list
    return prices.of_region(price_list, region)
