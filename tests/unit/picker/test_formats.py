"""The picker's answer for programs."""

from __future__ import annotations

import csv
import io
import json

from benchmarks.picker.selection import Criteria
from tests.support.picker_answers import ZONES, shown


def test_names_are_one_a_line_and_nothing_else() -> None:
    assert shown(Criteria(cpu=4), "names") == "c6i.2xlarge\nc8a.2xlarge\n"


def test_json_and_csv_say_the_same_in_full() -> None:
    document = json.loads(shown(Criteria(cpu=4), "json"))
    rows = list(csv.DictReader(io.StringIO(shown(Criteria(cpu=4), "csv"))))
    assert [row["type"] for row in rows] == [one["type"] for one in document["types"]] == ["c6i.2xlarge", "c8a.2xlarge"]
    first, flat = document["types"][0], rows[0]
    assert list(first) == list(flat)
    assert first["on_demand_usd_per_core_hour"] == float(flat["on_demand_usd_per_core_hour"]) == 0.085
    assert first["on_demand_fetched"] == flat["on_demand_fetched"] == "2026-05-19T05:15:00+00:00"
    assert first["spot_usd_per_hour_by_zone"] == {"eu-north-1a": 0.12, "eu-north-1b": 0.11}
    assert flat["spot_usd_per_hour_by_zone"] == "eu-north-1a=0.12 eu-north-1b=0.11"
    assert (first["burstable"], flat["burstable"]) == (False, "false")
    assert (first["zones"], flat["zones"]) == (list(ZONES), "eu-north-1a eu-north-1b")
    assert (first["local_disk_gb"], flat["local_disk_gb"]) == (None, "")
