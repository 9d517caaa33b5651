"""What an export is made from, and what it yields."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.runs.result_records import Results


@dataclass(frozen=True)
class Labelled:
    """Results, and the name by which the user tells them from others in the same export."""

    label: str
    results: Results


@dataclass(frozen=True)
class Exported:
    """The text of an export, and sentences on what its format cannot hold and it therefore lacks."""

    text: str
    left_out: tuple[str, ...] = ()
