"""What all tests of planning share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.aws import own_address, prices
from tests.support.launch_account import PRICE


@pytest.fixture(autouse=True)
def price(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Sets what the Pricing API says."""

    def set_price(answer: Any) -> None:
        monkeypatch.setattr(prices, "of_type", lambda *_arguments: answer)

    set_price(PRICE)
    return set_price


@pytest.fixture(autouse=True)
def own_range(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Sets the caller's own address, which is not known otherwise."""

    def set_range(own: str | None) -> None:
        monkeypatch.setattr(own_address, "if_known", lambda: own)

    set_range(None)
    return set_range
