"""The machine that measured is told from the records of its launch and its toolchain."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from benchmarks.results.platform_facts import platform
from benchmarks.runs.records import Image
from tests.support import records

LSCPU = {
    "Architecture": "x86_64",
    "Model name": "Intel(R) Xeon(R) Platinum 8488C",
    "Stepping": "8",
    "Flags": "fpu vme  avx512f",
    "L1d cache": "48 KiB (1 instance)",
    "L3 cache": "105 MiB (1 instance)",
    "NUMA node(s)": "2",
    "NUMA node0 CPU(s)": "0,1",
    "NUMA node1 CPU(s)": None,
    "Vulnerability Spectre v2": "Mitigation; Enhanced / Automatic IBRS",
    "Vulnerability Meltdown": "Not affected",
}


def test_the_output_of_lscpu_is_told_by_subject() -> None:
    told = platform(records.toolchain(cpu=LSCPU), None, None)
    assert told.cpu_stepping == "8"
    assert told.cpu_flags == ("fpu", "vme", "avx512f")
    assert told.caches == {"L1d": "48 KiB (1 instance)", "L3": "105 MiB (1 instance)"}
    assert told.numa == {"node0": "0,1"}
    assert told.mitigations == {
        "Spectre v2": "Mitigation; Enhanced / Automatic IBRS",
        "Meltdown": "Not affected",
    }


def test_what_the_host_does_not_tell_is_unknown() -> None:
    told = platform(records.toolchain(), None, None)
    assert (told.cpu_stepping, told.cpu_flags, told.caches, told.numa, told.mitigations) == (None, (), {}, {}, {})
    assert (told.microcode, told.smt, told.turbo, told.booted) == (None, None, None, None)


def test_the_fingerprint_is_told_as_it_is() -> None:
    fingerprint = {
        "kernel_command_line": "quiet",
        "hypervisor": "KVM",
        "cpu_model": "Xeon",
        "microcode": "0x2b",
        "cpus_online": 2,
        "cpus_usable": 1,
        "smt": "on",
        "clocksource": "tsc",
        "governor": "performance",
        "turbo": False,
        "transparent_hugepage": "[always] madvise never",
        "booted": datetime(2026, 5, 19, 8, 16, tzinfo=UTC),
    }
    told = platform(records.toolchain(**fingerprint), None, None)
    assert {name: getattr(told, name) for name in fingerprint} == fingerprint
    assert (told.os, told.kernel, told.architecture, told.memory_mib) == ("Debian", "6.12", "x86_64", 4096)


def test_an_instance_is_told_with_the_plan_of_its_launch() -> None:
    facts = {"zone_id": "euc1-az2", "tenancy": "default", "lifecycle": "spot", "cpu_credits": "unlimited"}
    instance = records.instance("i-1", ami="ami-1", instance_type="t3.micro", **facts)
    told = platform(records.toolchain(), records.launch_plan(), instance)
    assert (told.instance, told.instance_type, told.zone) == ("i-1", "t3.micro", "eu-central-1a")
    assert {name: getattr(told, name) for name in facts} == facts
    assert (told.region, told.ami, told.ami_name) == ("eu-central-1", "ami-1", "debian-13")
    assert (told.cores, told.threads_per_core) == (1, 2)


@pytest.mark.parametrize(("ami", "told"), [(None, ("ami-1", "debian-13")), ("ami-2", ("ami-2", None))])
def test_an_image_has_its_name_only_if_the_plan_was_for_it(ami: str | None, told: tuple[str, str | None]) -> None:
    found = platform(
        records.toolchain(), records.launch_plan(image=Image(id="ami-1", name="debian-13")), records.instance(ami=ami)
    )
    assert (found.ami, found.ami_name) == told


def test_without_its_record_an_instance_is_what_was_planned_in_a_zone_that_is_unknown() -> None:
    told = platform(records.toolchain(), records.launch_plan(), None)
    assert (told.instance_type, told.region, told.ami, told.ami_name) == (
        "c7i.large",
        "eu-central-1",
        "ami-1",
        "debian-13",
    )
    assert (told.instance, told.zone, told.lifecycle) == (None, None, None)


def test_a_machine_of_ones_own_has_nothing_of_ec2() -> None:
    told = platform(records.toolchain(), None, None)
    of_ec2 = ("instance", "instance_type", "tenancy", "lifecycle", "region", "zone", "zone_id", "ami", "ami_name")
    assert [getattr(told, name) for name in (*of_ec2, "cpu_credits", "cores", "threads_per_core")] == [None] * 12
