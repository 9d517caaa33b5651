"""Instances are spread over zones so that a type and a zone can be told apart."""

from __future__ import annotations

from benchmarks.preflight import crosswise
from benchmarks.runs.records import LaunchPlan, Place
from tests.support import records


def plan(name: str, zones: str) -> LaunchPlan:
    places = tuple(Place(subnet=f"subnet-{zone}", zone=zone) for zone in zones)
    return records.launch_plan(instance_type=name, places=places)


def zones_of(of_types: list[list[LaunchPlan]]) -> list[list[str]]:
    return [["".join(place.zone or "-" for place in one.places) for one in plans] for plans in of_types]


def test_each_type_begins_in_each_zone() -> None:
    of_types, warnings = crosswise.spread([plan("a", "xyz"), plan("b", "xyz")], 3)
    assert zones_of(of_types) == [["xyz", "yzx", "zxy"]] * 2
    assert warnings == ()


def test_one_instance_of_each_type_begins_in_the_same_zone() -> None:
    of_types, _ = crosswise.spread([plan("a", "xy"), plan("b", "xy")], 1)
    assert zones_of(of_types) == [["xy"], ["xy"]]


def test_zones_that_only_some_types_have_come_last() -> None:
    of_types, warnings = crosswise.spread([plan("a", "xyz"), plan("b", "yz")], 2)
    assert zones_of(of_types) == [["yzx", "zyx"], ["yz", "zy"]]
    assert warnings == ()


def test_types_without_a_common_zone_are_warned_of() -> None:
    of_types, warnings = crosswise.spread([plan("a", "xy"), plan("b", "z")], 2)
    assert zones_of(of_types) == [["xy", "yx"], ["z", "z"]]
    assert warnings == (crosswise.NO_COMMON_ZONE,)


def test_a_single_launch_stays_as_it_was_planned() -> None:
    one = plan("a", "xy")
    assert crosswise.spread([one], 1) == ([[one]], ())


def test_a_zone_with_two_subnets_counts_once() -> None:
    places = tuple(Place(subnet=subnet, zone=zone) for subnet, zone in (("1", "x"), ("2", "x"), ("3", "y")))
    of_types, _ = crosswise.spread([records.launch_plan(places=places)], 2)
    assert zones_of(of_types) == [["xxy", "yxx"]]
