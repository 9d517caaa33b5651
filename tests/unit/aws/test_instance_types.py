"""What is kept of an entry of DescribeInstanceTypes."""

from __future__ import annotations

from typing import Any

from benchmarks.aws import instance_types


def info(**changes: Any) -> dict[str, Any]:
    """An entry as EC2 describes a c6i.2xlarge, with changes."""
    entry: dict[str, Any] = {
        "InstanceType": "c6i.2xlarge",
        "CurrentGeneration": True,
        "SupportedUsageClasses": ["on-demand", "spot"],
        "BareMetal": False,
        "ProcessorInfo": {
            "SupportedArchitectures": ["x86_64"],
            "SustainedClockSpeedInGhz": 3.5,
            "Manufacturer": "Intel",
        },
        "VCpuInfo": {"DefaultVCpus": 8, "DefaultCores": 4, "DefaultThreadsPerCore": 2},
        "MemoryInfo": {"SizeInMiB": 16384},
        "NetworkInfo": {"NetworkPerformance": "Up to 12.5 Gigabit"},
        "BurstablePerformanceSupported": False,
    }
    return {**entry, **changes}


def test_a_type_with_two_threads_a_core_has_half_as_many_cores_as_vcpus() -> None:
    one = instance_types.described(info())
    assert (one.cores, one.vcpus, one.threads_per_core) == (4, 8, 2)


def test_a_type_with_one_thread_a_core_has_as_many_cores_as_vcpus() -> None:
    one = instance_types.described(
        info(InstanceType="c8a.2xlarge", VCpuInfo={"DefaultVCpus": 8, "DefaultCores": 8, "DefaultThreadsPerCore": 1})
    )
    assert (one.cores, one.vcpus, one.threads_per_core) == (8, 8, 1)


def test_the_family_is_what_comes_before_the_dot() -> None:
    assert instance_types.described(info(InstanceType="u7in-16tb.224xlarge")).family == "u7in-16tb"


def test_a_fraction_of_a_gpu_is_a_gpu() -> None:
    assert instance_types.described(info(GpuInfo={"Gpus": [{"Count": 0}]})).gpu
    assert not instance_types.described(info()).gpu


def test_what_ec2_does_not_say_is_not_known() -> None:
    entry = info(ProcessorInfo={"SupportedArchitectures": ["arm64"]})
    del entry["NetworkInfo"]
    one = instance_types.described(entry)
    assert (one.clock, one.manufacturer, one.network, one.local_disk) == (None, None, None, None)


def test_benchmarks_run_on_the_64_bit_architecture_of_two() -> None:
    old = instance_types.described(info(ProcessorInfo={"SupportedArchitectures": ["i386", "x86_64"]}))
    mac = instance_types.described(info(ProcessorInfo={"SupportedArchitectures": ["arm64_mac"]}))
    assert (old.architecture, old.runs_linux) == ("x86_64", True)
    assert (mac.architecture, mac.runs_linux) == ("arm64_mac", False)


def test_types_that_run_no_linux_are_not_offered() -> None:
    names = {"mac1.metal": ["x86_64_mac"], "mac2.metal": ["arm64_mac"], "c7i.large": ["x86_64"]}
    types = [
        instance_types.described(info(InstanceType=name, ProcessorInfo={"SupportedArchitectures": architectures}))
        for name, architectures in names.items()
    ]
    assert [offer.type.name for offer in instance_types.offers(types, {}, {}, {})] == ["c7i.large"]
