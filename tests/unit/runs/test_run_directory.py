"""Where a run's directory is, and its records."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.paths import ROOT
from benchmarks.runs import run_directory
from tests.support import recorded_runs


def test_runs_live_below_the_repository_unless_told_otherwise() -> None:
    assert run_directory.locate({"run_id": "r"}) == ("r", ROOT / "runs/r")
    assert run_directory.locate({"run_id": "r", "runs_dir": "/srv/runs"}) == ("r", Path("/srv/runs/r"))


def test_a_run_is_found_by_the_words_for_runs(tmp_path: Path) -> None:
    recorded_runs.begin(tmp_path, "r1-of-mine")
    recorded_runs.begin(tmp_path, "r2", minutes=-1)
    for word in ("r1", "r1-of-mine", "latest"):
        assert run_directory.locate({"run": word, "runs_dir": str(tmp_path)}) == ("r1-of-mine", tmp_path / "r1-of-mine")
    assert run_directory.locate({"run": "r3", "runs_dir": str(tmp_path)}) == ("r3", tmp_path / "r3")
    with pytest.raises(RefusedError, match=r"^2 runs start with r: r1-of-mine, r2\."):
        run_directory.locate({"run": "r", "runs_dir": str(tmp_path)})


def test_a_run_id_is_never_taken_for_the_start_of_another(tmp_path: Path) -> None:
    recorded_runs.begin(tmp_path, "r10")
    assert run_directory.locate({"run_id": "r1", "runs_dir": str(tmp_path)})[0] == "r1"


def test_one_process_has_one_new_id() -> None:
    assert run_directory.locate({}) == run_directory.locate({"run_id": None, "runs_dir": None})


REMEDY = "Make room there, or check its rights."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            OSError(28, "No space left on device"),
            f"The run's directory cannot be written: No space left on device. {REMEDY}",
        ),
        (
            PermissionError(13, "Permission denied", "/r/i-1/2"),
            f"/r/i-1/2 in the run's directory cannot be written: Permission denied. {REMEDY}",
        ),
        (OSError("of no number"), f"The run's directory cannot be written: of no number. {REMEDY}"),
    ],
)
def test_a_write_that_fails_is_explained_without_an_error_number(error: OSError, sentence: str) -> None:
    assert str(run_directory.write_failed(error)) == sentence


def test_a_run_directory_in_nobodys_home_is_refused() -> None:
    with pytest.raises(
        RefusedError,
        match=r"^runs_dir is in a home directory that does not exist: '~nobody-at-all/r'\. Give an absolute path\.$",
    ):
        run_directory.locate({"run_id": "r", "runs_dir": "~nobody-at-all/r"})
