"""Finds the price of a launch, and checks it against the ceiling."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.aws import prices
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.aws.session import Connect
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Price


@dataclass(frozen=True)
class Quote:
    """The hourly price of a launch, or why it is not known, as the part of a sentence after a colon."""

    price: Price | None
    unknown: str | None = None


def find(connect: Connect, region: str, instance_type: str, ceiling: float | None) -> Quote:
    """The hourly price of a type. Raises RefusedError if it is above `ceiling` (USD), or not known to be within it."""
    quote = _ask(connect, region, instance_type)
    if ceiling is None:
        return quote
    if quote.price is None:
        raise RefusedError(
            f"The price cannot be checked against max_price: {quote.unknown}. Leave max_price out to run without it."
        )
    if quote.price.usd_per_hour > ceiling:
        raise RefusedError(
            f"{instance_type} costs ${quote.price.usd_per_hour:.4g} an hour, more than the max_price of ${ceiling:.4g}."
        )
    return quote


def _ask(connect: Connect, region: str, instance_type: str) -> Quote:
    try:
        return Quote(prices.of_type(connect, region, instance_type))
    except UnknownError as error:
        return Quote(None, str(error))
