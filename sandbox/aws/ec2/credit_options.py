"""The credit option of burstable instances, and the call that shows it.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-how-to.html: T2 launches as
standard, T3, T3a and T4g as unlimited, unless the launch says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.aws.ec2.instance_states import Fleet
from sandbox.aws.paging import filters_of, fits, page
from sandbox.aws.protocol import AwsError, Call, Reply, answer

STANDARD, UNLIMITED = "standard", "unlimited"
PAGE = 1000  # the most that EC2 shows at once


def chosen(type_facts: Mapping[str, Any], asked: Mapping[str, Any] | None) -> str:
    """The credit option of a launch with this CreditSpecification; standard for types that are not burstable.

    Raises AwsError for another option than EC2's two.
    """
    wanted = (asked or {}).get("CpuCredits")
    if wanted not in (None, STANDARD, UNLIMITED):
        raise AwsError("InvalidParameterValue", f"Invalid value '{wanted}' for CpuCredits.")
    if not type_facts.get("BurstablePerformanceSupported"):
        return STANDARD
    return wanted or (STANDARD if type_facts["InstanceType"].startswith("t2.") else UNLIMITED)


def describe(fleet: Fleet, refuse_unknown: Callable[[Iterable[str]], None]) -> Callable[[Call], Reply]:
    """Answers DescribeInstanceCreditSpecifications; `refuse_unknown` raises AwsError for ids that EC2 does not show.

    Without ids, EC2 shows only the instances whose option is unlimited:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceCreditSpecifications.html
    """

    def reply(call: Call) -> Reply:
        parameters = call.parameters
        ids = list(parameters.get("InstanceIds") or ())
        if ids and parameters.get("MaxResults"):
            raise AwsError("InvalidParameterCombination", "MaxResults and InstanceIds cannot be used together.")
        refuse_unknown(ids)
        ec2 = fleet.ec2(call.region)
        here = [one for one, record in fleet.records().items() if record.spec.region == call.region]
        options = {one: ec2.cpu_credits(one) for one in ids or here}
        patterns = filters_of(parameters).get("instance-id", ["*"])
        shown = [
            {"InstanceId": one, "CpuCredits": option}
            for one, option in options.items()
            if fits(one, patterns) and (ids or option == UNLIMITED)
        ]
        found, token = page(shown, parameters.get("NextToken"), int(parameters.get("MaxResults") or PAGE))
        return answer(call, {"InstanceCreditSpecifications": list(found), "NextToken": token})

    return reply
