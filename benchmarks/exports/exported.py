"""What an export yields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exported:
    """The text of an export, and sentences on what its format cannot hold and it therefore lacks."""

    text: str
    left_out: tuple[str, ...] = ()
