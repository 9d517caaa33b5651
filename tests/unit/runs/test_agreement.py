"""What a command tells its playbook of the user."""

from __future__ import annotations

import pytest

from benchmarks.runs import agreement
from benchmarks.runs.records import Teardown

FOUND = Teardown(account="1", region="eu-central-1", bucket="b", removals=(), left=())


def test_a_playbook_that_is_run_directly_is_told_nothing() -> None:
    assert not agreement.asks()
    assert not agreement.is_shown(FOUND)


def test_a_command_that_asks_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in agreement.ASKING.items():
        monkeypatch.setenv(name, value)
    assert agreement.asks()


def test_only_exactly_what_was_shown_is_agreed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in agreement.agreed(FOUND).items():
        monkeypatch.setenv(name, value)
    assert agreement.is_shown(FOUND)
    assert not agreement.is_shown(Teardown(account="1", region="eu-central-1", bucket="b", removals=(), left=("x",)))
