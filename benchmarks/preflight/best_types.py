"""The instance types that a run measures on if none was named: the first that fit, as the picker lists them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from benchmarks.aws import images, launch_templates
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from benchmarks.picker import answers
from benchmarks.runs.records import Values

# What a run's limits have in common with the picker's.
_LIMITS = ("cpu", "memory", "max_price", "region")


def choose(parameters: Values, environment: Mapping[str, str], ec2: Client) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The best types for a request, best first, and warnings.

    If an image is given, by itself or by the launch template, they are those on which it can run. Raises RefusedError
    if none fits, or AWS lists none.
    """
    image_id = parameters["ami"] or launch_templates.find(ec2, parameters["launch_template"], NAME).image_id
    limits = {"arch": images.named(ec2, image_id)["Architecture"]} if image_id else {}
    asked = spec.with_defaults("types", {**{name: parameters[name] for name in _LIMITS}, **limits})
    found = answers.answer(asked, environment, datetime.now(UTC))
    fitting = [offer.type.name for offer in found.choice.fitting]
    if not fitting:
        raise RefusedError(answers.nothing_fits(found))
    wanted = parameters["best"]
    few = () if len(fitting) >= wanted else (f"Only {len(fitting)} of the {wanted} types asked for fit.",)
    return tuple(fitting[:wanted]), few
