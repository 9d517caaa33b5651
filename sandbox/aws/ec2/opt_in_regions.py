"""DescribeRegions: which regions the account has enabled.

Every region that needs enabling is enabled, but for those of the settings. There the account's credentials are not
known, so that each service answers as for an unknown key (see iam/credentials.py):
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html and
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.aws.protocol import Backend, Call, Reply, answer, result_of
from sandbox.settings import Settings

# moto counts some regions among these that are not: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
ALWAYS_ON = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    }
)
OTHER_PARTITIONS = ("cn-", "eu-iso", "us-gov-", "us-iso")


def describe_regions(settings: Settings, moto: Backend) -> Callable[[Call], Reply]:
    """DescribeRegions, whose answer leaves regions that are off out, unless AllRegions is given."""

    def status(name: str) -> str:
        if name in ALWAYS_ON or name.startswith(OTHER_PARTITIONS):
            return "opt-in-not-required"
        return "not-opted-in" if settings.is_off(name) else "opted-in"

    def answer_regions(call: Call) -> Reply:
        reply = moto(call)
        if not reply.ok:
            return reply
        regions = [{**one, "OptInStatus": status(one["RegionName"])} for one in result_of(call, reply)["Regions"]]
        every = bool(call.parameters.get("AllRegions"))
        return answer(call, {"Regions": [one for one in regions if every or one["OptInStatus"] != "not-opted-in"]})

    return answer_regions
