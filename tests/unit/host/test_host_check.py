"""A host that does not answer: whether it is gone."""

from __future__ import annotations

import sys

import pytest

from benchmarks.host import host_check


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("print('i-1 is terminated: Spot.'); raise SystemExit(1)", "i-1 is terminated: Spot."),
        ("print('all is well')", ""),
        ("raise SystemExit(2)", ""),
    ],
)
def test_only_exit_code_one_says_that_a_host_is_gone(script: str, told: str) -> None:
    assert host_check.gone([sys.executable, "-c", script]) == told


def test_without_a_command_or_with_one_that_cannot_be_run_nothing_is_known() -> None:
    assert host_check.gone([]) == ""
    assert host_check.gone(["/nonexistent"]) == ""
