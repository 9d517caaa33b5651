"""Signals, and why they are sent."""

from __future__ import annotations

import pytest

from benchmarks.host import exit_signals


@pytest.mark.parametrize("name", ["ILL", "SIGILL"])
def test_a_signal_is_named_with_its_likely_reason_and_a_remedy(name: str) -> None:
    sent = exit_signals.named(name)
    assert sent.said == "was ended by SIGILL, because it uses instructions that this CPU lacks"
    assert sent.remedy == "Build it for this CPU: without rustflags, or with -C target-cpu=native."


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (9, "was ended by SIGKILL, most likely because memory ran out"),
        (12, "was ended by SIGUSR2"),
        (199, "was ended by signal 199"),
    ],
)
def test_a_number_is_a_name(number: int, said: str) -> None:
    assert exit_signals.numbered(number).said == said


@pytest.mark.parametrize(("status", "name"), [(132, "SIGILL"), (137, "SIGKILL"), (128, None), (101, None), (255, None)])
def test_a_shells_status_stands_for_a_signal(status: int, name: str | None) -> None:
    sent = exit_signals.of_status(status)
    assert (sent and sent.name) == name
