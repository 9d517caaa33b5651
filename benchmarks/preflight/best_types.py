"""The instance types that a run measures on if none was named: the first that fit, as the picker lists them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from benchmarks.picker import answers
from benchmarks.runs.records import Values

# What a run's limits have in common with the picker's.
_LIMITS = ("cpu", "memory", "max_price", "region")


def choose(parameters: Values, environment: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The best types for a request, best first, and warnings. Raises RefusedError if none fits, or AWS lists none."""
    asked = spec.with_defaults("types", {name: parameters[name] for name in _LIMITS})
    found = answers.answer(asked, environment, datetime.now(UTC))
    fitting = [offer.type.name for offer in found.choice.fitting]
    if not fitting:
        raise RefusedError(answers.nothing_fits(found))
    wanted = parameters["best"]
    few = () if len(fitting) >= wanted else (f"Only {len(fitting)} of the {wanted} types asked for fit.",)
    return tuple(fitting[:wanted]), few
