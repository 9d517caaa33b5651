"""Instance types: their properties, availability zones and prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from benchmarks.aws import cpu_cores
from benchmarks.aws.session import AwsShape

LINUX = ("x86_64", "arm64")  # architectures that benchmarks can run on


@dataclass(frozen=True, slots=True)
class InstanceType:
    """An entry of DescribeInstanceTypes, reduced to the properties that matter for choosing a type."""

    name: str
    cores: int  # physical cores
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
    spot: bool  # is offered on the spot market

    @property
    def family(self) -> str:
        return self.name.partition(".")[0]

    @property
    def runs_linux(self) -> bool:
        return any(one in LINUX for one in self.architectures)

    @property
    def architecture(self) -> str:
        """The architecture that benchmarks run on; some types list an older one as well."""
        return next((one for one in self.architectures if one in LINUX), self.architectures[0])


@dataclass(frozen=True, slots=True)
class Offer:
    """An instance type in one region. An unknown price is None, or missing from `spot`."""

    type: InstanceType
    on_demand: float | None = None  # USD an hour
    spot: Mapping[str, float] = field(default_factory=dict)  # availability zone -> USD an hour
    zones: tuple[str, ...] = ()  # empty if they were not requested


def described(info: AwsShape) -> InstanceType:
    """Convert an entry of DescribeInstanceTypes to an InstanceType."""
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
        # A fraction of a GPU is listed with a count of 0, so only the entry itself counts.
        gpu="GpuInfo" in info,
        bare_metal=bool(info.get("BareMetal")),
        current=bool(info.get("CurrentGeneration")),
        spot="spot" in info.get("SupportedUsageClasses", ()),
    )


def fields(one: InstanceType) -> AwsShape:
    """A type's fields as a dict for JSON. dataclasses.asdict would copy every value, which is slow for all types."""
    return {name: getattr(one, name) for name in InstanceType.__slots__}


def offers(
    types: Iterable[InstanceType],
    on_demand: Mapping[str, float],
    spot: Mapping[str, Mapping[str, float]],
    zones: Mapping[str, Iterable[str]],
) -> tuple[Offer, ...]:
    """The types of a region that run Linux, each with its prices and zones; all mappings are by type name."""
    return tuple(
        Offer(one, on_demand.get(one.name), spot.get(one.name, {}), tuple(zones.get(one.name, ())))
        for one in types
        if one.runs_linux
    )
