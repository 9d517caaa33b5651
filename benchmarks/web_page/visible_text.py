"""Names from benchmark programs as a reader can see them, and cut where there is no room."""

from __future__ import annotations

from benchmarks.exports import benchmark_names

_LONGEST = 60  # characters of a name in a sentence


def visible(text: str) -> str:
    """The text with what cannot be seen, such as control characters and line breaks, percent-encoded."""
    return benchmark_names.encoded(text).replace("%25", "%")


def shortened(text: str) -> str:
    """The visible text, cut if it is too long for a sentence."""
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
