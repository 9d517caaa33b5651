"""The cost of a run's instances."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.aws import billing, cpu_credits
from benchmarks.launch.boot_times import Lasting
from benchmarks.runs.records import Instance, Instances, LaunchPlan, Price, Terminated


@dataclass(frozen=True)
class HostCost:
    """What an instance has cost so far, in USD, from the price of its own launch."""

    launch: LaunchPlan
    seconds: float  # that are billed
    usd: float | None  # None if the price is not known
    credits: float = 0.0  # the most that its CPU credits may have cost beside that, as far as is known
    is_more: bool = False  # whether CPU credits of an unknown price may have been charged

    def __str__(self) -> str:
        """The amount as in a table: `≤` if it may be less, `~` if EC2 may have changed the price."""
        if self.usd is None:
            return "not known"
        mark = "≤" if self.credits else "~" if self.launch.spot else ""
        return f"{mark}${self.usd + self.credits:.4f}"


def of_instance(launch: LaunchPlan, one: Instance, terminated: Terminated, now: datetime | None = None) -> HostCost:
    """The cost of an instance until its end, else until now.

    Of CPU credits only the most that they may cost is known, unless EC2 has said that they are standard.
    """
    end = terminated.times.get(one.instance_id) or now or datetime.now(UTC)
    seconds = billing.seconds_billed(one.launched, end, launch.image.licensed_platform)
    usd = billing.cost(launch.price.usd_per_hour, seconds) if launch.price else None
    if not cpu_credits.are_charged(launch, one):
        return HostCost(launch, seconds, usd)
    credits = billing.cost(launch.cpu_credits.usd_per_hour, seconds) if launch.cpu_credits else 0.0
    return HostCost(launch, seconds, usd, credits, launch.cpu_credits is None)


def line(launch: LaunchPlan, launched: Instances, terminated: Terminated, now: datetime | None = None) -> str:
    """One line with the instance type, the time, the price with its source and date, and the cost."""
    each = [of_instance(launch, one, terminated, now) for one in launched.instances]
    lasted = f"{launch.instance_type} for {_lasted(sum(one.seconds for one in each))}"
    price = launch.price
    if not price:
        return f"{lasted}; its price is not known: {_why_unknown(launch)}."
    # EC2 may have changed a spot price since, and have launched in a cheaper zone.
    rate = f"at {'a spot price of ' if launch.spot else ''}${price.usd_per_hour:.4g}/h"
    return f"{lasted} {rate}: {_amount(each)} ({_of_price(price)}; {_not_counted(each)})"


def total(each: Sequence[HostCost]) -> str:
    """One line with what instances, of any types, have cost together, the sources of the prices, and what is missing.

    There is at least one.
    """
    known = [one for one in each if one.usd is not None]
    unknown = {one.launch.instance_type: _why_unknown(one.launch) for one in each if one.usd is None}
    missing = [f"the price of {name} is not known: {why}" for name, why in unknown.items()]
    count = f"{len(known)} {'instance' if len(known) == 1 else 'instances'}"
    if not known:
        return f"{'; '.join(missing)}."
    # What a source says after a colon is of one type, and no more than its name and price.
    sources = dict.fromkeys(_of_price(one.launch.price, is_short=True) for one in known if one.launch.price)
    told = f"{_amount(known)} for {count} ({'; '.join([*sources, _not_counted(known)])})"
    return f"{told}; {'; '.join(missing)}." if missing else told


def _lasted(seconds: float) -> str:
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def _amount(each: Sequence[HostCost]) -> str:
    about = "about " if any(one.launch.spot for one in each) else ""
    amount = f"{about}${sum(one.usd or 0 for one in each):.4f}"
    credits = sum(one.credits for one in each)
    return f"{amount}, and up to ${credits:.4f} for CPU credits" if credits else amount


def _of_price(price: Price, *, is_short: bool = False) -> str:
    return f"{price.source.partition(':')[0] if is_short else price.source}, {price.date}"


def _why_unknown(launch: LaunchPlan) -> str:
    # Plans of earlier versions do not say why.
    return launch.price_unknown or "AWS lists none, or the permission pricing:GetProducts is missing"


def _not_counted(each: Sequence[HostCost]) -> str:
    *others, last = _beside(each)
    return f"{', '.join(others)} and {last} not counted"


def _beside(each: Sequence[HostCost]) -> Iterator[str]:
    yield from ("storage", "traffic")
    if any(one.is_more for one in each):
        yield "CPU credits"
    if any(one.launch.tenancy != "default" for one in each):
        yield "dedicated hardware's fee"


def at_most(lasting: Sequence[Lasting]) -> float | None:
    """What instances cost in USD if each lasts until it powers itself off; None if not known.

    CPU credits count as if the CPU were always busy. Storage and traffic are not counted.
    """
    costs = [_at_most(launch, minutes * 60) for launch, minutes in lasting]
    return None if None in costs else sum(filter(None, costs))


def cents(usd: float) -> str:
    """An amount, rounded up to the cent, since it is the most that something may cost."""
    return f"${math.ceil(round(usd * 100, 6)) / 100:.2f}"


def _at_most(launch: LaunchPlan, seconds: float) -> float | None:
    # For dedicated hardware AWS charges a fee an hour and region as well.
    if not launch.price or launch.tenancy != "default" or launch.cpu_credits_unknown:
        return None
    most = launch.price.usd_per_hour_at_most if launch.spot else launch.price.usd_per_hour
    if most is None:
        return None
    credits = billing.cost(launch.cpu_credits.usd_per_hour, seconds) if launch.cpu_credits else 0
    return billing.cost(most, billing.whole(seconds, launch.image.licensed_platform)) + credits
