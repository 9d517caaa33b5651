"""Pages made from argument specs."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.pages import role_pages

SPEC = """
argument_specs:
  main:
    short_description: Make tea
    description: [For one person.]
    options:
      tea_kind: {type: str, required: true, description: Which tea.}
      tea_milk: {type: bool, default: false, description: Whether with milk.}
      tea_cup: {type: str, default: big, choices: [big, small], description: Which cup.}
      tea_guest:
        type: str
        description: Who is
          to drink it.
"""
PAGE = """\
# tea

<!-- Made from meta/argument_specs.yml by ./inv generate. -->

Make tea.

For one person.

| Variable | Type | Default | |
|---|---|---|---|
| `tea_kind` | str | required | Which tea. |
| `tea_milk` | bool | `false` | Whether with milk. |
| `tea_cup` | str | `big` | Which cup. One of big, small. |
| `tea_guest` | str |  | Who is to drink it. |
"""


@pytest.fixture
def roles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(role_pages, "ROLES", tmp_path)
    return tmp_path


def write(roles: Path, spec: str) -> None:
    (roles / "tea/meta").mkdir(parents=True)
    (roles / "tea/meta/argument_specs.yml").write_text(spec)


def test_a_page_has_the_roles_purpose_and_a_table_of_its_variables(roles: Path) -> None:
    write(roles, SPEC)
    assert role_pages.roles() == ["tea"]
    assert role_pages.page("tea") == PAGE


def test_each_of_several_entry_points_has_a_heading(roles: Path) -> None:
    write(roles, SPEC + "  iced:\n    short_description: Make it cold\n    options: {}\n")
    page = role_pages.page("tea")
    assert page.endswith("## iced\n\nMake it cold.\n")
    assert "\n## main\n\nMake tea.\n" in page
