"""The page of parameters as a reader sees it."""

from __future__ import annotations

import pytest

from benchmarks.pages import parameter_page
from benchmarks.parameters import spec


def _rows(flag: str) -> set[str]:
    return {line for line in parameter_page.page().splitlines() if line.startswith("|") and f"`{flag}`" in line}


def _row(flag: str) -> str:
    (row,) = _rows(flag)
    return row


def test_a_row_has_flags_type_default_and_help() -> None:
    assert any(row.startswith("| `-s`, `--suite` *str* | `plonky2` | What to run") for row in _rows("--suite"))


def test_choices_are_listed() -> None:
    assert any("One of `table`, `json`, `csv`, `names`." in row for row in _rows("--format"))


def test_a_number_with_a_limit_says_so() -> None:
    assert _row("--ssh-port").endswith(" At most 65535. |")
    assert "At most" not in _row("--ami")


def test_a_required_parameter_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = spec.Parameter(name="needed", type="str", help="What is needed.", required=True)
    monkeypatch.setattr(spec, "parameters", lambda _: (needed,))
    assert "| `--needed` *str* | *required* | What is needed. |" in parameter_page.page()


def test_every_parameter_of_every_playbook_has_a_row() -> None:
    sections = parameter_page.page().split("\n## ")[1:]
    for entry_point, section in zip(spec.entry_points(), sections, strict=True):
        for parameter in spec.parameters(entry_point):
            shown = f"`{parameter.words}`" if parameter.positional else f"`{parameter.flag}` *{parameter.type}*"
            assert shown in section


def test_no_text_breaks_the_table() -> None:
    rows = [line for line in parameter_page.page().splitlines() if line.startswith("| `")]
    assert {row.replace(r"\|", "").count("|") for row in rows} == {4}
