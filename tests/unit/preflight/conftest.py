"""What all tests of planning share."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest

from benchmarks.aws import credentials, own_address, prices
from benchmarks.aws.credentials import Lifetime
from tests.support.launch_account import PRICE


def answering(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, first: Any) -> Callable[[Any], None]:
    """Lets a module's function return `first`, and gives what sets another answer, or an error to raise."""

    def set_answer(answer: Any) -> None:
        error = answer if isinstance(answer, Exception) else None
        monkeypatch.setattr(module, name, Mock(return_value=answer, side_effect=error))

    set_answer(first)
    return set_answer


@pytest.fixture(autouse=True)
def price(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Sets what the Pricing API says: a price, or an error to raise."""
    return answering(monkeypatch, prices, "of_type", PRICE)


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
