"""What a run's instances cost, as one sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.launch import cost
from benchmarks.runs.records import Ended, Price, Terminated
from tests.support import records

BEGAN = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
PRICE = Price(usd_per_hour=0.36, source="AWS Price List, on demand", date="2026-05-19")


def line(
    seconds: float, price: Price | None = PRICE, instances: int = 1, ended: bool = True, unknown: str | None = None
) -> str:
    launched = records.instances(*(f"i-{n}" for n in range(instances)))
    end = BEGAN + timedelta(seconds=seconds)
    over = tuple(Ended(instance_id=one.instance_id, at=end) for one in launched.instances) if ended else ()
    return cost.line(records.launch_plan(price=price, price_unknown=unknown), launched, Terminated(instances=over), end)


def test_the_line_says_type_time_price_source_and_sum() -> None:
    assert line(600) == (
        "c7i.large for 10 min 0 s at $0.36/h: $0.0600 (AWS Price List, on demand, 2026-05-19; storage and traffic not "
        "counted)"
    )


def test_the_price_of_a_spot_instance_is_told_as_one_that_changes() -> None:
    price = Price(usd_per_hour=0.12, source="EC2 spot price in eu-central-1b", date="2026-05-19")
    plan = records.launch_plan(price=price, spot=True)
    over = Terminated(instances=(Ended(instance_id="i-1", at=BEGAN + timedelta(minutes=10)),))
    assert cost.line(plan, records.instances("i-1"), over) == (
        "c7i.large for 10 min 0 s at a spot price of $0.12/h: about $0.0200 (EC2 spot price in eu-central-1b, "
        "2026-05-19; storage and traffic not counted)"
    )


def test_a_minute_is_the_least_that_is_billed() -> None:
    assert line(7).startswith("c7i.large for 1 min 0 s at $0.36/h: $0.0060 ")


def test_every_instance_counts() -> None:
    assert line(600, instances=3).startswith("c7i.large for 30 min 0 s at $0.36/h: $0.1800 ")


def test_an_instance_that_runs_still_counts_until_now() -> None:
    assert line(600, ended=False) == line(600)


def test_an_unknown_price_is_said_to_be_unknown() -> None:
    assert line(600, price=None).startswith("c7i.large for 10 min 0 s; its price is not known: AWS lists none")
    assert line(600, price=None, unknown="AWS refused GetProducts") == (
        "c7i.large for 10 min 0 s; its price is not known: AWS refused GetProducts."
    )
