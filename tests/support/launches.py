"""Launches of the tests' own."""

from __future__ import annotations

from typing import Any

from benchmarks.launch.run_instances import Launch

SUBNETS = [{"id": "subnet-1", "zone": "eu-central-1a"}, {"id": "subnet-2", "zone": "eu-central-1b"}]


def plan(**more: Any) -> dict[str, Any]:
    return {
        "instance_type": "c7i.large",
        "launch_template": {"id": "lt-1", "name": "benchmarks", "version": "3"},
        "image": {"id": "ami-1", "name": "debian"},
        "cpu_options": None,
        "block_devices": None,
        "subnets": SUBNETS,
        "overrides": {},
        "price": {"usd_per_hour": 0.0852},
        "started": "2026-05-19T08:15:00+00:00",
        **more,
    }


def launch(**more: Any) -> Launch:
    given: dict[str, Any] = {"run_id": "r1", "host": 1, "user_data": "#cloud-config\n", "lifetime": 240, "owner": "a"}
    return Launch(**{**given, "plan": plan(), **more})
