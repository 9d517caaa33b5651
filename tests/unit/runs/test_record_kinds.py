"""What all records have in common."""

from __future__ import annotations

import pytest

from benchmarks.runs.record_kinds import KINDS
from benchmarks.runs.records import Record


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_record_cannot_be_changed_and_has_a_file_and_a_version(kind: type[Record]) -> None:
    assert kind.__struct_config__.frozen
    assert "schema_version" in kind.__struct_fields__
    assert kind.FILE.endswith(".json")


def test_no_two_records_have_one_file() -> None:
    assert len({kind.FILE for kind in KINDS}) == len(KINDS)
