"""Checks a launch against the account's vCPU quota."""

from __future__ import annotations

from benchmarks.aws import cpu_cores, quotas
from benchmarks.aws.aws_errors import optional
from benchmarks.aws.session import AwsShape, Connect
from benchmarks.errors import RefusedError


def check(connect: Connect, info: AwsShape, cores: cpu_cores.Cores) -> tuple[str, ...]:
    """Raises RefusedError if the type has more vCPUs than the account's quota; returns a warning if that is unknown.

    Instances that already run are not counted here; EC2 does that at the launch.
    """
    quota = quotas.of(info["InstanceType"])
    if not quota:
        return ()
    answer = optional(lambda: connect("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode=quota.code))
    if answer is None:
        return ("The vCPU quota could not be checked: the permission servicequotas:GetServiceQuota is missing.",)
    limit = int(answer["Quota"]["Value"])
    vcpus = cores.count * cores.threads_per_core
    if vcpus > limit:
        raise RefusedError(
            f"{info['InstanceType']} would take {vcpus} vCPUs, but your account's quota is {limit}: ask for "
            f"more of {quota} in Service Quotas, or choose a smaller type."
        )
    return ()
