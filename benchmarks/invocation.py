"""How a user calls this tool where it runs, for hints that are typed as they stand."""

from __future__ import annotations

import os

VARIABLE = "BENCHMARKS_COMMAND"  # set where the tool is not called as ./inv, as in the container's image


def line(words: str) -> str:
    """The command line that calls the tool with `words`."""
    return f"{os.environ.get(VARIABLE) or './inv'} {words}".rstrip()
