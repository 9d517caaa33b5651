"""Names as a reader can see them."""

from __future__ import annotations

import pytest

from benchmarks.web_page.visible_text import shortened, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fft/8192 100%", "fft/8192 100%"),
        ("<script>", "<script>"),
        ("a\nb\x00", "a%0Ab%00"),
        ("right\u202eto left", "right%E2%80%AEto left"),
        ("العربية", "العربية"),
        ("half \ud800", "half %ED%A0%80"),
    ],
)
def test_only_what_cannot_be_seen_is_encoded(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_long_name_is_cut() -> None:
    assert shortened("x" * 60) == "x" * 60
    assert shortened("x" * 61) == "x" * 59 + "…"
