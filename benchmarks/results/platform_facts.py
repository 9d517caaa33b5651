"""The machine that measured, from the records of its launch and of its toolchain."""

from __future__ import annotations

import re
from collections.abc import Mapping

from benchmarks.runs.records import Fingerprint, Instance, LaunchPlan, Toolchain
from benchmarks.runs.result_records import Platform

# Fields of lscpu: https://man7.org/linux/man-pages/man1/lscpu.1.html
_CACHE = re.compile(r"(\S+) cache")
_NUMA = re.compile(r"NUMA (node\d+) CPU\(s\)")
_VULNERABILITY = re.compile(r"Vulnerability (.+)")


def platform(
    toolchain: Toolchain, launch: LaunchPlan | None, instance: Instance | None, stopped_services: tuple[str, ...] = ()
) -> Platform:
    """The machine of a toolchain record. `launch` and `instance` are None for a machine of the user's own.

    What the instance was is taken from its own record, and from the plan of its launch only without one.
    `stopped_services` are those that were stopped while it measured.
    """
    host = toolchain.host
    return Platform(
        instance=instance.instance_id if instance else None,
        instance_type=instance.instance_type if instance else launch.instance_type if launch else None,
        tenancy=instance.tenancy if instance else None,
        lifecycle=instance.lifecycle if instance else None,
        region=launch.region if launch else None,
        zone=(instance.zone or None) if instance else None,
        zone_id=instance.zone_id if instance else None,
        ami=_ami(launch, instance),
        ami_name=launch.image.name if launch and _ami(launch, instance) == launch.image.id else None,
        cpu_credits=instance.cpu_credits if instance else None,
        cores=launch.cores if launch else None,
        threads_per_core=launch.threads_per_core if launch else None,
        os=host.os,
        kernel=host.kernel,
        kernel_command_line=host.kernel_command_line,
        architecture=host.architecture,
        hypervisor=host.hypervisor,
        cpu_model=host.cpu_model,
        cpu_stepping=host.cpu.get("Stepping") or None,
        microcode=host.microcode,
        cpu_flags=tuple((host.cpu.get("Flags") or "").split()),
        mitigations=_matching(_VULNERABILITY, host),
        caches=_matching(_CACHE, host),
        numa=_matching(_NUMA, host),
        cpus_online=host.cpus_online,
        cpus_usable=host.cpus_usable,
        smt=host.smt,
        memory_mib=host.memory_mib,
        clocksource=host.clocksource,
        governor=host.governor,
        turbo=host.turbo,
        transparent_hugepage=host.transparent_hugepage,
        booted=host.booted,
        stopped_services=stopped_services,
    )


def _ami(launch: LaunchPlan | None, instance: Instance | None) -> str | None:
    # Instances of version 0.1.0 are recorded without their AMI.
    return (instance and instance.ami) or (launch.image.id if launch else None)


def _matching(pattern: re.Pattern[str], host: Fingerprint) -> Mapping[str, str]:
    """The fields of lscpu that match, by the name that the pattern finds in them."""
    found = {match[1]: data for field, data in host.cpu.items() if (match := pattern.fullmatch(field))}
    return {name: data for name, data in found.items() if data}
