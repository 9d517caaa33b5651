"""Cores of an instance type: how many it can run with, and what to ask EC2 for.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-specify-cpu-options.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks import hints
from benchmarks.aws.session import AwsShape
from benchmarks.errors import RefusedError


@dataclass(frozen=True)
class Cores:
    """What an instance will run with; `options` is what RunInstances must be told, None for the type's default."""

    count: int
    threads_per_core: int
    options: Mapping[str, int] | None


def _choice(values: Sequence[int]) -> str:
    *first, last = map(str, values)
    return f"{', '.join(first)} or {last}" if first else last


def cores(info: AwsShape, wanted: int | None) -> Cores:
    """How an instance of a type runs with `wanted` cores; `info` is its entry in DescribeInstanceTypes.

    The type's own number of cores, or None, leaves the type as it is; another number means one thread a core, since a
    second thread on the same core is not a core. Raises RefusedError with the numbers that the type can run with.
    """
    vcpus = info["VCpuInfo"]
    default = int(vcpus.get("DefaultCores") or vcpus["DefaultVCpus"])
    threads = int(vcpus.get("DefaultThreadsPerCore") or 1)
    if wanted in (None, default):
        return Cores(default, threads, None)
    valid = vcpus.get("ValidCores") or []
    if wanted in valid and 1 in (vcpus.get("ValidThreadsPerCore") or []):
        return Cores(int(wanted), 1, {"CoreCount": int(wanted), "ThreadsPerCore": 1})
    name = info["InstanceType"]
    offered = sorted({*valid, default})
    if offered == [default]:
        raise RefusedError(
            f"{name} cannot run with {wanted} cores: it always has {default}. Use --cpu {default}, or leave cpu out."
        )
    near = sorted(sorted(offered, key=lambda n: abs(n - (wanted or 0)))[:2])
    raise RefusedError(
        f"{name} cannot run with {wanted} cores: EC2 offers {_choice(offered)}. Use "
        f"{' or '.join(f'--cpu {n}' for n in near)}."
    )


def check_memory(info: AwsShape, wanted: int | None, why: str = "") -> int:
    """The type's memory in MiB. Raises RefusedError where it has less than `wanted` MiB."""
    memory = int(info["MemoryInfo"]["SizeInMiB"])
    if wanted and memory < wanted:
        raise RefusedError(
            f"{info['InstanceType']} has {memory} MiB of memory, less than the {wanted} {why or 'asked for'}: "
            f"{hints.command_line(f'bench --memory {wanted}')} lists the types that fit."
        )
    return memory
