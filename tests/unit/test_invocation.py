"""How hints name the tool."""

from __future__ import annotations

import pytest

from benchmarks import invocation


def test_a_hint_names_the_front_door_of_a_checkout() -> None:
    assert invocation.line("bench.setup") == "./inv bench.setup"
    assert invocation.line("") == "./inv"


def test_a_hint_names_what_the_environment_says_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(invocation.VARIABLE, "benchmarks")
    assert invocation.line("bench.terminate --run-id r1") == "benchmarks bench.terminate --run-id r1"
    monkeypatch.setenv(invocation.VARIABLE, "")
    assert invocation.line("bench.setup") == "./inv bench.setup"
