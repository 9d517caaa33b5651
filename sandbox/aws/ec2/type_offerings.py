"""Instance types and where they are offered; moto has the data, but no regions, pages or wildcards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sandbox.aws import moto_repairs
from sandbox.aws.paging import filters_of, fits, page
from sandbox.aws.protocol import AwsError, Call, Reply, answer, written_answer

PAGE = 100


def describe_types(call: Call) -> Reply:
    """DescribeInstanceTypes: only the region's types, a hundred per page.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html
    """
    parameters = call.parameters
    named: Sequence[str] = parameters.get("InstanceTypes", [])
    here = moto_repairs.regions_offering(call.region)
    if unknown := [name for name in named if name not in here or moto_repairs.instance_type(name) is None]:
        raise AwsError(
            "InvalidInstanceType", f"The following supplied instance types do not exist: [{', '.join(unknown)}]"
        )
    if named and parameters.get("MaxResults"):
        raise AwsError(
            "InvalidParameterCombination", "The parameter instanceTypes cannot be used with the parameter maxResults"
        )
    filters = filters_of(parameters)
    chosen = [
        name
        for name in sorted(moto_repairs.instance_types())
        if name in (named or here) and moto_repairs.type_fits(name, filters)
    ]
    shown, token = page(chosen, parameters.get("NextToken"), int(parameters.get("MaxResults") or PAGE))
    return _described(tuple(shown), token)


@lru_cache(maxsize=256)
def _described(names: tuple[str, ...], token: str | None) -> Reply:
    """Cached: serialising a hundred types is slow, and they never change."""
    types = [moto_repairs.instance_type(name) for name in names]
    return written_answer("ec2", "DescribeInstanceTypes", {"InstanceTypes": types, "NextToken": token})


def describe_offerings(call: Call) -> Reply:
    """DescribeInstanceTypeOfferings, with wildcards in its filters.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
    """
    parameters = call.parameters
    location_type = parameters.get("LocationType") or "region"
    filters = filters_of(parameters)
    if unknown := set(filters) - {"location", "instance-type"}:
        raise AwsError("InvalidParameterValue", f"The filter '{min(unknown)}' is invalid")
    offerings = moto_repairs.offerings(location_type, call.region)
    chosen = [
        {"InstanceType": name, "LocationType": location_type, "Location": location}
        for name, location in offerings
        if fits(name, filters.get("instance-type", ["*"])) and fits(location, filters.get("location", ["*"]))
    ]
    shown, token = page(chosen, parameters.get("NextToken"), int(parameters.get("MaxResults") or 1000))
    return answer(call, {"InstanceTypeOfferings": list(shown), "NextToken": token})


def types_by_requirements(call: Call) -> Reply:
    """GetInstanceTypesFromInstanceRequirements, for the requirements that matter to a benchmark's host.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetInstanceTypesFromInstanceRequirements.html
    """
    parameters = call.parameters
    wanted = parameters.get("InstanceRequirements", {})
    architectures = set(parameters.get("ArchitectureTypes", ()))
    here = moto_repairs.regions_offering(call.region)
    chosen = [
        {"InstanceType": name}
        for name, facts in sorted(moto_repairs.instance_types().items())
        if name in here
        and architectures & set(facts["ProcessorInfo"]["SupportedArchitectures"])
        and _meets(facts, wanted)
    ]
    shown, token = page(chosen, parameters.get("NextToken"), int(parameters.get("MaxResults") or 1000))
    return answer(call, {"InstanceTypes": list(shown), "NextToken": token})


def _meets(facts: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    name = facts["InstanceType"]
    generation = "current" if facts.get("CurrentGeneration") else "previous"
    allowed: Iterable[str] = wanted.get("AllowedInstanceTypes") or ["*"]
    manufacturer = str(facts["ProcessorInfo"].get("Manufacturer", "")).lower()
    makers = [str(one).split("-")[0] for one in wanted.get("CpuManufacturers") or ["*"]]
    memory = int(facts["MemoryInfo"]["SizeInMiB"])
    vcpus = int(facts["VCpuInfo"]["DefaultVCpus"])
    return (
        _within(vcpus, wanted.get("VCpuCount"))
        and _within(memory, wanted.get("MemoryMiB"))
        and _within(memory / 1024 / vcpus, wanted.get("MemoryGiBPerVCpu"))
        and fits(name, list(allowed))
        and not fits(name, list(wanted.get("ExcludedInstanceTypes") or []))
        and generation in (wanted.get("InstanceGenerations") or ["current", "previous"])
        and any(fits(manufacturer, [f"{maker}*"]) for maker in makers)
        and _allowed(bool(facts.get("BareMetal")), wanted.get("BareMetal"))
        and _allowed(bool(facts.get("BurstablePerformanceSupported")), wanted.get("BurstablePerformance"))
        and _allowed(bool(facts.get("InstanceStorageSupported")), wanted.get("LocalStorage") or "included")
    )


def _within(value: float, bounds: Mapping[str, Any] | None) -> bool:
    low = float((bounds or {}).get("Min") or 0)
    high = (bounds or {}).get("Max")
    return low <= value and (high is None or value <= float(high))


def _allowed(has: bool, word: str | None) -> bool:
    """A property under "included", "required" or, by default, "excluded"."""
    return {"included": True, "required": has}.get(word or "excluded", not has)
