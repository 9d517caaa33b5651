"""Launches of the tests' own."""

from __future__ import annotations

from typing import Any

from benchmarks.launch.run_instances import Launch
from benchmarks.runs.records import Image, LaunchPlan, LaunchTemplate, Place, Price
from tests.support import records

PLACES = (Place(subnet="subnet-1", zone="eu-central-1a"), Place(subnet="subnet-2", zone="eu-central-1b"))


def plan(**more: Any) -> LaunchPlan:
    given = {
        "launch_template": LaunchTemplate(id="lt-1", name="benchmarks", version="3"),
        "image": Image(id="ami-1", name="debian"),
        "places": PLACES,
        "price": Price(usd_per_hour=0.0852, source="AWS Price List", date="2026-05-19"),
    }
    return records.launch_plan(**{**given, **more})


def launch(host: int = 1, **more: Any) -> Launch:
    given: dict[str, Any] = {"run_id": "r1", "user_data": "#cloud-config\n", "lifetime": 240, "owner": "a"}
    return Launch(**{**given, "started": records.STARTED, "plan": plan(host=host), **more})
