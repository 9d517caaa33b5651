"""What a run's instances cost, as one sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.launch import cost

BEGAN = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
PRICE = {"usd_per_hour": 0.36, "source": "AWS Price List, on demand", "date": "2026-05-19"}


def line(seconds: float, price: dict[str, Any] | None = PRICE, instances: int = 1, ended: bool = True) -> str:
    launched = [{"instance_id": f"i-{n}", "launched": BEGAN.isoformat()} for n in range(instances)]
    end = BEGAN + timedelta(seconds=seconds)
    terminated = {one["instance_id"]: end.isoformat() for one in launched} if ended else {}
    return cost.line({"instance_type": "c7i.large", "price": price}, {"instances": launched}, terminated, end)


def test_the_line_says_type_time_price_source_and_sum() -> None:
    assert line(600) == (
        "c7i.large for 10 min 0 s at $0.36/h: $0.0600 (AWS Price List, on demand, 2026-05-19; storage and traffic not "
        "counted)"
    )


def test_a_minute_is_the_least_that_is_billed() -> None:
    assert line(7).startswith("c7i.large for 1 min 0 s at $0.36/h: $0.0060 ")


def test_every_instance_counts() -> None:
    assert line(600, instances=3).startswith("c7i.large for 30 min 0 s at $0.36/h: $0.1800 ")


def test_an_instance_that_runs_still_counts_until_now() -> None:
    assert line(600, ended=False) == line(600)


def test_an_unknown_price_is_said_to_be_unknown() -> None:
    assert line(600, price=None).startswith("c7i.large for 10 min 0 s; its price is not known")


@given(st.floats(0, 10**7), st.floats(0, 10**7))
def test_longer_never_costs_less(one: float, other: float) -> None:
    short, long = (BEGAN + timedelta(seconds=seconds) for seconds in sorted((one, other)))
    assert 60 <= cost.seconds_billed(BEGAN, short) <= cost.seconds_billed(BEGAN, long)
