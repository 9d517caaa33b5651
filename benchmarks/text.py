"""Values as they are checked for, and shown in, sentences."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping


def shown(value: object) -> str:
    """A value that is wrong, as a sentence names it: what it is, where that is the mistake."""
    kinds = ((Mapping, "the mapping "), (list | tuple, "the list "))
    return next((kind for types, kind in kinds if isinstance(value, types)), "") + repr(value)


def is_single_line(text: str) -> bool:
    """Whether a text is of one line, with no control character and no byte that is not UTF-8."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)
