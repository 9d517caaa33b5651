"""Texts for users: values in messages, and the order of names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# General categories and bidirectional classes: https://www.unicode.org/reports/tr44/
_CONTROLS = ("Cc", "Cs", "Zl", "Zp")
_REORDERING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def shown(value: object) -> str:
    """An invalid value as shown in a message, with its kind if it is a mapping or a list."""
    kinds = ((Mapping, "the mapping "), (list | tuple, "the list "))
    return next((kind for types, kind in kinds if isinstance(value, types)), "") + repr(value)


def is_single_line(text: str) -> bool:
    """Whether `text` has no control characters, such as line breaks, and no bytes that are not UTF-8."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def escaped(text: str) -> str:
    """`text` as it may be printed: what would control the terminal or reorder the line is an escape, such as `\\x1b`.

    Ids of benchmarks and names of files are chosen by others. On what reorders a line: https://trojansource.codes/
    """
    if text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii") if _is_hidden(character) else character for character in text
    )


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _CONTROLS or unicodedata.bidirectional(character) in _REORDERING


def natural(text: str) -> list[tuple[str, int, str]]:
    """Sort key that orders numbers within names by value: `fft/8192` before `fft/16384`."""
    # Text and digits alternate. Not int(), which refuses very long numbers and accepts digits of other scripts.
    parts = re.split(r"([0-9]+)", text)
    digits = [part.lstrip("0") for part in parts[1::2]]
    return [(before, len(number), number) for before, number in zip(parts[::2], [*digits, ""], strict=True)]


def duration(seconds: float) -> str:
    """A time in the two largest units that it has: `1 h 20 min`, `12 min 30 s`, `7 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return hours(minutes) if minutes >= 60 else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def hours(minutes: int) -> str:
    """A time in hours and minutes: `4 h 30 min`."""
    whole, rest = divmod(minutes, 60)
    parts = (f"{whole} h" if whole else "", f"{rest} min" if rest or not whole else "")
    return " ".join(filter(None, parts))
