"""Reads the words that name the sides of a comparison: `old=A new=B,C`, or `A B C`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import hints
from benchmarks.errors import RefusedError

# No slash: a path with `=` in it can be given as ./path.
_NAMED = re.compile(r"([\w.+-]+)=(.*)", re.DOTALL)


@dataclass(frozen=True)
class SideWord:
    """A side as given: its name, None if it has none, and the words of its sources."""

    name: str | None
    sources: tuple[str, ...]


def read(words: Sequence[str]) -> tuple[SideWord, ...]:
    """The sides that the words name, in their order. Each word without a name is a side of one source.

    Raises RefusedError if only some are named, for a name that is there twice, and for a name without a source.
    """
    sides = tuple(map(_read, words))
    named, plain = [side for side in sides if side.name], [side for side in sides if not side.name]
    if named and plain:
        raise RefusedError(
            f"{named[0].name}= is named and {plain[0].sources[0]} is not: name all sides or none. "
            f"A path with = in it can be given as ./{plain[0].sources[0]}."
            if "=" in plain[0].sources[0]
            else f"{named[0].name}= is named and {plain[0].sources[0]} is not: name all sides or none."
        )
    twice = [name for name, times in Counter(side.name for side in named).items() if times > 1]
    if twice:
        raise RefusedError(
            f"{twice[0]} is named twice: give all sources of a side together, as in {twice[0]}=SOURCE,SOURCE."
        )
    return sides


def refuse_fewer_than_two(sides: Sequence[SideWord]) -> None:
    """Raise RefusedError, which says how to name two sides, if there are fewer."""
    if len(sides) < 2:
        given = f"only {sides[0].name or sides[0].sources[0]} is given" if sides else "none is given"
        raise RefusedError(
            f"A comparison needs two sides, and {given}: as in {hints.command_line('bench.compare latest~1 latest')}, "
            "or give --by or --group to compare parts of the same results."
        )


def _read(word: str) -> SideWord:
    named = _NAMED.fullmatch(word)
    if not named:
        return SideWord(None, (word,))
    name, sources = named.group(1), tuple(named.group(2).split(","))
    if not all(sources):
        raise RefusedError(f"{word} names no source: give it as {name}=SOURCE or {name}=SOURCE,SOURCE.")
    return SideWord(name, sources)
