"""The action that writes the record of a build: whatever fails in it, the run goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock

from ansible.plugins.loader import action_loader

from benchmarks.paths import ROOT
from benchmarks.runs import record_files
from benchmarks.runs.records import Build
from tests.support import records

PRINTED = '{"executables": {"a": "aa"}, "target_cpus": null, "manifest": ""}'


def write(path: Path, printed: str) -> dict[str, Any]:
    """What the action returns for a suite of the target `a`."""
    suite = record_files.plain(records.suite())
    arguments = {
        "path": str(path),
        "printed": printed,
        "suite": suite,
        "toolchain": record_files.plain(records.toolchain()),
        "environment": {"CARGO_PROFILE_BENCH_CODEGEN_UNITS": 1},
    }
    action_loader.add_directory(str(ROOT / "roles/benchmark/action_plugins"))
    task = Mock(args=arguments, async_val=0, check_mode=False)
    action = action_loader.get(
        "record_build", task=task, connection=Mock(), play_context=Mock(), loader=Mock(), templar=Mock(),
        shared_loader_obj=Mock(),
    )  # fmt: skip
    result: dict[str, Any] = action.run(task_vars={})
    return result


def test_the_record_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "1/build.json"
    path.parent.mkdir()
    assert write(path, PRINTED) == {"changed": True}
    build = record_files.read(Build, path.parent)
    assert build
    assert build.executables == {"a": "aa"}
    assert write(path, PRINTED) == {"changed": False}


def test_a_host_that_says_nothing_is_a_warning(tmp_path: Path) -> None:
    result = write(tmp_path / "build.json", "")
    assert result["changed"] is False
    assert result["warnings"][0].startswith("What was built is not recorded, since the host cannot tell it ")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "1").touch()
    result = write(tmp_path / "1/build.json", PRINTED)
    assert result["changed"] is False
    assert "cannot be written: " in result["warnings"][0]
