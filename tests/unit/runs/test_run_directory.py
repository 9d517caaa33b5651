"""Where a run's directory is, and its records."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import FailedError, RefusedError
from benchmarks.paths import ROOT
from benchmarks.runs import run_directory


def test_runs_live_below_the_repository_unless_told_otherwise() -> None:
    assert run_directory.locate({"run_id": "r"}) == ("r", ROOT / "runs/r")
    assert run_directory.locate({"run_id": "r", "runs_dir": "/srv/runs"}) == ("r", Path("/srv/runs/r"))


def test_one_process_has_one_new_id() -> None:
    assert run_directory.locate({}) == run_directory.locate({"run_id": None, "runs_dir": None})


def test_a_run_directory_in_nobodys_home_is_refused() -> None:
    with pytest.raises(
        RefusedError, match=r"^runs_dir is in a home directory that there is not: '~nobody-at-all/r'\.$"
    ):
        run_directory.locate({"run_id": "r", "runs_dir": "~nobody-at-all/r"})


def test_a_record_comes_back_and_says_whether_it_is_new(tmp_path: Path) -> None:
    directory = tmp_path / "r"
    assert run_directory.read_record(directory, "a.json") is None
    assert run_directory.write_record(directory, "a.json", {"x": [1]})
    assert not run_directory.write_record(directory, "a.json", {"x": [1]})
    assert run_directory.write_record(directory, "a.json", {"x": [2]})
    assert run_directory.read_record(directory, "a.json") == {"x": [2]}


DAMAGED = {
    "": "Expecting value",
    "[]": "it is no JSON object",
    "null": "it is no JSON object",
    "5": "it is no JSON object",
    "{}": "it lacks b, x",
    '{"x": 1}': "it lacks b",
    "\udcff": "'utf-8' codec can't decode",
}


@pytest.mark.parametrize("content", DAMAGED)
def test_a_record_of_another_shape_is_damaged(tmp_path: Path, content: str) -> None:
    record = tmp_path / "a.json"
    record.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(FailedError) as failed:
        run_directory.read_record(tmp_path, "a.json", ["x", "b"])
    assert str(failed.value).startswith(f"{record} cannot be read ({DAMAGED[content]}")
    assert run_directory.recall(tmp_path, "a.json", ["x", "b"]) is None


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_record_is_written_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_bytes(content.encode(errors="surrogateescape"))
    run_directory.add_to_record(tmp_path, "a.json", {"b": 2})
    assert run_directory.read_record(tmp_path, "a.json")["b"] == 2
