"""Hints in messages: suggestions for mistyped names, and command lines to type.

A far-fetched suggestion is worse than none.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable

COMMAND_VARIABLE = "BENCHMARKS_COMMAND"  # set if the tool is not called as ./inv, as in the container image
# Minimum similarity ratio of difflib: allows one wrong letter of four, or two of eight.
MINIMUM_SIMILARITY = 0.75
# A part of a name, such as `type` for instance_type, is matched from this length on.
SHORTEST_PART = 3  # letters


def similar(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """At most `count` names that `word` may stand for, the likeliest first.

    Case, leading hyphens, and the difference between hyphens and underscores are ignored. A name that is equal apart
    from these is the only answer. Otherwise, names are spelt similarly, begin with `word`, or contain it as a part.
    """
    plain = {_plain(name): name for name in reversed(list(known))}
    wanted = _plain(word)
    if wanted in plain:
        return [plain[wanted]]
    close = difflib.get_close_matches(wanted, plain, n=count, cutoff=MINIMUM_SIMILARITY)
    if len(wanted) >= SHORTEST_PART:
        close += [name for name in reversed(plain) if name.startswith(wanted) or wanted in re.split(r"[-.]", name)]
    return [plain[name] for name in dict.fromkeys(close)][:count]


def nearest(word: str, known: Iterable[str]) -> str:
    """The hint " Did you mean …?" with the most similar name, or an empty string."""
    return "".join(f" Did you mean {name}?" for name in similar(word, known))


def command_line(words: str) -> str:
    """The command line that calls the tool with `words`, as a user can type it."""
    return f"{os.environ.get(COMMAND_VARIABLE) or './inv'} {words}".rstrip()


def _plain(name: str) -> str:
    return name.lstrip("-").replace("_", "-").casefold()
