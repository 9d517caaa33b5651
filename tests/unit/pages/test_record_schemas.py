"""The published schemas are those of the records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.pages import record_schemas
from benchmarks.runs import record_files
from benchmarks.runs.record_kinds import KINDS
from tests.support import records


@pytest.mark.parametrize(("path", "text"), list(record_schemas.schemas().items()), ids=lambda value: str(value)[-24:])
def test_a_schema_is_made_from_its_type(path: Path, text: str) -> None:
    assert path.read_text() == text, "run ./inv generate"


def test_every_record_has_a_schema_and_nothing_else_is_there() -> None:
    assert set(record_schemas.DIRECTORY.iterdir()) == set(record_schemas.schemas())
    assert len(record_schemas.schemas()) == len(KINDS) + 2  # and those of a suite's file and of an event


def test_a_schema_names_the_version_and_what_a_record_has() -> None:
    text = record_schemas.schemas()[record_schemas.DIRECTORY / "instances.json"]
    schema = json.loads(text)["$defs"]["Instances"]
    assert schema["properties"]["schema_version"]["enum"] == [1]
    assert set(record_files.plain(records.instances("i-1"))) == set(schema["properties"])
