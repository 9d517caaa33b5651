"""The whole of the results as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchmarks.exports.exported import Exported
from benchmarks.results.labelled import Labelled


def text(sources: Sequence[Labelled]) -> Exported:
    """A list with an object for each source: its `label`, and `results`, the record as in results.json."""
    document = msgspec.json.encode([{"label": one.label, "results": one.results} for one in sources])
    return Exported(msgspec.json.format(document, indent=2).decode() + "\n")
