"""The roles' READMEs are what their specs say."""

from __future__ import annotations

import pytest

from benchmarks.pages import role_pages


@pytest.mark.parametrize("role", role_pages.roles())
def test_a_roles_readme_is_made_from_its_spec(role: str) -> None:
    assert role_pages.readme(role).read_text() == role_pages.page(role), "run ./inv generate"
