"""Checks a launch against the account's vCPU quota."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.aws import cpu_cores, quotas
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.aws.session import AwsShape, Connect
from benchmarks.errors import RefusedError
from benchmarks.launch import quota_room
from benchmarks.runs.records import LaunchPlan, Quota


def check(
    connect: Connect, info: AwsShape, cores: cpu_cores.Cores, *, spot: bool
) -> tuple[Quota | None, tuple[str, ...]]:
    """The quota that the launch counts against, None if it has none or it is not known, and warnings.

    Raises RefusedError if the type has more vCPUs than the quota. That other instances leave too few is a warning only:
    EC2 counts them at the launch, and may count otherwise.
    """
    known = quotas.of(info["InstanceType"], spot=spot)
    if not known:
        return None, ()
    try:
        limit = quotas.limit(connect, known)
    except UnknownError as error:
        return None, (f"The vCPU quota could not be checked: {error}.",)
    vcpus = cores.count * cores.threads_per_core
    if vcpus > limit:
        raise RefusedError(
            f"{info['InstanceType']} would take {vcpus} vCPUs, but your account's quota is {limit}: ask for "
            f"more of {known} in Service Quotas, or choose a smaller type."
        )
    used = quotas.used(connect("ec2"), known, spot=spot)
    # Whether EC2 counts fewer for chosen CPU options is not documented, so that the larger number is shown.
    needed = max(vcpus, int(info["VCpuInfo"]["DefaultVCpus"]))
    quota = Quota(code=known.code, name=known.name, limit=limit, needed=needed, used=used)
    return quota, tuple(_warnings(quota))


def refuse_waiting(launches: Sequence[LaunchPlan]) -> None:
    """Raises RefusedError if the quota has no room for all of a run's hosts at once: to be kept, they must fit."""
    if len(quota_room.at_first(launches)) < len(launches):
        raise RefusedError(
            f"The vCPU quota has no room for all {len(launches)} instances at once, and those that are kept would "
            "leave none for the others: run it without keep, ask for more in Service Quotas, or choose fewer instances."
        )


def _warnings(quota: Quota) -> Iterator[str]:
    if quota.left is not None and quota.left < quota.needed:
        yield (
            f"Your instances take about {quota.used} of the {quota.limit} vCPUs of the quota {quota.code}, so that EC2 "
            f"may refuse {quota.needed} more: end some, or ask for more in Service Quotas."
        )
