"""Asking the user at a terminal whether to go on."""

from __future__ import annotations

import sys


def can_ask() -> bool:
    return sys.stdin.isatty()


def agrees(question: str) -> bool:
    """Whether the user types yes. Anything else is a no, as is the end of the input."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False
