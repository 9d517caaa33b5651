"""CPU cores of an instance type: which numbers are possible, and the CPU options to request.

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
    """The cores that an instance will have; `options` are RunInstances' CpuOptions, None for the type's default."""

    count: int
    threads_per_core: int
    options: Mapping[str, int] | None


def _choice(values: Sequence[int]) -> str:
    *first, last = map(str, values)
    return f"{', '.join(first)} or {last}" if first else last


def cores(info: AwsShape, wanted: int | None) -> Cores:
    """The CPU options for `wanted` cores; `info` is the type's entry in DescribeInstanceTypes.

    None, or the type's default number of cores, keeps the type's defaults. Any other number gets one thread per core,
    since a second thread on the same core is not a core. Raises RefusedError, which names the possible numbers.
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
    """The type's memory in MiB. Raises RefusedError if it has less than `wanted` MiB."""
    memory = int(info["MemoryInfo"]["SizeInMiB"])
    if wanted and memory < wanted:
        raise RefusedError(
            f"{info['InstanceType']} has {memory} MiB of memory, less than the {wanted} {why or 'asked for'}: "
            f"{hints.command_line(f'bench --memory {wanted}')} lists the types that fit."
        )
    return memory
