"""Lists of names in sentences, cut where they are long."""

from __future__ import annotations

from collections.abc import Sequence

MOST_NAMED = 5
LONGEST = 60  # characters of a name


def named(names: Sequence[str]) -> str:
    """Names with commas between them: at most five, and how many more there are."""
    shown = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names[:MOST_NAMED]]
    more = len(names) - len(shown)
    return f"{', '.join(shown)} and {more} more" if more else ", ".join(shown)
