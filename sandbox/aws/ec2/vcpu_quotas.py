"""vCPU quotas: Service Quotas for EC2, and launches that would exceed them.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html: a type's default vCPUs are
counted, whatever the CPU options; stopped instances do not count.

A quota has a default, and an applied value only if the account's was ever set; without one GetServiceQuota raises
NoSuchResourceException, and ListServiceQuotas leaves it out:
https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html and
https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.aws import moto_repairs
from sandbox.aws.ec2.instance_states import Fleet
from sandbox.aws.ec2.launch_checks import Plan
from sandbox.aws.paging import page
from sandbox.aws.protocol import AwsError, Backend, Call, Reply, answer
from sandbox.settings import Settings

SERVICE = "ec2"
PAGE = 100
# AWS's default for the quotas that were set: https://docs.aws.amazon.com/general/latest/gr/ec2-service.html
STANDARD_DEFAULT = 5


@dataclass(frozen=True)
class Quota:
    """A quota in vCPUs and the instance families it covers."""

    code: str
    name: str
    families: tuple[str, ...]
    spot: bool
    default: int | None  # None: the account's quota was set, to the sandbox's own setting


QUOTAS = (
    Quota(
        "L-1216C47A",
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        tuple("acdhimrtz"),
        False,
        None,
    ),
    Quota(
        "L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", tuple("acdhimrtz"), True, None
    ),
    Quota("L-74FC7D96", "Running On-Demand F instances", ("f",), False, 0),
    Quota("L-88CF9481", "All F Spot Instance Requests", ("f",), True, 0),
    Quota("L-DB2E81BA", "Running On-Demand G and VT instances", ("g", "gr", "vt"), False, 0),
    Quota("L-3819A6DF", "All G and VT Spot Instance Requests", ("g", "gr", "vt"), True, 0),
    Quota("L-417A185B", "Running On-Demand P instances", ("p",), False, 0),
    Quota("L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests", ("p2", "p3", "p4"), True, 0),
    Quota("L-C4BD4855", "All P5 Spot Instance Requests", ("p5",), True, 0),
    Quota("L-7295265B", "Running On-Demand X instances", ("x",), False, 128),
    Quota("L-E3A00192", "All X Spot Instance Requests", ("x",), True, 128),
    Quota("L-1945791B", "Running On-Demand Inf instances", ("inf",), False, 0),
    Quota("L-B5D1601B", "All Inf Spot Instance Requests", ("inf",), True, 0),
    Quota("L-2C3B7624", "Running On-Demand Trn instances", ("trn",), False, 0),
    Quota("L-6B0D517C", "All Trn Spot Instance Requests", ("trn",), True, 0),
    Quota("L-6E869C2A", "Running On-Demand DL instances", ("dl",), False, 0),
    Quota("L-85EED4F7", "All DL Spot Instance Requests", ("dl",), True, 0),
    Quota("L-F7808C92", "Running On-Demand HPC instances", ("hpc",), False, 0),
    Quota("L-43DA4232", "Running On-Demand High Memory instances", ("u",), False, 0),
)


def family(instance_type: str) -> str:
    """The letters by which quotas group a type: "c" of c7i.large, "inf" of inf2.xlarge, "c" of c7gn.metal."""
    letters = re.match(r"[a-z]+", instance_type)
    name = letters[0] if letters else ""
    return "i" if name in {"is", "im"} else name


class Quotas:
    """Answers Service Quotas for EC2 and checks launches. moto answers for other services."""

    def __init__(self, settings: Settings, fleet: Fleet, moto: Backend) -> None:
        self._settings = settings
        self._fleet = fleet
        self._moto = moto

    def handlers(self) -> Mapping[tuple[str, str], Callable[[Call], Reply]]:
        return {
            ("servicequotas", action): handler
            for action, handler in (
                ("GetServiceQuota", partial(self._get, applied=True)),
                ("GetAWSDefaultServiceQuota", partial(self._get, applied=False)),
                ("ListServiceQuotas", partial(self._list, applied=True)),
                ("ListAWSDefaultServiceQuotas", partial(self._list, applied=False)),
            )
        }

    def check(self, plan: Plan, count: int) -> None:
        """Raise AwsError if a launch of this many instances would exceed its quota."""
        quota = self._of(plan.instance_type, plan.spot)
        if quota is None:
            return
        self._fleet.refresh()
        used = sum(
            _vcpus(record.spec.instance_type)
            for record in self._fleet.live()
            if record.spot == plan.spot and self._of(record.spec.instance_type, record.spot) == quota
        )
        value = self._value(quota)
        if used + count * _vcpus(plan.instance_type) <= value:
            return
        if plan.spot:
            raise AwsError("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")
        raise AwsError(
            "VcpuLimitExceeded",
            f"You have requested more vCPU capacity than your current vCPU limit of {value} allows for the instance "
            "bucket that the specified instance type belongs to. Please visit "
            "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
        )

    def _of(self, instance_type: str, spot: bool) -> Quota | None:
        letters = family(instance_type)
        wanted = {letters, instance_type[: len(letters) + 1]}
        return next((quota for quota in QUOTAS if quota.spot == spot and wanted & set(quota.families)), None)

    def _value(self, quota: Quota) -> int:
        return self._settings.vcpu_quota if quota.default is None else quota.default

    def _shown(self, quota: Quota, region: str, applied: bool) -> dict[str, Any]:
        value = STANDARD_DEFAULT if quota.default is None and not applied else self._value(quota)
        return {
            "ServiceCode": SERVICE,
            "ServiceName": "Amazon Elastic Compute Cloud (Amazon EC2)",
            "QuotaArn": f"arn:aws:servicequotas:{region}:{self._settings.account_id}:{SERVICE}/{quota.code}",
            "QuotaCode": quota.code,
            "QuotaName": quota.name,
            "Value": float(value),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }

    def _get(self, call: Call, applied: bool) -> Reply:
        request = json.loads(call.body or b"{}")
        if request.get("ServiceCode") != SERVICE:
            return self._moto(call)
        for quota in QUOTAS:
            if quota.code == request.get("QuotaCode") and (quota.default is None or not applied):
                return answer(call, {"Quota": self._shown(quota, call.region, applied)})
        raise AwsError("NoSuchResourceException", "The request failed because the specified quota does not exist.")

    def _list(self, call: Call, applied: bool) -> Reply:
        request = json.loads(call.body or b"{}")
        if request.get("ServiceCode") != SERVICE:
            return self._moto(call)
        quotas: Sequence[Quota] = [
            one
            for one in QUOTAS
            if request.get("QuotaCode", one.code) == one.code and (one.default is None or not applied)
        ]
        shown, token = page(quotas, request.get("NextToken"), int(request.get("MaxResults") or PAGE))
        return answer(call, {"Quotas": [self._shown(one, call.region, applied) for one in shown], "NextToken": token})


def _vcpus(instance_type: str) -> int:
    facts = moto_repairs.instance_type(instance_type)
    return int(facts["VCpuInfo"]["DefaultVCpus"]) if facts else 0
