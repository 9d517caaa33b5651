"""Whether what a host tells is what was recorded of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.runs import record_files, toolchain_records
from benchmarks.runs.records import Toolchain
from tests.support import records


def content(**changes: Any) -> dict[str, Any]:
    return {**record_files.plain(records.toolchain()), **changes}


def test_what_has_not_changed_is_recorded(tmp_path: Path) -> None:
    path = str(tmp_path / Toolchain.FILE)
    assert not toolchain_records.is_recorded(content(), path)
    record_files.write(tmp_path, records.toolchain())
    assert toolchain_records.is_recorded(content(), path)
    assert not toolchain_records.is_recorded(content(toolchain="another"), path)
    host = {**content()["host"], "kernel": "another"}
    assert not toolchain_records.is_recorded(content(host=host), path)


def test_a_damaged_record_and_facts_of_another_shape_are_not_recorded(tmp_path: Path) -> None:
    path = tmp_path / Toolchain.FILE
    record_files.write(tmp_path, records.toolchain())
    assert not toolchain_records.is_recorded(content(host="none"), str(path))
    path.write_text("{")
    assert not toolchain_records.is_recorded(content(), str(path))


def test_numbers_of_an_environment_are_text_and_other_shapes_are_refused() -> None:
    cargo = {**content()["cargo"], "environment": {"THREADS": 2}}
    assert toolchain_records.of_content(content(cargo=cargo)).cargo.environment == {"THREADS": "2"}
    with pytest.raises(RefusedError):
        toolchain_records.of_content(content(source=1))
