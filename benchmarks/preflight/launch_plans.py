"""Plans the launches of a run: instances of one type or of several, in a random order."""

from __future__ import annotations

import random
from collections.abc import Sequence

from msgspec.structs import replace

from benchmarks.aws import launch_templates, network_interfaces
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import Connect
from benchmarks.preflight import crosswise, launch_plan
from benchmarks.runs.records import LaunchPlan, Suite, Values


def make(
    parameters: Values, types: Sequence[str], suite: Suite, connect: Connect, seed: int
) -> tuple[tuple[LaunchPlan, ...], tuple[str, ...]]:
    """The plan of each launch, in the order to launch in, and warnings. Raises RefusedError for the first obstacle.

    The order is random, so that what changes with time is not taken for a difference between types. `seed` decides it,
    whatever the order of `types`.
    """
    if len(types) * parameters["instances"] > 1:
        template = launch_templates.find(connect("ec2"), parameters["launch_template"], NAME)
        network_interfaces.refuse_several(template)
    made = [launch_plan.make({**parameters, "instance_type": name}, suite, connect) for name in sorted(types)]
    of_types, of_zones = crosswise.spread([plan for plan, _ in made], parameters["instances"])
    launches = [plan for plans in of_types for plan in plans]
    random.Random(seed).shuffle(launches)
    numbered = tuple(replace(plan, host=number) for number, plan in enumerate(launches, 1))
    said = [*(warning for _, warnings in made for warning in warnings), *of_zones]
    return numbered, tuple(dict.fromkeys(said))
