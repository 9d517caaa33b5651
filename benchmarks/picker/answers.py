"""Which instance types fit a request: one function for Invoke and Ansible, and the sentences below the table."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from benchmarks import hints
from benchmarks.aws.instance_types import Offer
from benchmarks.errors import RefusedError
from benchmarks.picker import region_data, selection
from benchmarks.picker.region_data import PARTS, Data
from benchmarks.picker.selection import Choice
from benchmarks.runs.records import Json, Values

FILE = "instance_types.json"  # in the run's directory
# Fetching types and prices takes a few seconds. Other data is fetched only if it is shown or limits the choice.
RANKED_BY = ("types", "prices")


@dataclass(frozen=True)
class Answer:
    """The types that fit, and where the data comes from."""

    choice: Choice
    data: Data
    at: datetime  # UTC

    @property
    def best(self) -> Offer | None:
        return next(iter(self.choice.fitting), None)

    def fetched(self, part: str) -> str | None:
        """When a part of the data was fetched, as ISO 8601; None if it was not."""
        source = self.data.sources.get(part)
        return source.fetched.isoformat() if source and source.fetched else None


def needed(asked: selection.Criteria, output: str, wide: bool) -> frozenset[str]:
    """The parts of the data that a request needs in an output format."""
    if wide or output in ("json", "csv"):
        return frozenset(PARTS)
    return frozenset((*RANKED_BY, *(["zones"] if asked.az else []), *(["spot"] if asked.spot else [])))


def answer(
    parameters: Values,
    environment: Mapping[str, str],
    now: datetime,
    parts: Collection[str] | None = None,
) -> Answer:
    """The types that fit a playbook's parameters, which are typed and include `region`.

    Raises RefusedError if parameters contradict each other, name a family or zone that does not exist, or cannot be
    checked.
    """
    asked = selection.criteria(parameters)
    if parts is None:
        parts = needed(asked, parameters.get("format") or "table", bool(parameters.get("wide")))
    region = parameters["region"]
    data = region_data.load(region, parts, environment, now, refresh=bool(parameters.get("refresh")))
    _check_sources(asked, data)
    selection.check_names(asked, data.offers, region)
    return Answer(selection.choose(asked, data.offers), data, now)


def _check_sources(asked: selection.Criteria, data: Data) -> None:
    """Raises RefusedError if the data for a limit could not be fetched, so that no type is known to fit."""
    part = "spot" if asked.spot else "prices"
    for wanted, limit, name in ((asked.max_price, "max_price", part), (asked.az, "az", "zones")):
        source = data.sources.get(name)
        if wanted and source and not source.fetched:
            raise RefusedError(f"{limit} cannot be checked: {_clause(source.problem)}.")


def record(given: Answer) -> Json:
    """The whole answer as JSON. docs/instance-types.md describes the format."""
    choice, data = given.choice, given.data
    return {
        "format": "benchmarks/instance-types",
        "version": 1,
        "region": data.region,
        "endpoint": data.endpoint,
        "request": {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(choice.criteria).items()},
        "sources": {
            part: {"fetched": given.fetched(part), "problem": source.problem} for part, source in data.sources.items()
        },
        "offered": choice.offered,
        "hidden": dict(choice.hidden),
        "best": given.best.type.name if given.best else None,
        "types": [row(given, offer) for offer in choice.fitting],
    }


# The fields of a type in JSON and CSV, in this order. An unknown value is None.
FIELDS: Mapping[str, Callable[[Answer, Offer], Any]] = {
    "type": lambda answer, offer: offer.type.name,
    "family": lambda answer, offer: offer.type.family,
    "cores": lambda answer, offer: offer.type.cores,
    "vcpus": lambda answer, offer: offer.type.vcpus,
    "threads_per_core": lambda answer, offer: offer.type.threads_per_core,
    "memory_mib": lambda answer, offer: offer.type.memory,
    "memory_gib": lambda answer, offer: offer.type.memory / 1024,
    "architectures": lambda answer, offer: list(offer.type.architectures),
    "on_demand_usd_per_hour": lambda answer, offer: offer.on_demand,
    "on_demand_usd_per_core_hour": lambda answer, offer: _per_core(offer, offer.on_demand),
    "on_demand_fetched": lambda answer, offer: answer.fetched("prices"),
    "spot_usd_per_hour": lambda answer, offer: answer.choice.criteria.spot_price(offer),
    "spot_usd_per_core_hour": lambda answer, offer: _per_core(offer, answer.choice.criteria.spot_price(offer)),
    "spot_usd_per_hour_by_zone": lambda answer, offer: dict(offer.spot),
    "spot_fetched": lambda answer, offer: answer.fetched("spot"),
    "processor": lambda answer, offer: offer.type.manufacturer,
    "clock_ghz": lambda answer, offer: offer.type.clock,
    "local_disk_gb": lambda answer, offer: offer.type.local_disk,
    "network": lambda answer, offer: offer.type.network,
    "burstable": lambda answer, offer: offer.type.burstable,
    "gpu": lambda answer, offer: offer.type.gpu,
    "bare_metal": lambda answer, offer: offer.type.bare_metal,
    "current_generation": lambda answer, offer: offer.type.current,
    "zones": lambda answer, offer: list(offer.zones),
}


def row(given: Answer, offer: Offer) -> Json:
    """All fields of one type."""
    return {name: field(given, offer) for name, field in FIELDS.items()}


def _per_core(offer: Offer, price: float | None) -> float | None:
    return None if price is None else price / offer.type.cores


def bench_command(instance_type: str, region: str | None) -> str:
    """The command that benchmarks on a type; `region` only if the environment does not set it."""
    return hints.command_line(shlex.join(["bench", "-i", instance_type, *(["--region", region] if region else [])]))


def playbook_command(instance_type: str, region: str | None) -> str:
    """The same with ansible-playbook."""
    values = [f"instance_type={instance_type}", *([f"region={region}"] if region else [])]
    return shlex.join(["ansible-playbook", "playbooks/benchmark.yml", *(w for v in values for w in ("-e", v))])


def closing(given: Answer, command: str | None) -> list[str]:
    """The sentences below the table."""
    choice, data = given.choice, given.data
    verb = "fits" if len(choice.fitting) == 1 else "fit"
    lines = [f"{len(choice.fitting)} of the {choice.offered} instance types in {data.region} {verb}."]
    if choice.hidden:
        kinds = {f"--{kind.field}": kind.text for kind in selection.HIDDEN}
        hidden = ", ".join(
            f"{count} {kinds[flag] if count > 1 else kinds[flag].replace('types', 'type')} ({flag})"
            for flag, count in choice.hidden.items()
        )
        lines.append(f"Hidden, though they fit: {hidden}.")
    lines += [sources(given), *problems(given)]
    if command:
        lines.append(f"To run on the best fit: {command}")
    return lines


def sources(given: Answer) -> str:
    """A sentence on how old the data is."""
    known = [
        f"{PARTS[part].text} {age(given.at - source.fetched)} ({source.fetched:%Y-%m-%d})"
        for part, source in given.data.sources.items()
        if source.fetched
    ]
    place = f" from {given.data.endpoint}" if given.data.endpoint else ""
    return f"Fetched{place}: {', '.join(known)}. To ask AWS again: --refresh."


def problems(given: Answer) -> Iterator[str]:
    """A sentence for each reason why AWS did not answer, with the data shown instead."""
    reasons: dict[str, list[str]] = {}
    for part, source in given.data.sources.items():
        if source.problem:
            reasons.setdefault(source.problem, []).append(part)
    for reason, parts in reasons.items():
        unknown = [PARTS[part].text for part in parts if not given.data.sources[part].fetched]
        if unknown:
            yield f"No {' and no '.join(unknown)}: {_clause(reason)}."
        kept = [
            f"{PARTS[part].text} of {fetched:%Y-%m-%d %H:%M} UTC"
            for part in parts
            if (fetched := given.data.sources[part].fetched)
        ]
        if kept:
            yield f"From the cache, since AWS did not answer: {' and '.join(kept)}. The reason: {_clause(reason)}."
    prices = given.data.sources.get("prices")
    if prices and prices.fetched and not any(offer.on_demand for offer in given.data.offers):
        yield f"AWS's price list has no prices for {given.data.region}."


def _clause(reason: str | None) -> str:
    return (reason or "AWS did not answer").rstrip(".")


def age(passed: timedelta) -> str:
    """How long ago, in minutes, hours or days."""
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60)} days ago"


def nothing_fits(given: Answer) -> str:
    """Why no type fits: how many types each limit excludes, and the type that comes nearest."""
    choice, data = given.choice, given.data
    if not choice.offered:
        return f"{data.region} offers no instance types."
    limits = "; ".join(f"{text} excludes {count}" for text, count in choice.excluded)
    near = choice.nearest
    assert near
    price = choice.criteria.price(near)
    facts = [
        _counted(near.type.cores, "core"),
        _counted(near.type.vcpus, "vCPU"),
        f"{near.type.memory} MiB",
        ", ".join(near.type.architectures),
        *([f"${price:.4f} an hour"] if price is not None else []),
    ]
    return (
        f"None of the {choice.offered} instance types in {data.region} fits: {limits}. "
        f"The nearest miss is {near.type.name} ({', '.join(facts)}): {_missed(choice)}."
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _missed(choice: Choice) -> str:
    """Which limits the nearest type misses, and which flags would list it."""
    limits = [limit.text for limit in choice.missed if not limit.shown_by]
    flags = [limit.shown_by for limit in choice.missed if limit.shown_by]
    told = [f"it misses {' and '.join(limits)}"] if limits else []
    if flags:
        told.append(f"{' with '.join(flags)} shows it" if not limits else f"it takes {' and '.join(flags)} too")
    return ", and ".join(told)
