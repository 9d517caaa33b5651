"""Which instance types fit a request, and which of them fits best. Pure functions.

A request is a list of limits. A type fits if it meets all of them. How many types a limit excludes, and which type
comes nearest if none fits, follow from the same list.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import hints
from benchmarks.aws.instance_types import InstanceType, Offer
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Values


@dataclass(frozen=True)
class Criteria:
    """What a request asks of a type. None is no limit; the kinds in HIDDEN are listed only on request."""

    cpu: int | None = None
    memory: int | None = None  # MiB
    max_cpu: int | None = None
    max_memory: int | None = None  # MiB
    cpu_unit: str = "core"  # what cpu and max_cpu count: core or vcpu
    arch: str | None = None
    families: tuple[str, ...] = ()
    all: bool = False  # include previous generations
    burstable: bool = False  # include burstable types
    gpu: bool = False  # include types with GPUs
    bare_metal: bool = False  # only bare metal
    max_price: float | None = None  # USD an hour
    spot: bool = False  # only types with a spot market, ranked and limited by spot price
    az: str | None = None
    sort: str = "fit"

    def count(self, one: InstanceType) -> int:
        """A type's number of cores or vCPUs, as cpu_unit says."""
        return one.vcpus if self.cpu_unit == "vcpu" else one.cores

    def spot_price(self, offer: Offer) -> float | None:
        """The spot price in the requested zone, else the lowest of all zones, in USD an hour."""
        return offer.spot.get(self.az) if self.az else min(offer.spot.values(), default=None)

    def price(self, offer: Offer) -> float | None:
        """The spot or on-demand price, whichever the request uses, in USD an hour."""
        return self.spot_price(offer) if self.spot else offer.on_demand

    def price_per_core(self, offer: Offer) -> float | None:
        """The same price per physical core, in USD an hour."""
        price = self.price(offer)
        return None if price is None else price / offer.type.cores


@dataclass(frozen=True)
class Limit:
    """One condition: its name, and by how much an offer misses it, from 0 (met) to 1."""

    text: str
    miss: Callable[[Offer], float]
    shown_by: str | None = None  # the flag that lifts it, for kinds of types that are hidden by default


@dataclass(frozen=True)
class Choice:
    """The answer to a request."""

    criteria: Criteria
    offered: int  # number of types in the region
    fitting: tuple[Offer, ...]  # best one first
    hidden: Mapping[str, int]  # flag -> how many types it would add
    excluded: tuple[tuple[str, int], ...]  # limit -> how many types it excludes, independent of the other limits
    nearest: Offer | None  # the type that misses the limits by least, if none fits
    missed: tuple[Limit, ...]  # the limits that it misses


@dataclass(frozen=True)
class _Hidden:
    """A kind of types that is not listed unless its flag is given."""

    field: str
    text: str
    is_kind: Callable[[InstanceType], bool]


HIDDEN = (
    _Hidden("burstable", "burstable types", lambda one: one.burstable),
    _Hidden("gpu", "types with GPUs", lambda one: one.gpu),
    _Hidden("all", "types of previous generations", lambda one: not one.current),
)


def criteria(parameters: Values) -> Criteria:
    """The request in a playbook's parameters, which are typed and include defaults; None counts as not given.

    Raises RefusedError for an empty request and for parameters that contradict each other.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    if not any(given.get(name) for name in _ASKED) and given.get("sort", "fit") == "fit":
        raise RefusedError(
            "Nothing was asked for. Give cpu (cores) and memory (MiB), or any other limit, to list the types that fit."
        )
    if given.get("current") and given.get("all"):
        raise RefusedError("current and all exclude each other: leave out all to see the current generation only.")
    for name in ("cpu", "memory"):
        low, high = given.get(name), given.get(f"max_{name}")
        if low and high and low > high:
            raise RefusedError(f"max_{name} must not be less than {name}, but {high} is less than {low}.")
    families = tuple(name for name in map(str.strip, given.get("family", "").lower().split(",")) if name)
    fields = {name: given[name] for name in Criteria.__dataclass_fields__ if name in given}
    return Criteria(**fields, families=families)


# A request has at least one of these. The other parameters only say where to look or how to show the answer.
_ASKED = frozenset(
    {"cpu", "memory", "max_cpu", "max_memory", "arch", "family", "current", "all", "burstable", "gpu", "bare_metal"}
    | {"max_price", "spot", "az", "wide", "refresh"}
)


def check_names(asked: Criteria, offers: Sequence[Offer], region: str) -> None:
    """Raises RefusedError, which suggests existing names, for a family or zone that the region does not have."""
    families = sorted({offer.type.family for offer in offers})
    for family in asked.families:
        if family not in families:
            # Such as c7i: the first letter is the series, the digit after it the generation.
            near = hints.similar(family, families, 5) or [name for name in families if name[:2] == family[:2]][:5]
            hint = f" Similar: {', '.join(near)}." if near else ""
            raise RefusedError(f"{region} has no instance types of a family {family}.{hint}")
    zones = sorted({zone for offer in offers for zone in offer.zones})
    if asked.az and asked.az not in zones:
        raise RefusedError(f"{region} has no availability zone {asked.az}. Known: {', '.join(zones)}.")


def limits(asked: Criteria) -> tuple[Limit, ...]:
    """All conditions of a request, including those that hide kinds of types."""
    unit = "vCPUs" if asked.cpu_unit == "vcpu" else "cores"
    found = []
    if asked.cpu:
        found.append(_at_least(f"cpu (at least {asked.cpu} {unit})", asked.cpu, lambda o: asked.count(o.type)))
    if asked.max_cpu:
        found.append(
            _at_most(f"max_cpu (at most {asked.max_cpu} {unit})", asked.max_cpu, lambda o: asked.count(o.type))
        )
    if asked.memory:
        found.append(_at_least(f"memory (at least {asked.memory} MiB)", asked.memory, lambda o: o.type.memory))
    if asked.max_memory:
        found.append(
            _at_most(f"max_memory (at most {asked.max_memory} MiB)", asked.max_memory, lambda o: o.type.memory)
        )
    if asked.arch:
        found.append(_is(f"arch ({asked.arch})", lambda o: asked.arch in o.type.architectures))
    if asked.families:
        found.append(_is(f"family ({', '.join(asked.families)})", lambda o: o.type.family in asked.families))
    if asked.bare_metal:
        found.append(_is("bare_metal", lambda o: o.type.bare_metal))
    if asked.spot:
        found.append(_is("spot (has a spot market)", lambda o: o.type.spot))
    if asked.az:
        found.append(_is(f"az ({asked.az})", lambda o: asked.az in o.zones))
    if asked.max_price:
        found.append(_at_most(f"max_price (at most ${asked.max_price:g} an hour)", asked.max_price, asked.price))
    return (*found, *(_not(kind) for kind in HIDDEN if not getattr(asked, kind.field)))


def _not(kind: _Hidden) -> Limit:
    flag = f"--{kind.field}"
    # A small miss: if no type fits, one that a flag would list is nearer than one that misses a limit.
    return Limit(f"no {kind.text} ({flag} lifts this)", lambda offer: 0.25 if kind.is_kind(offer.type) else 0.0, flag)


def _is(text: str, holds: Callable[[Offer], bool]) -> Limit:
    return Limit(text, lambda offer: 0.0 if holds(offer) else 1.0)


def _at_least(text: str, low: float, value: Callable[[Offer], float]) -> Limit:
    return Limit(text, lambda offer: 0.0 if value(offer) >= low else 1 - value(offer) / low)


def _at_most(text: str, high: float, value: Callable[[Offer], float | None]) -> Limit:
    """A limit that an unknown value, such as an unknown price, misses."""

    def miss(offer: Offer) -> float:
        found = value(offer)
        if found is None:
            return 1.0
        # Prices that differ only in the last digit may have the quotient 1, which would be no miss.
        return 0.0 if found <= high else max(1 - high / found, sys.float_info.epsilon)

    return Limit(text, miss)


def excess(asked: Criteria, one: InstanceType) -> float:
    """How much a type exceeds the request: the relative excess in cpu plus that in memory."""
    cores = asked.count(one) / asked.cpu - 1 if asked.cpu else 0.0
    memory = one.memory / asked.memory - 1 if asked.memory else 0.0
    return cores + memory


def _rank(asked: Criteria) -> Callable[[Offer], tuple[Any, ...]]:
    """The sort key: the requested one, then fit, then price, then name."""

    def known(price: float | None) -> float:
        return math.inf if price is None else price

    keys: Mapping[str, Callable[[Offer], Any]] = {
        "fit": lambda o: 0,
        "price": lambda o: known(asked.price(o)),
        "cores": lambda o: asked.count(o.type),
        "memory": lambda o: o.type.memory,
        "price-per-core": lambda o: known(asked.price_per_core(o)),
        "name": lambda o: o.type.name,
    }
    first = keys[asked.sort]
    return lambda o: (first(o), excess(asked, o.type), known(asked.price(o)), o.type.name)


def choose(asked: Criteria, offers: Sequence[Offer]) -> Choice:
    """The offers that meet all limits, best one first, and why the others do not fit."""
    every = limits(asked)
    asked_for = [limit for limit in every if not limit.shown_by]
    hiding = [limit for limit in every if limit.shown_by]
    eligible = [offer for offer in offers if not any(limit.miss(offer) for limit in asked_for)]
    fitting = [offer for offer in eligible if not any(limit.miss(offer) for limit in hiding)]
    hidden = {str(limit.shown_by): _missing(limit, eligible) for limit in hiding}
    excluded = tuple((limit.text, count) for limit in every if (count := _missing(limit, offers)))
    nearest = None if fitting or not offers else min(offers, key=lambda o: (_distance(every, o), *_rank(asked)(o)))
    return Choice(
        criteria=asked,
        offered=len(offers),
        fitting=tuple(sorted(fitting, key=_rank(asked))),
        hidden={flag: count for flag, count in hidden.items() if count},
        excluded=excluded,
        nearest=nearest,
        missed=tuple(limit for limit in every if nearest and limit.miss(nearest)),
    )


def _missing(limit: Limit, offers: Iterable[Offer]) -> int:
    return sum(1 for offer in offers if limit.miss(offer))


def _distance(every: Iterable[Limit], offer: Offer) -> float:
    return sum(limit.miss(offer) for limit in every)
