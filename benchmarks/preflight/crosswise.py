"""Spreads a run's instances over availability zones, crosswise: each type in each zone.

Otherwise a type and the zone that it is in could not be told apart, and zones differ: in hardware and in neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from benchmarks.runs.records import LaunchPlan, Place

NO_COMMON_ZONE = (
    "No availability zone can take all of these types, so that a difference between types may be one between zones: "
    "give a subnet by --subnet, or types that are offered in the same zones."
)


def spread(plans: Sequence[LaunchPlan], instances: int) -> tuple[list[list[LaunchPlan]], tuple[str, ...]]:
    """For each plan of a type, those of so many instances of it, which begin in different zones; and warnings.

    The first instances of all types begin in the same zone, so do the second ones, and so on, as far as there are zones
    that can take all types. Where there is no capacity, the others are tried as well.
    """
    each = [_zones(plan) for plan in plans]
    common = [zone for zone in each[0] if all(zone in zones for zones in each)]
    several = len(plans) > 1
    warnings = (NO_COMMON_ZONE,) if several and not common else ()
    of_types = [
        [_beginning_in(plan, _turned(common or zones, number)) for number in range(instances)]
        for plan, zones in zip(plans, each, strict=True)
    ]
    return of_types, warnings


def _zones(plan: LaunchPlan) -> list[str | None]:
    return list(dict.fromkeys(place.zone for place in plan.places))


def _turned(zones: Sequence[str | None], by: int) -> list[str | None]:
    first = by % len(zones)
    return [*zones[first:], *zones[:first]]


def _beginning_in(plan: LaunchPlan, zones: Sequence[str | None]) -> LaunchPlan:
    def rank(place: Place) -> int:
        return zones.index(place.zone) if place.zone in zones else len(zones)

    return replace(plan, places=tuple(sorted(plan.places, key=rank)))
