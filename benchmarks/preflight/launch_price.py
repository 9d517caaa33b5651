"""Finds the price of a launch, and checks it against the ceiling."""

from __future__ import annotations

from benchmarks.aws import prices
from benchmarks.aws.session import Connect
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Price


def find(connect: Connect, region: str, instance_type: str, ceiling: float | None) -> Price | None:
    """The hourly price of a type, None if it is not known. Raises RefusedError if it is not within `ceiling`."""
    price = prices.of_type(connect, region, instance_type)
    if ceiling is None:
        return price
    if price is None:
        raise RefusedError(
            "The price cannot be checked against max_price: AWS lists none, or the permission pricing:GetProducts is "
            "missing."
        )
    if price.usd_per_hour > ceiling:
        raise RefusedError(
            f"{instance_type} costs ${price.usd_per_hour:.4g} an hour, more than the max_price of ${ceiling:.4g}."
        )
    return price
