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
    """The cores that an instance will have; `options` are RunInstances' CpuOptions, None if it needs none."""

    count: int
    threads_per_core: int
    options: Mapping[str, int | str] | None


@dataclass(frozen=True)
class _Offer:
    """What a type has, and what it can be launched with."""

    name: str
    default: int
    default_threads: int
    cores: tuple[int, ...]
    threads: tuple[int, ...]


def _choice(values: Sequence[int]) -> str:
    *first, last = map(str, values)
    return f"{', '.join(first)} or {last}" if first else last


def _offer(info: AwsShape) -> _Offer:
    vcpus = info["VCpuInfo"]
    return _Offer(
        name=info["InstanceType"],
        default=int(vcpus.get("DefaultCores") or vcpus["DefaultVCpus"]),
        default_threads=int(vcpus.get("DefaultThreadsPerCore") or 1),
        cores=tuple(vcpus.get("ValidCores") or ()),
        threads=tuple(vcpus.get("ValidThreadsPerCore") or ()),
    )


def cores(info: AwsShape, wanted: int | None, of_template: AwsShape | None = None) -> Cores:
    """The CPU options for `wanted` cores; `info` is the type's entry in DescribeInstanceTypes.

    None keeps what the launch template sets (`of_template` is its CpuOptions), else the type's defaults. The type's
    default number of cores means its default threads too, also against the template. Any other number gets one thread
    per core, since a second thread on the same core is not a core. The template's other options, such as AMD SEV-SNP,
    are part of a request, so that they hold whether EC2 merges the options or replaces them.

    Raises RefusedError, which names the possible numbers.
    """
    offer = _offer(info)
    given = of_template or {}
    if "CoreCount" in given or "ThreadsPerCore" in given:
        return _beside_template(offer, wanted, given)
    if wanted in (None, offer.default):
        return Cores(offer.default, offer.default_threads, None)
    return _requested(offer, wanted or 0, given)


def _beside_template(offer: _Offer, wanted: int | None, given: AwsShape) -> Cores:
    """As `cores`, for a template that sets cores or threads."""
    has = (int(given.get("CoreCount", offer.default)), int(given.get("ThreadsPerCore", offer.default_threads)))
    # A type whose cores cannot be chosen accepts no options at all, and a launch cannot take the template's away.
    if not offer.cores or not offer.threads:
        raise RefusedError(
            f"{offer.name} always has {offer.default} cores and takes no CPU options, but the launch template sets "
            f"some: leave CpuOptions out of it, or choose another type."
        )
    # EC2 refuses options that have only one of the two.
    whole = "CoreCount" in given and "ThreadsPerCore" in given
    if wanted is None:
        _check_template(offer, *has)
        return Cores(*has, None if whole else _options(given, *has))
    if wanted == offer.default:
        default = (offer.default, offer.default_threads)
        return Cores(*default, None if whole and has == default else _options(given, *default))
    return _requested(offer, wanted, given)


def _check_template(offer: _Offer, count: int, threads: int) -> None:
    """Raises RefusedError if the type cannot run with a template's cores and threads."""
    if count not in {*offer.cores, offer.default}:
        raise RefusedError(
            f"{offer.name} cannot run with the {count} cores that the launch template sets: EC2 offers "
            f"{_choice(sorted({*offer.cores, offer.default}))}. Give one of these by --cpu, or change the template."
        )
    if threads not in offer.threads:
        raise RefusedError(
            f"{offer.name} cannot run with the {threads} threads per core that the launch template sets: EC2 offers "
            f"{_choice(sorted(offer.threads))}. Give the cores by --cpu, or change the template."
        )


def _requested(offer: _Offer, wanted: int, given: AwsShape) -> Cores:
    """`wanted` cores with one thread each. Raises RefusedError if the type cannot have them."""
    if wanted in offer.cores and 1 in offer.threads:
        return Cores(wanted, 1, _options(given, wanted, 1))
    offered = sorted({*offer.cores, offer.default})
    if offered == [offer.default]:
        raise RefusedError(
            f"{offer.name} cannot run with {wanted} cores: it always has {offer.default}. Use --cpu {offer.default}, "
            f"or leave cpu out."
        )
    near = sorted(sorted(offered, key=lambda n: abs(n - wanted))[:2])
    raise RefusedError(
        f"{offer.name} cannot run with {wanted} cores: EC2 offers {_choice(offered)}. Use "
        f"{' or '.join(f'--cpu {n}' for n in near)}."
    )


def _options(given: AwsShape, count: int, threads: int) -> Mapping[str, int | str]:
    return {**given, "CoreCount": count, "ThreadsPerCore": threads}


def check_memory(info: AwsShape, wanted: int | None, why: str = "") -> int:
    """The type's memory in MiB. Raises RefusedError if it has less than `wanted` MiB."""
    memory = int(info["MemoryInfo"]["SizeInMiB"])
    if wanted and memory < wanted:
        raise RefusedError(
            f"{info['InstanceType']} has {memory} MiB of memory, less than the {wanted} {why or 'asked for'}: "
            f"{hints.command_line(f'bench --memory {wanted}')} lists the types that fit."
        )
    return memory
