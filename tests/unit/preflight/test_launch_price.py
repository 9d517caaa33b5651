"""What a launch costs an hour, and the ceiling that it is held against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.aws.optional_answers import UnknownError
from benchmarks.preflight import run_plan
from tests.support.launch_account import STARTED, account, parameters, refusal

WHY = "the permission pricing:GetProducts is missing"


def test_a_price_above_the_ceiling_is_refused() -> None:
    assert refusal(account(), max_price=0.3) == "c7i.2xlarge costs $0.357 an hour, more than the max_price of $0.3."
    run_plan.make(parameters(max_price=0.357), account(), STARTED)


def test_a_ceiling_that_cannot_be_checked_is_refused_with_the_reason(price: Callable[[Any], None]) -> None:
    price(UnknownError(WHY))
    assert refusal(account(), max_price=1.0) == (
        f"The price cannot be checked against max_price: {WHY}. Leave max_price out to run without it."
    )


def test_an_unknown_price_is_planned_with_the_reason(price: Callable[[Any], None]) -> None:
    price(UnknownError(WHY))
    (launch,) = run_plan.make(parameters(), account(), STARTED).launches
    assert (launch.price, launch.price_unknown) == (None, WHY)
