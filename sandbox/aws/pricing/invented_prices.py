"""Invented prices: plausible, always the same, and marked wherever they are shown. Pure.

They depend on vCPUs and memory, close enough to Linux on demand in us-east-1 for realistic ratios between types.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

PER_VCPU = 0.036  # USD per hour
PER_GIB = 0.0033
PER_GPU = 0.45
BURSTABLE_PER_GIB = 0.0104  # prices of the T family depend on memory alone
ARM = 0.8  # fraction of the price of the same size with an x86 processor
WINDOWS_PER_VCPU = 0.046
# USD per vCPU-hour that a burstable type spends without having earned it, by family
CPU_CREDITS = {"t2": 0.05, "t3": 0.05, "t3a": 0.05, "t4g": 0.04}
CPU_CREDITS_WINDOWS = 0.096
SPOT_LOW, SPOT_HIGH = 0.28, 0.48  # fractions of the on-demand price
CHEAPEST_REGIONS = frozenset({"us-east-1", "us-east-2", "us-west-2"})


def on_demand(facts: Mapping[str, Any], region: str, operating_system: str = "Linux") -> float:
    """USD per hour for a type, described as in DescribeInstanceTypes."""
    vcpus = int(facts["VCpuInfo"]["DefaultVCpus"])
    gib = int(facts["MemoryInfo"]["SizeInMiB"]) / 1024
    gpus = sum(int(gpu.get("Count") or 0) for gpu in facts.get("GpuInfo", {}).get("Gpus", ()))
    if facts.get("BurstablePerformanceSupported"):
        price = gib * BURSTABLE_PER_GIB
    else:
        price = vcpus * PER_VCPU + gib * PER_GIB + gpus * PER_GPU
    if "arm64" in facts["ProcessorInfo"]["SupportedArchitectures"]:
        price *= ARM
    if operating_system != "Linux":
        price += vcpus * WINDOWS_PER_VCPU
    if region not in CHEAPEST_REGIONS:
        price *= 1 + 0.25 * share(region)
    return round(price, 4)


def spot(facts: Mapping[str, Any], zone: str, period: int) -> float:
    """USD per hour for a type in a zone and a numbered period: always below the on-demand price."""
    part = SPOT_LOW + (SPOT_HIGH - SPOT_LOW) * share(f"{facts['InstanceType']}/{zone}/{period}")
    return round(on_demand(facts, zone[:-1]) * part, 4)


def share(name: str) -> float:
    """A number from 0 to 1 that depends only on a name."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
