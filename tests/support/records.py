"""Records of a run as stages write them, with what a test is about changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks.runs import run_machine
from benchmarks.runs.records import (
    Build,
    Cargo,
    Destination,
    Fingerprint,
    Image,
    Instance,
    Instances,
    LaunchPlan,
    LaunchTemplate,
    Machine,
    Place,
    PlannedMeasurement,
    Preflight,
    Price,
    Profile,
    Published,
    Ready,
    Source,
    Suite,
    Toolchain,
)

STARTED = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
READY = Ready(at=STARTED, timer=True)
PRICE = Price(usd_per_hour=0.357, source="AWS Price List", date="2026-05-19")

CREDITS = Price(usd_per_hour=0.1, source="2 vCPUs at $0.05 an hour, AWS Price List", date="2026-05-19")


def suite(**changes: Any) -> Suite:
    given = {
        "name": "one",
        "description": "One",
        "source": Source(crate="one", ref="1.0.0"),
        "package": "one",
        "benches": ("a",),
        "toolchain": "system",
    }
    return Suite(**{**given, **changes})


def launch_plan(**changes: Any) -> LaunchPlan:
    given = {
        "region": "eu-central-1",
        "instance_type": "c7i.large",
        "architecture": "x86_64",
        "cores": 1,
        "threads_per_core": 2,
        "cpu_options": None,
        "memory_mib": 4096,
        "price": PRICE,
        "overrides": {},
        "launch_template": LaunchTemplate(id="lt-1", name="benchmarks", version="1"),
        "image": Image(id="ami-1", name="debian-13"),
        "block_devices": None,
        "places": (Place(subnet="subnet-1", zone="eu-central-1a"),),
    }
    return LaunchPlan(**{**given, **changes})


def preflight(**changes: Any) -> Preflight:
    given = {
        "started": STARTED,
        "measurements": (PlannedMeasurement(suite=suite(), suite_digest="asked"),),
        "launches": (launch_plan(),),
        "destination": Destination(bucket="mine", account="123456789012", region="eu-central-1"),
    }
    return Preflight(**{**given, **changes})


def instance(instance_id: str = "i-1", **changes: Any) -> Instance:
    given = {
        "host": 1,
        "instance_id": instance_id,
        "instance_type": "c7i.large",
        "zone": "eu-central-1a",
        "public_dns": None,
        "public_ip": "192.0.2.7",
        "private_ip": "10.0.0.7",
        "launched": STARTED,
    }
    return Instance(**{**given, **changes})


def instances(*ids: str, **changes: Any) -> Instances:
    launched = tuple(instance(one, host=number) for number, one in enumerate(ids, 1))
    return Instances(**{"region": "eu-central-1", "instances": launched, **changes})


def machine(**changes: Any) -> Machine:
    given = {**dict.fromkeys(run_machine.PARAMETERS), "instances": 1}
    return Machine(**{**given, "region": None, "key": None, **changes})


def toolchain(**of_host: Any) -> Toolchain:
    host = dict.fromkeys(Fingerprint.__struct_fields__)
    known = {
        "os": "Debian",
        "kernel": "6.12",
        "architecture": "x86_64",
        "cpus_usable": 1,
        "cpu": {},
        "memory_mib": 4096,
    }
    return Toolchain(
        cargo=Cargo(
            executable="/usr/bin/cargo", directory="/home/b/source", root="/home/b/.benchmarks", environment={}
        ),
        source=Source(crate="one", ref="1.0.0"),
        toolchain="system",
        host=Fingerprint(**{**host, **known, "packages": (), "harnesses": (), **of_host}),
    )


def profile(**changes: Any) -> Profile:
    """Cargo's own profile of benchmarks."""
    given = {
        "opt_level": "3",
        "lto": "false",
        "codegen_units": 16,
        "debug": "false",
        "panic": "unwind",
        "overflow_checks": False,
        "debug_assertions": False,
        "incremental": False,
    }
    return Profile(**{**given, **changes})


def build(**changes: Any) -> Build:
    given = {"executables": {"a": "0123"}, "target_cpu": "x86-64", "profile": profile()}
    return Build(**{**given, **changes})


def published(**changes: Any) -> Published:
    given = {
        "bucket": "mine",
        "prefix": "x/",
        "uri": "s3://mine/x/",
        "keys": {},
        "link": "https://link/",
        "link_until": datetime(2026, 5, 26, 8, 25, tzinfo=UTC),
        "link_note": "",
    }
    return Published(**{**given, **changes})
