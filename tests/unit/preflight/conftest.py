"""What all tests of planning share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.aws import credentials, own_address, prices
from benchmarks.aws.credentials import Lifetime
from tests.support.launch_account import PRICE


@pytest.fixture(autouse=True)
def price(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Sets what the Pricing API says: a price, or an error to raise."""

    def set_price(answer: Any) -> None:
        def of_type(*_arguments: Any) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(prices, "of_type", of_type)

    set_price(PRICE)
    return set_price


@pytest.fixture(autouse=True)
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[Lifetime], None]:
    """Sets how long the credentials are good; permanent ones by default."""

    def set_lifetime(found: Lifetime) -> None:
        monkeypatch.setattr(credentials, "lifetime", lambda: found)

    set_lifetime(Lifetime())
    return set_lifetime


@pytest.fixture(autouse=True)
def own_range(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Sets the caller's own address, which is not known otherwise."""

    def set_range(own: str | None) -> None:
        monkeypatch.setattr(own_address, "if_known", lambda: own)

    set_range(None)
    return set_range
