"""Shows the plan of a run before anything is launched: the machine, what it costs, and where the results go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from benchmarks.aws.credentials import Lifetime
from benchmarks.launch import boot_times, cost, quota_room
from benchmarks.launch.boot_times import Lasting
from benchmarks.results import link
from benchmarks.results.result_keys import RunFolder, of_suite
from benchmarks.runs.records import LaunchPlan, Place, Preflight, Quota, Source, Suite, Values
from benchmarks.text import hours

T = TypeVar("T")


def of_plan(plan: Preflight, run_id: str, parameters: Values, lifetime: Callable[[], Lifetime]) -> str:
    """The plan as lines with a title each; empty if all has been measured, and only publishing is left.

    `lifetime` tells how long the credentials are good; it is asked only if something is published.
    """
    if plan.launches and len(plan.gone) == len(plan.launches):
        return ""
    lines = [*_suite(plan.measurements[0].suite), *_machine(plan, parameters), *_results(plan, run_id, lifetime)]
    return "\n".join(f"{title:<8}  {text}" for title, text in lines)


def _suite(suite: Suite) -> Iterator[tuple[str, str]]:
    yield "Suite", f"{suite.name}: {_source(suite.source)}, Rust {suite.toolchain}"


def _source(source: Source) -> str:
    return " ".join(filter(None, (source.crate or source.git or source.path, source.ref)))


def _machine(plan: Preflight, parameters: Values) -> Iterator[tuple[str, str]]:
    if not plan.launches:
        yield "Machine", f"{parameters['host']}, a machine of your own"
        return
    new = [launch for launch in plan.launches if launch.host not in plan.gone]
    if plan.existing:
        all_exist = len(new) == len(plan.existing)
        more = "" if all_exist else "; with what is launched now:"
        yield "Machine", f"{', '.join(plan.existing)}, which the run has already{more}"
        if all_exist:
            return
    lasting = boot_times.lifetimes(new, parameters["build_limit"], parameters["time_limit"])
    yield from _launch(new[0]) if len(new) == 1 else _launches(new)
    most = cost.at_most(lasting)
    amount = "not known" if most is None else cost.cents(most)
    each = "" if len(new) == 1 else f" for {len(new)} instances, each"
    until = "until it switches itself off"
    yield "At most", f"{amount}{each} for {_longest(lasting)}, {until}; storage, address and traffic not counted"
    yield from _quotas(new)


def _longest(lasting: Sequence[Lasting]) -> str:
    """For how long each instance lives; if they differ, the longest of these."""
    times = {minutes for _, minutes in lasting}
    return f"{'up to ' if len(times) > 1 else ''}{hours(max(times))}"


def _launch(launch: LaunchPlan) -> Iterator[tuple[str, str]]:
    """What is told of a run's only launch."""
    yield "Machine", f"{launch.instance_type}: {_shape(launch)}"
    yield "Zone", ", else ".join(dict.fromkeys(map(_zone, launch.places)))
    yield "Image", _image(launch)
    yield "Price", _price(launch)
    if launch.price and (launch.cpu_credits or launch.cpu_credits_unknown):
        yield "Credits", _credits(launch)


def _launches(launches: Sequence[LaunchPlan]) -> Iterator[tuple[str, str]]:
    """What is told of several launches: a line for each type, and what types have in common once."""
    of_types = _grouped(sorted(launches, key=lambda one: one.instance_type), lambda one: one.instance_type)
    types = {name: alike[0] for name, alike in of_types.items()}
    longest = max(map(len, types))
    for number, (name, one) in enumerate(types.items()):
        machine = f"{len(of_types[name])} x {name:<{longest}}  {_shape(one)}; {_hourly(one)}"
        yield "" if number else "Machines", machine
    zones = {name: sorted({_zone(one.places[0]) for one in alike}) for name, alike in of_types.items()}
    yield from _shared("Zones", {name: ", ".join(found) for name, found in zones.items()})
    yield from _shared("Image", {name: _image(one) for name, one in types.items()})
    for name, one in types.items():
        if one.price and (one.cpu_credits or one.cpu_credits_unknown):
            yield "Credits", f"{name}: {_credits(one)}"


def _shared(title: str, of_types: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A line for each text, with the types that it is of unless it is of all."""
    texts = _grouped(of_types, lambda name: of_types[name])
    for text, names in texts.items():
        yield title, text if len(texts) == 1 else f"{text}, for {', '.join(names)}"


def _grouped(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    """The items by their key, in the order in which each key is first seen."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _shape(launch: LaunchPlan) -> str:
    threads = f"{launch.threads_per_core} thread{'s' if launch.threads_per_core > 1 else ''} each"
    cores = f"{launch.cores} core{'s' if launch.cores > 1 else ''}, {threads}"
    return f"{cores}, {launch.memory_mib} MiB, {launch.architecture}"


def _zone(place: Place) -> str:
    return place.zone or "the launch template's zone"


def _image(launch: LaunchPlan) -> str:
    template = f"launch template {launch.launch_template.name}, version {launch.launch_template.version}"
    licence = f", billed as {launch.image.licensed_platform}" if launch.image.licensed_platform else ""
    return f"{launch.image.name or launch.image.id} ({template}){licence}"


def _hourly(launch: LaunchPlan) -> str:
    """The price without its source, which says no more than the type and the price."""
    price = launch.price
    return f"${price.usd_per_hour:.4g} an hour on {price.date}" if price else f"price {_price(launch)}"


def _price(launch: LaunchPlan) -> str:
    price = launch.price
    if not price:
        return f"not known: {launch.price_unknown}" if launch.price_unknown else "not known"
    return f"${price.usd_per_hour:.4g} an hour ({price.source}, {price.date})"


def _credits(launch: LaunchPlan) -> str:
    credits = launch.cpu_credits
    if not credits:
        return f"what CPU credits may add is not known: {launch.cpu_credits_unknown}"
    most = f"up to ${credits.usd_per_hour:.4g} an hour more, if CPU credits are unlimited and the CPU busy"
    return f"{most} ({credits.source}, {credits.date})"


def _quotas(launches: Sequence[LaunchPlan]) -> Iterator[tuple[str, str]]:
    """What is told of each quota that launches count against."""
    quotas = [launch.quota for launch in launches if launch.quota]
    for alike in _grouped(quotas, lambda quota: quota.code).values():
        yield "Quota", _quota(alike[0], sum(quota.needed for quota in alike))
    at_first = quota_room.at_first(launches)
    if not any(map(quota_room.fits, launches)):
        yield "At once", "none, as far as is known, until others of your instances have ended"
    elif len(at_first) < len(launches):
        yield "At once", f"{len(at_first)} of {len(launches)} instances, the others as these end and leave room"


def _quota(quota: Quota, needed: int) -> str:
    left = f"{quota.limit} vCPUs" if quota.left is None else f"about {quota.left} of {quota.limit} vCPUs left"
    return f"{left}, this takes {needed} ({quota.code})"


def _results(plan: Preflight, run_id: str, lifetime: Callable[[], Lifetime]) -> Iterator[tuple[str, str]]:
    if not plan.destination:
        yield "Results", "on this machine only, since no bucket was given"
        return
    suite = plan.measurements[0].suite
    if plan.launch and len({launch.instance_type for launch in plan.launches}) == 1:
        run = RunFolder(
            suite.name, plan.started, plan.launch.instance_type, plan.launch.cores, suite.source.ref, run_id
        )
        yield "Results", f"s3://{plan.destination.bucket}/{run.key}"
    elif plan.launch:
        yield "Results", f"s3://{plan.destination.bucket}/{of_suite(suite.name)}, in a folder for each type"
    else:
        yield "Results", f"s3://{plan.destination.bucket}"
    if plan.destination.public:
        yield "Link", f"to the log, opens {link.LASTING}"
        return
    held, now = lifetime(), datetime.now(UTC)
    if held.renewed:
        yield "Link", "to the log, opens for as long as the credentials that sign it at the end of the run"
        return
    until, note = link.link_end(now, held)
    whole = until - now >= link.LINK_LIFETIME
    opens = f"for {link.LINK_LIFETIME.days} days" if whole else f"until {until:%H:%M UTC on %Y-%m-%d}"
    yield "Link", f"to the log, opens {opens} {note}".rstrip()
