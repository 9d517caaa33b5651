"""The JSON Schemas of the records and of suite files, generated from their types by `./inv generate`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.parameters.suite_file import SuiteFile
from benchmarks.paths import ROOT
from benchmarks.runs import event_records
from benchmarks.runs.record_kinds import KINDS

DIRECTORY = ROOT / "docs/schemas"


def schemas() -> Mapping[Path, str]:
    """The path of each schema's file and its content."""
    kinds: tuple[type[msgspec.Struct], ...] = (*KINDS, SuiteFile)
    files = {_dashed(kind.__name__): _text(kind) for kind in kinds}
    # Of a line of the file, which may be any of them.
    events = _text(event_records.ANY)
    return {DIRECTORY / f"{name}.json": text for name, text in {**files, "event": events}.items()}


def _dashed(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("-")


def _text(kind: Any) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)}
    for part in schema["$defs"].values():
        if "description" in part:
            # Python 3.13 takes the indentation out of docstrings, earlier ones do not.
            part["description"] = inspect.cleandoc(part["description"])
    return json.dumps(schema, indent=2) + "\n"
