"""What an export yields."""

from __future__ import annotations

from benchmarks.exports.exported import Exported


def test_an_export_lacks_nothing_unless_it_says_so() -> None:
    assert Exported("text").left_out == ()
