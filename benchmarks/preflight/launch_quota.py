"""Checks a launch against the account's vCPU quota."""

from __future__ import annotations

from benchmarks.aws import cpu_cores, quotas
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.aws.session import AwsShape, Connect
from benchmarks.errors import RefusedError


def check(connect: Connect, info: AwsShape, cores: cpu_cores.Cores, *, spot: bool) -> tuple[str, ...]:
    """Raises RefusedError if the type has more vCPUs than the account's quota; returns a warning if that is unknown.

    Instances that already run are not counted here; EC2 does that at the launch.
    """
    quota = quotas.of(info["InstanceType"], spot=spot)
    if not quota:
        return ()
    try:
        limit = quotas.limit(connect, quota)
    except UnknownError as error:
        return (f"The vCPU quota could not be checked: {error}.",)
    vcpus = cores.count * cores.threads_per_core
    if vcpus > limit:
        raise RefusedError(
            f"{info['InstanceType']} would take {vcpus} vCPUs, but your account's quota is {limit}: ask for "
            f"more of {quota} in Service Quotas, or choose a smaller type."
        )
    return ()
