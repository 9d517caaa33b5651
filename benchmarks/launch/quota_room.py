"""Which hosts of a run the vCPU quota has room for at the same time, as far as was known when the run was planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.runs.records import LaunchPlan


def has_room(plan: LaunchPlan, beside: Iterable[LaunchPlan]) -> bool:
    """Whether a host can be launched beside those of the run that exist.

    One that has its quota for itself is always tried: EC2 counts vCPUs at the launch, and may count otherwise.
    """
    others = [one.quota.needed for one in beside if one.quota and plan.quota and one.quota.code == plan.quota.code]
    if not others or plan.quota is None or plan.quota.left is None:
        return True
    return sum(others) + plan.quota.needed <= plan.quota.left


def fits(plan: LaunchPlan) -> bool:
    """Whether the quota has room for a host by itself, as far as is known."""
    return plan.quota is None or plan.quota.left is None or plan.quota.needed <= plan.quota.left


def at_first(plans: Sequence[LaunchPlan]) -> tuple[LaunchPlan, ...]:
    """Those of a run's launches that do not have to wait for others of its hosts to end."""
    chosen: list[LaunchPlan] = []
    for plan in plans:
        if has_room(plan, chosen):
            chosen.append(plan)
    return tuple(chosen)


def turns(plans: Sequence[LaunchPlan]) -> int:
    """How many times what a run launches has to wait for what it has launched before, and once for the first."""
    left, count = list(plans), 0
    while left:
        first = {plan.host for plan in at_first(left)}
        left = [plan for plan in left if plan.host not in first]
        count += 1
    return count
