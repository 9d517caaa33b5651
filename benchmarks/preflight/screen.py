"""Shows the plan of a run before anything is launched: the machine, what it costs, and where the results go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from benchmarks.aws.credentials import Lifetime
from benchmarks.launch import boot_times, cost
from benchmarks.results import link
from benchmarks.results.result_keys import RunFolder
from benchmarks.runs.records import LaunchPlan, Preflight, Quota, Source, Suite, Values
from benchmarks.text import hours


def of_plan(plan: Preflight, run_id: str, parameters: Values, lifetime: Callable[[], Lifetime]) -> str:
    """The plan as lines with a title each; empty if all has been measured, and only publishing is left.

    `lifetime` tells how long the credentials are good; it is asked only if something is published.
    """
    if plan.measured:
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
    if plan.existing:
        yield "Machine", f"{', '.join(plan.existing)}, which the run has already"
        return
    minutes = boot_times.lifetime(plan.launches, parameters["build_limit"], parameters["time_limit"])
    for launch in plan.launches:
        yield from _launch(launch)
    most = cost.at_most(plan.launches, minutes)
    amount = "not known" if most is None else cost.cents(most)
    lasting = f"for {hours(minutes)}, until it switches itself off"
    yield "At most", f"{amount} {lasting}; storage, address and traffic not counted"
    for launch in plan.launches:
        if launch.quota:
            yield "Quota", _quota(launch.quota)


def _launch(launch: LaunchPlan) -> Iterator[tuple[str, str]]:
    threads = f"{launch.threads_per_core} thread{'s' if launch.threads_per_core > 1 else ''} each"
    cores = f"{launch.cores} core{'s' if launch.cores > 1 else ''}, {threads}"
    yield "Machine", f"{launch.instance_type}: {cores}, {launch.memory_mib} MiB, {launch.architecture}"
    zones = dict.fromkeys(place.zone or "the launch template's zone" for place in launch.places)
    yield "Zone", ", else ".join(zones)
    template = f"launch template {launch.launch_template.name}, version {launch.launch_template.version}"
    licence = f", billed as {launch.image.licensed_platform}" if launch.image.licensed_platform else ""
    yield "Image", f"{launch.image.name or launch.image.id} ({template}){licence}"
    yield "Price", _price(launch)
    if launch.price and (launch.cpu_credits or launch.cpu_credits_unknown):
        yield "Credits", _credits(launch)


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


def _quota(quota: Quota) -> str:
    left = f"{quota.limit} vCPUs" if quota.left is None else f"about {quota.left} of {quota.limit} vCPUs left"
    return f"{left}, this takes {quota.needed} ({quota.code})"


def _results(plan: Preflight, run_id: str, lifetime: Callable[[], Lifetime]) -> Iterator[tuple[str, str]]:
    if not plan.destination:
        yield "Results", "on this machine only, since no bucket was given"
        return
    suite = plan.measurements[0].suite
    if plan.launch:
        run = RunFolder(
            suite.name, plan.started, plan.launch.instance_type, plan.launch.cores, suite.source.ref, run_id
        )
        yield "Results", f"s3://{plan.destination.bucket}/{run.key}"
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
