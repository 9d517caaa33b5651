"""Asking the user at a terminal."""

from __future__ import annotations

import pytest

from benchmarks.cli import question


@pytest.mark.parametrize(("said", "agrees"), [("y", True), (" YES ", True), ("", False), ("n", False), ("yeah", False)])
def test_only_yes_is_a_yes(monkeypatch: pytest.MonkeyPatch, said: str, agrees: bool) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: said)
    assert question.agrees("Go on?") is agrees


def test_the_end_of_the_input_is_a_no_and_ends_the_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def end(_question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    assert not question.agrees("Go on?")
    assert capsys.readouterr().out == "\n"
