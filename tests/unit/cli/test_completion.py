"""What can come next on a line that begins with ./inv."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.aws.instance_types import Offer
from benchmarks.cli import completion
from benchmarks.errors import RefusedError
from benchmarks.picker import region_data
from tests.support import recorded_runs
from tests.support.picker_data_sets import C6I, C8A

ENVIRONMENT = {"AWS_REGION": "eu-north-1"}


@pytest.fixture(autouse=True)
def cached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A cache with two types in it; the regions that were looked up."""
    regions: list[str] = []

    def look_up(region: str, _environment: object) -> tuple[Offer, ...]:
        regions.append(region)
        return Offer(C6I, zones=("eu-north-1a",)), Offer(C8A, zones=("eu-north-1b",))

    monkeypatch.setattr(region_data, "cached", look_up)
    return regions


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("bench -i ", ["c6i.2xlarge", "c8a.2xlarge"]),
        ("bench -i c8", ["c8a.2xlarge"]),
        ("bench --instance-type c8", ["c8a.2xlarge"]),
        ("bench --instance-type=c8", ["--instance-type=c8a.2xlarge"]),
        ("bench.run -c 8 -i c6", ["c6i.2xlarge"]),
        ("bench.types --family c", ["c6i", "c8a"]),
        ("bench.types --family c6i,", ["c6i,c8a"]),
        ("bench.types --az ", ["eu-north-1a", "eu-north-1b"]),
        ("bench.types --sort pri", ["price", "price-per-core"]),
        ("bench.types --region eu-north", ["eu-north-1"]),
        ("bench.types --max-", ["--max-cpu", "--max-memory", "--max-price"]),
        ("bench.types --wide --bu", ["--burstable"]),
        ("bench.types --cpu ", []),
        ("bench --suite plonky2-", ["plonky2-quick"]),
        ("bench --nonsense=", []),
        ("bench.completion ", ["bash", "zsh", "fish"]),
        ("bench.completion f", ["fish"]),
    ],
)
def test_values_and_flags_are_completed(line: str, expected: list[str]) -> None:
    assert completion.candidates(line.split(" "), ENVIRONMENT) == expected


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for run in ("r1", "r2"):
        recorded_runs.begin(tmp_path / "runs", run)
    recorded_runs.begin(tmp_path / "runs", "setup", hosts=())
    (tmp_path / "runs/file").touch()
    return tmp_path / "runs"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([""], ["latest", "r2", "r1"]),
        (["r"], ["r2", "r1"]),
        (["r1", "la"], ["latest"]),
        (["--link", "r"], ["r2", "r1"]),
        (["s"], []),
        (["target/"], []),
        (["--l"], ["--link"]),
        (["--bucket", "mine", ""], ["latest"]),
        (["r1", "--form"], ["--format"]),
        (["--format", "c"], ["csv", "critcmp"]),
        (["--format=c"], ["--format=csv", "--format=critcmp"]),
        (["--filter", ""], []),
    ],
    ids=str,
)
def test_a_word_without_a_flag_is_completed_to_a_run_and_else_by_the_shell_to_a_file(
    runs: Path, words: list[str], expected: list[str]
) -> None:
    assert completion.candidates(["bench.results", "--runs-dir", str(runs), *words], ENVIRONMENT) == expected
    assert completion.candidates(["bench.results", f"--runs-dir={runs}", *words], ENVIRONMENT) == expected


def test_a_run_to_end_need_not_have_measured(runs: Path) -> None:
    (runs / "of-setup").mkdir()
    for task in ("bench.terminate", "bench.terminate --expired"):
        words = [*task.split(), "--runs-dir", str(runs), ""]
        assert completion.candidates(words, ENVIRONMENT) == ["latest", "setup", "r2", "r1"]


def test_a_whole_id_is_completed_where_none_but_that_is_taken(runs: Path) -> None:
    for task in ("bench", "bench.terminate"):
        words = [task, "--runs-dir", str(runs)]
        assert completion.candidates([*words, "--run-id", ""], ENVIRONMENT) == ["setup", "r2", "r1"]
        assert completion.candidates([*words, "--run-id=r1"], ENVIRONMENT) == ["--run-id=r1"]


def test_without_runs_there_is_no_latest_one(tmp_path: Path) -> None:
    assert completion.candidates(["bench.results", "--runs-dir", str(tmp_path), ""], ENVIRONMENT) == []


def test_bash_makes_words_of_equals_signs() -> None:
    assert completion.candidates(["bench", "--instance-type", "=", "c8"], ENVIRONMENT) == ["c8a.2xlarge"]
    assert completion.candidates(["bench", "--instance-type", "="], ENVIRONMENT) == ["c6i.2xlarge", "c8a.2xlarge"]


@pytest.mark.parametrize("region", [["--region", "us-east-1"], ["--region=us-east-1"]])
def test_the_region_on_the_line_counts(cached: list[str], region: list[str]) -> None:
    completion.candidates(["bench", *region, "-i", ""], ENVIRONMENT)
    assert cached == ["us-east-1"]


@pytest.mark.parametrize("line", ["", "be", "sandbox.up --na", "-"])
def test_tasks_and_flags_of_other_tasks_are_invokes(line: str) -> None:
    assert completion.candidates(line.split(" "), ENVIRONMENT) is None


def test_an_unknown_shell_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(RefusedError, match=r"^Completion is for bash, zsh, fish, not for 'tcsh'\.$"):
        completion.script("tcsh")
