"""The table of faults, held against the tests that are marked with its rows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from benchmarks.paths import ROOT

PAGE = ROOT / "docs/faults.md"
TESTS = (ROOT / "tests/integration", ROOT / "tests/e2e")


def rows(text: str) -> Iterator[tuple[str, int, int]]:
    """Fault, exit code and seconds of each row."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[2].isdecimal():
            yield cells[0], int(cells[2]), int(cells[3].removesuffix(" s"))


def marks(path: Path) -> Iterator[tuple[str, int, int]]:
    """The same of each `pytest.mark.fault(name, code=…, seconds=…)` in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fault":
            given = {one.arg: ast.literal_eval(one.value) for one in node.keywords}
            yield ast.literal_eval(node.args[0]), given["code"], given["seconds"]


def tried() -> list[tuple[str, int, int]]:
    return [mark for place in TESTS for path in sorted(place.rglob("test_*.py")) for mark in marks(path)]


def test_every_row_is_tried_with_its_code_and_time_and_every_fault_has_its_row() -> None:
    assert sorted(rows(PAGE.read_text())) == sorted(tried())


def test_a_row_that_no_test_tries_is_found() -> None:
    text = PAGE.read_text() + "| The sky falls | nothing | 0 | 1 s | whole |\n"
    assert set(rows(text)) - set(tried()) == {("The sky falls", 0, 1)}
    assert sorted(rows(text)) != sorted(tried())
