"""Types to suggest if EC2 has no capacity for the one that was asked for; never launched without being asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from benchmarks.aws.instance_types import Offer
from benchmarks.aws.optional_answers import UnknownError, optional
from benchmarks.aws.session import Client
from benchmarks.picker import region_data, selection
from benchmarks.runs.records import LaunchPlan

PERMISSION = "ec2:DescribeInstanceTypeOfferings"
MOST = 3
# How many are looked up in the zones, of which some lack each type.
CANDIDATES = 12


def find(ec2: Client, plan: LaunchPlan, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The types that come nearest to the planned one, best first, with their on-demand price if it is known.

    They are of other families and the same architecture, have its cores and memory or the least above, and are offered
    in one of the zones that are tried. Empty if the picker has cached no types, or EC2 does not tell their zones.
    """
    near = _nearest(plan, region_data.cached(plan.region, environment, ("types", "prices")))
    zones = {place.zone for place in plan.places if place.zone}
    try:
        there = _offered(ec2, [offer.type.name for offer in near], zones)
    except UnknownError:
        return ()
    return tuple(_named(offer, plan) for offer in near if offer.type.name in there)[:MOST]


def _nearest(plan: LaunchPlan, offers: Iterable[Offer]) -> list[Offer]:
    """The best type of each other family."""
    own = plan.instance_type.partition(".")[0]
    others = [one for one in offers if one.type.family != own and one.type.bare_metal == plan.bare_metal]
    asked = selection.Criteria(cpu=plan.cores, memory=plan.memory_mib, arch=plan.architecture)
    best: dict[str, Offer] = {}
    for offer in selection.choose(asked, others).fitting:
        if offer.type.spot or not plan.spot:
            best.setdefault(offer.type.family, offer)
    return list(best.values())[:CANDIDATES]


def _offered(ec2: Client, names: Collection[str], zones: Collection[str]) -> frozenset[str]:
    """Which of these types one of the zones offers, or any if no zone is known. Raises UnknownError."""
    if not names:
        return frozenset()
    with optional(PERMISSION):
        pages = ec2.get_paginator("describe_instance_type_offerings").paginate(
            LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": list(names)}]
        )
        offers = [offer for page in pages for offer in page["InstanceTypeOfferings"]]
        found = frozenset(one["InstanceType"] for one in offers if not zones or one["Location"] in zones)
    return found


def _named(offer: Offer, plan: LaunchPlan) -> str:
    # Spot prices change too often to be told from the cache; dedicated hardware and licences have others.
    usual = not plan.spot and plan.tenancy == "default" and not plan.image.licensed_platform
    told = offer.on_demand is not None and usual
    return f"{offer.type.name} (${offer.on_demand:.4g} an hour)" if told else offer.type.name
