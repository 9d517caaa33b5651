"""What a sentence tells the user to type: the name that a mistyped word most likely stands for, and command lines.

A guess that is far-fetched is worse than none.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable

COMMAND_VARIABLE = "BENCHMARKS_COMMAND"  # set where the tool is not called as ./inv, as in the container's image
# The share of letters that two words must have in common, in order: one wrong letter of four, or two of eight.
ALIKE = 0.75
# A part of a name, such as `type` of instance_type, says which name is meant from this length on.
SHORTEST_PART = 3  # letters


def similar(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """The names, at most `count`, that `word` most likely stands for, the likeliest first.

    Case, hyphens before a flag, and whether words are joined by hyphens or underscores make no difference. A name that
    is the same but for these is the only one; else it has nearly the same letters, or `word` for one of its words.
    """
    plain = {_plain(name): name for name in reversed(list(known))}
    wanted = _plain(word)
    if wanted in plain:
        return [plain[wanted]]
    close = difflib.get_close_matches(wanted, plain, n=count, cutoff=ALIKE)
    if len(wanted) >= SHORTEST_PART:
        close += [name for name in reversed(plain) if name.startswith(wanted) or wanted in re.split(r"[-.]", name)]
    return [plain[name] for name in dict.fromkeys(close)][:count]


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint with the name that `word` most likely stands for, or an empty text."""
    return "".join(f" Did you mean {name}?" for name in similar(word, known))


def command_line(words: str) -> str:
    """The command line that calls the tool with `words`, to be typed as it stands."""
    return f"{os.environ.get(COMMAND_VARIABLE) or './inv'} {words}".rstrip()


def _plain(name: str) -> str:
    return name.lstrip("-").replace("_", "-").casefold()
