"""Which pager shows a long text, and what is printed without one."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.cli import pager

TEXT = "line\n" * 50


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard output as a terminal of 80 columns and 24 lines; what was printed there."""
    screen = Terminal()
    # Of the module alone: pytest sets its own standard output between a fixture and its test.
    monkeypatch.setattr(pager, "sys", SimpleNamespace(stdout=screen))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    return screen


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Makes a pager of a script; the environment of a user who has chosen it."""

    def make(script: str) -> dict[str, str]:
        path = tmp_path / "own-pager"
        path.write_text(script)
        path.chmod(0o755)
        return {"PATH": f"{tmp_path}:/usr/bin:/bin", "PAGER": f"own-pager {tmp_path}/shown"}

    return make


KEEPS = '#!/bin/sh\n{ echo "$LESS"; cat; } >"$1"\n'


@pytest.mark.parametrize("chosen", ["", "cat", "no-such-pager -x", "'unclosed"])
def test_no_pager_is_used_where_the_user_wants_none_or_has_named_none_that_there_is(chosen: str) -> None:
    assert pager.command({"PATH": "/usr/bin:/bin", "PAGER": chosen}) is None


def test_the_users_pager_is_used_with_its_options_and_else_less(
    tmp_path: Path, program: Callable[[str], dict[str, str]]
) -> None:
    chosen = program(KEEPS)
    assert pager.command(chosen) == ["own-pager", f"{tmp_path}/shown"]
    (tmp_path / "less").symlink_to(tmp_path / "own-pager")
    assert pager.command({"PATH": str(tmp_path)}) == ["less", "-R", "-S"]
    assert pager.command({"PATH": str(tmp_path / "empty")}) is None


@pytest.mark.parametrize(("text", "width"), [(TEXT, 4), ("one line\n", 81)], ids=["long", "wide"])
def test_what_exceeds_the_screen_is_shown_by_the_pager(
    tmp_path: Path, terminal: Terminal, program: Callable[[str], dict[str, str]], text: str, width: int
) -> None:
    pager.show(text, width, program(KEEPS))
    assert (tmp_path / "shown").read_text() == f"RS\n{text}"
    assert terminal.getvalue() == ""


def test_what_fits_the_screen_is_printed(
    tmp_path: Path, terminal: Terminal, program: Callable[[str], dict[str, str]]
) -> None:
    pager.show("one line\n", 80, program(KEEPS))
    assert terminal.getvalue() == "one line\n"
    assert not (tmp_path / "shown").exists()


def test_a_users_own_settings_of_less_are_kept(
    tmp_path: Path, terminal: Terminal, program: Callable[[str], dict[str, str]]
) -> None:
    pager.show(TEXT, 4, {**program(KEEPS), "LESS": "F"})
    assert (tmp_path / "shown").read_text().startswith("F\n")


def test_a_pager_that_cannot_be_started_hides_nothing(
    terminal: Terminal, program: Callable[[str], dict[str, str]]
) -> None:
    pager.show(TEXT, 4, program("no program"))
    assert terminal.getvalue() == TEXT


def test_what_is_no_terminal_gets_the_text_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], program: Callable[[str], dict[str, str]]
) -> None:
    pager.show(TEXT, 500, program(KEEPS))
    assert capsys.readouterr().out == TEXT
    assert not (tmp_path / "shown").exists()
