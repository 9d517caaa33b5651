"""Whether the account may run instances at all: new accounts may have a quota of no vCPUs."""

from __future__ import annotations

from benchmarks.aws import quotas
from benchmarks.aws.session import Connect
from benchmarks.doctor.questions import Finding, Question, failed, ok

QUOTA = quotas.ON_DEMAND[0]  # of standard instances


def questions(connect: Connect, region: str) -> list[Question]:
    def ask() -> tuple[int, int | None]:
        return quotas.limit(connect, QUOTA), quotas.used(connect("ec2"), QUOTA, spot=False)

    return [Question("quota", ask, lambda found: of_quota(found[0], found[1], region), needs=("credentials",))]


def of_quota(limit: int, used: int | None, region: str) -> Finding:
    """`limit` and `used` are in vCPUs.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits
    """
    raise_it = (
        f"aws service-quotas request-service-quota-increase --service-code ec2 --quota-code {QUOTA.code} "
        f"--desired-value 32 --region {region}"
    )
    if limit < 1:
        return failed(f"your account may run {limit} vCPUs of standard instances here: ask for more by {raise_it}")
    if used is None:
        return ok(f"{limit} vCPUs of standard instances ({QUOTA.code}); how many are used is not known")
    if used >= limit:
        return failed(
            f"about {used} of {limit} vCPUs of standard instances are used ({QUOTA.code}): end some instances, or ask "
            f"for more in Service Quotas."
        )
    return ok(f"about {limit - used} of {limit} vCPUs of standard instances left ({QUOTA.code})")
