"""What an export is made from, and what it yields."""

from __future__ import annotations

from benchmarks.exports.labelled import Exported


def test_an_export_lacks_nothing_unless_it_says_so() -> None:
    assert Exported("text").left_out == ()
