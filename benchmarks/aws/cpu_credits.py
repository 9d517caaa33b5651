"""CPU credits of burstable types: which a launch gets, and what those cost that an instance spends without having them.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html
"""

from __future__ import annotations

from benchmarks.aws import prices
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.aws.session import AwsShape, Connect
from benchmarks.runs.records import Instance, LaunchPlan, Price

STANDARD, UNLIMITED = "standard", "unlimited"
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html
FAMILIES = frozenset({"t2", "t3", "t3a", "t4g"})
_UNIT = "vCPU-Hours"


def set_by(template: Template) -> str | None:
    """The credits that the template asks for, standard or unlimited; None if it leaves that to EC2."""
    return (template.data.get("CreditSpecification") or {}).get("CpuCredits")


def usual(template: Template, name: str) -> str:
    """The credits of a burstable type if nobody says otherwise: standard for T2, unlimited for T3, T3a and T4g.

    On a Dedicated Host there are standard ones only:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode.html
    """
    return STANDARD if name.startswith("t2.") or template.tenancy == "host" else UNLIMITED


def may_be_charged(template: Template, type_info: AwsShape) -> bool:
    """Whether EC2 may charge for credits: not if they are standard, nor for a type that is not burstable.

    `type_info` is from DescribeInstanceTypes. The account's default decides where the template does not, and is not
    asked for, which takes a permission of its own: the dearer is assumed.
    """
    if not type_info.get("BurstablePerformanceSupported") or template.tenancy == "host":
        return False
    return set_by(template) != STANDARD


def are_charged(launch: LaunchPlan, instance: Instance) -> bool:
    """Whether EC2 may have charged for the credits of an instance; what it is known to have got decides."""
    if instance.cpu_credits:
        return instance.cpu_credits != STANDARD
    return bool(launch.cpu_credits or launch.cpu_credits_unknown)


def most_an_hour(connect: Connect, region: str, type_info: AwsShape) -> Price:
    """What credits may add to an hour: the flat rate of all vCPUs, as if none had credits of its own.

    Raises UnknownError if the rate is not known, whatever the reason.
    """
    name, vcpus = type_info["InstanceType"], int(type_info["VCpuInfo"]["DefaultVCpus"])
    family = name.partition(".")[0]
    # The usage type begins with a code of the region that nothing else tells, and in us-east-1 with none:
    # https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
    wanted = {"regionCode": region, "productFamily": "CPU Credits", "operatingSystem": "Linux"}
    entries = prices.entries(connect, region, wanted, _UNIT, "usagetype")
    found = [one for one in entries if one.name.lower().rpartition("-")[2] == f"cpucredits:{family}"]
    if not found:
        raise UnknownError(f"the AWS Price List has no price in US dollars for the CPU credits of {name} in {region}")
    rate = max(found, key=lambda one: one.usd)
    source = f"{vcpus} vCPUs at ${rate.usd:.4g} an hour, {prices.source(rate)}"
    return Price(usd_per_hour=rate.usd * vcpus, source=source, date=prices.today())
