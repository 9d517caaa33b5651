"""What the tests of the doctor share: a price and permanent credentials, as for planning."""

from __future__ import annotations

from tests.unit.preflight.conftest import held, own_range, price

__all__ = ["held", "own_range", "price"]
