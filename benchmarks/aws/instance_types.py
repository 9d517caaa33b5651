"""Instance types as this tool knows them: what EC2 says of each, where it is offered and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from benchmarks.aws import cpu_cores
from benchmarks.aws.session import AwsShape

LINUX = ("x86_64", "arm64")  # architectures that benchmarks can run on


@dataclass(frozen=True, slots=True)
class InstanceType:
    """One entry of DescribeInstanceTypes, less what nobody chooses by."""

    name: str
    cores: int  # physical ones
    vcpus: int
    threads_per_core: int
    memory: int  # MiB
    architectures: tuple[str, ...]
    manufacturer: str | None  # of the processor
    clock: float | None  # GHz, sustained
    local_disk: int | None  # GB, None for types with EBS only
    network: str | None
    burstable: bool
    gpu: bool
    bare_metal: bool
    current: bool  # of the current generation
    spot: bool  # can be had on the spot market

    @property
    def family(self) -> str:
        return self.name.partition(".")[0]

    @property
    def runs_linux(self) -> bool:
        return any(one in LINUX for one in self.architectures)

    @property
    def architecture(self) -> str:
        """The one that benchmarks run on, of types that have an older one besides; else the type's own."""
        return next((one for one in self.architectures if one in LINUX), self.architectures[0])


@dataclass(frozen=True, slots=True)
class Offer:
    """An instance type in one region. A price that is not known is None, or missing from `spot`."""

    type: InstanceType
    on_demand: float | None = None  # USD an hour
    spot: Mapping[str, float] = field(default_factory=dict)  # availability zone -> USD an hour
    zones: tuple[str, ...] = ()  # empty where they have not been asked for


def described(info: AwsShape) -> InstanceType:
    """An entry of DescribeInstanceTypes as an InstanceType."""
    cores = cpu_cores.cores(info, None)
    processor = info["ProcessorInfo"]
    return InstanceType(
        name=info["InstanceType"],
        cores=cores.count,
        vcpus=int(info["VCpuInfo"]["DefaultVCpus"]),
        threads_per_core=cores.threads_per_core,
        memory=int(info["MemoryInfo"]["SizeInMiB"]),
        architectures=tuple(processor["SupportedArchitectures"]),
        manufacturer=processor.get("Manufacturer"),
        clock=processor.get("SustainedClockSpeedInGhz"),
        local_disk=info.get("InstanceStorageInfo", {}).get("TotalSizeInGB"),
        network=info.get("NetworkInfo", {}).get("NetworkPerformance"),
        burstable=bool(info.get("BurstablePerformanceSupported")),
        # Fractions of a GPU are listed with a count of 0, so the count says nothing.
        gpu="GpuInfo" in info,
        bare_metal=bool(info.get("BareMetal")),
        current=bool(info.get("CurrentGeneration")),
        spot="spot" in info.get("SupportedUsageClasses", ()),
    )


def fields(one: InstanceType) -> AwsShape:
    """A type as JSON takes it. dataclasses.asdict would copy every value of every type, which takes a while."""
    return {name: getattr(one, name) for name in InstanceType.__slots__}


def offers(
    types: Iterable[InstanceType],
    on_demand: Mapping[str, float],
    spot: Mapping[str, Mapping[str, float]],
    zones: Mapping[str, Iterable[str]],
) -> tuple[Offer, ...]:
    """The types of a region that run Linux, with what is known of each by its name."""
    return tuple(
        Offer(one, on_demand.get(one.name), spot.get(one.name, {}), tuple(zones.get(one.name, ())))
        for one in types
        if one.runs_linux
    )
