"""CpuOptions of a launch, checked against its instance type. Pure.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-specify-cpu-options.html: both values must be given, each
one of the type's valid values; types without valid values (T2) take none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.aws.protocol import AwsError


@dataclass(frozen=True)
class Cpu:
    """An instance's cores and threads per core."""

    cores: int
    threads: int

    @property
    def vcpus(self) -> int:
        return self.cores * self.threads


def default(type_facts: Mapping[str, Any]) -> Cpu:
    """A type's defaults."""
    info = type_facts["VCpuInfo"]
    vcpus = int(info["DefaultVCpus"])
    threads = int(info.get("DefaultThreadsPerCore") or 1)
    return Cpu(int(info.get("DefaultCores") or max(1, vcpus // threads)), threads)


def chosen(type_facts: Mapping[str, Any], asked: Mapping[str, Any] | None) -> Cpu:
    """The cores and threads of a launch with these CpuOptions. Raises AwsError if EC2 refuses them."""
    if not asked or not {"CoreCount", "ThreadsPerCore"} & asked.keys():
        return default(type_facts)
    name = type_facts["InstanceType"]
    if "CoreCount" not in asked or "ThreadsPerCore" not in asked:
        raise AwsError(
            "MissingParameter", "When specifying CpuOptions you must specify both CoreCount and ThreadsPerCore."
        )
    wanted = Cpu(int(asked["CoreCount"]), int(asked["ThreadsPerCore"]))
    info = type_facts["VCpuInfo"]
    cores, threads = info.get("ValidCores") or (), info.get("ValidThreadsPerCore") or ()
    if not cores or not threads:
        raise AwsError(
            "InvalidParameterCombination", f"The instance type '{name}' does not support specifying CpuOptions."
        )
    if wanted.cores not in cores:
        raise AwsError(
            "InvalidParameterValue",
            f"CpuOptions CoreCount value of {wanted.cores} is not valid for instance type '{name}'. "
            f"Valid values: {', '.join(map(str, cores))}.",
        )
    if wanted.threads not in threads:
        raise AwsError(
            "InvalidParameterValue",
            f"CpuOptions ThreadsPerCore value of {wanted.threads} is not valid for instance type '{name}'. "
            f"Valid values: {', '.join(map(str, threads))}.",
        )
    return wanted
