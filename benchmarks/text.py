"""Values in messages: how to show them, and whether they are a single line."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping


def shown(value: object) -> str:
    """An invalid value as shown in a message, with its kind if it is a mapping or a list."""
    kinds = ((Mapping, "the mapping "), (list | tuple, "the list "))
    return next((kind for types, kind in kinds if isinstance(value, types)), "") + repr(value)


def is_single_line(text: str) -> bool:
    """Whether `text` has no control characters, such as line breaks, and no bytes that are not UTF-8."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)
