"""The quotas on the vCPUs of instances, on demand and on the spot market, that an account may run in a region.

https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import botocore.exceptions

from benchmarks.aws.aws_errors import code
from benchmarks.aws.optional_answers import UnknownError, optional
from benchmarks.aws.session import AwsShape, Client, Connect

PERMISSION = "servicequotas:GetServiceQuota"
DEFAULT_PERMISSION = "servicequotas:GetAWSDefaultServiceQuota"


@dataclass(frozen=True)
class Quota:
    """A quota in Service Quotas, and what counts against it: families of types (p), or their generations (p5)."""

    code: str
    name: str
    families: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.code} ({self.name})"


# im4gn and is4gen count as I, gr6 as G, u-6tb1 and u7i as High Memory.
STANDARD = ("a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z")
ON_DEMAND = (
    Quota(
        "L-1216C47A",
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        STANDARD,
    ),
    Quota("L-6E869C2A", "Running On-Demand DL instances", ("dl",)),
    Quota("L-74FC7D96", "Running On-Demand F instances", ("f",)),
    Quota("L-DB2E81BA", "Running On-Demand G and VT instances", ("g", "gr", "vt")),
    Quota("L-43DA4232", "Running On-Demand High Memory instances", ("u",)),
    Quota("L-F7808C92", "Running On-Demand HPC instances", ("hpc",)),
    Quota("L-1945791B", "Running On-Demand Inf instances", ("inf",)),
    Quota("L-417A185B", "Running On-Demand P instances", ("p",)),
    Quota("L-2C3B7624", "Running On-Demand Trn instances", ("trn",)),
    Quota("L-7295265B", "Running On-Demand X instances", ("x",)),
)
# Names and codes: https://docs.aws.amazon.com/general/latest/gr/ec2-service.html. HPC and High Memory have none.
SPOT = (
    Quota("L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", STANDARD),
    Quota("L-85EED4F7", "All DL Spot Instance Requests", ("dl",)),
    Quota("L-88CF9481", "All F Spot Instance Requests", ("f",)),
    Quota("L-3819A6DF", "All G and VT Spot Instance Requests", ("g", "gr", "vt")),
    Quota("L-B5D1601B", "All Inf Spot Instance Requests", ("inf",)),
    Quota("L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests", ("p2", "p3", "p4")),
    Quota("L-C4BD4855", "All P5 Spot Instance Requests", ("p5",)),
    Quota("L-6B0D517C", "All Trn Spot Instance Requests", ("trn",)),
    Quota("L-E3A00192", "All X Spot Instance Requests", ("x",)),
)


def of(instance_type: str, *, spot: bool = False) -> Quota | None:
    """The quota that a type counts against; None for unknown families, such as mac, which needs dedicated hosts."""
    family = "".join(itertools.takewhile(str.isalpha, instance_type))
    generation = instance_type[: len(family) + 1]
    quotas = SPOT if spot else ON_DEMAND
    return next((quota for quota in quotas if {family, generation} & set(quota.families)), None)


def limit(connect: Connect, quota: Quota) -> int:
    """The account's quota in vCPUs, AWS's default if it has no value of its own. Raises UnknownError if not known.

    A quota that was never changed may have no applied value, which is NoSuchResourceException:
    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
    """
    asked = {"ServiceCode": "ec2", "QuotaCode": quota.code}
    with optional(PERMISSION):
        client = connect("service-quotas")
        try:
            return _vcpus(client.get_service_quota(**asked))
        except botocore.exceptions.ClientError as error:
            if code(error) != "NoSuchResourceException":
                raise
    with optional(DEFAULT_PERMISSION):
        return _vcpus(client.get_aws_default_service_quota(**asked))


def used(ec2: Client, quota: Quota, *, spot: bool) -> int | None:
    """The vCPUs of the account's instances that count against a quota, as far as can be told; None if not known.

    Instances in capacity reservations and capacity blocks count otherwise, so this is an estimate.
    """
    states = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    try:
        with optional("ec2:DescribeInstances"):
            pages = ec2.get_paginator("describe_instances").paginate(Filters=states)
            found = [i for page in pages for reservation in page["Reservations"] for i in reservation["Instances"]]
            counted = [i for i in found if i.get("InstanceLifecycle") == ("spot" if spot else None)]
            return sum(_vcpus_of(i) for i in counted if of(i["InstanceType"], spot=spot) == quota)
    except UnknownError:
        return None


def _vcpus_of(instance: AwsShape) -> int:
    return int(instance["CpuOptions"]["CoreCount"]) * int(instance["CpuOptions"]["ThreadsPerCore"])


def _vcpus(answer: AwsShape) -> int:
    return int(answer["Quota"]["Value"])
