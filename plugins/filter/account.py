"""What setup says of an account, as a filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.account import survey as account_survey


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"setup_listing": account_survey.listing}
