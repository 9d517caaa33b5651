"""Which run of another machine a word stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.run_list import naming
from benchmarks.run_list.asking import Answer, Seen, nothing
from tests.support import listed_runs, recorded_runs
from tests.support.listed_runs import REGION

SEEN = Answer(
    "123456789012",
    "alice",
    {REGION: None},
    (
        Seen(REGION, listed_runs.shape("mine-1")),
        Seen(REGION, listed_runs.shape("mine-over", state="terminated")),
        Seen(REGION, listed_runs.shape("theirs", owner="bob")),
        Seen(REGION, listed_runs.shape("nobodys", owner=None)),
    ),
)


def refusal(runs_dir: Path, given: str) -> str:
    with pytest.raises(RefusedError) as refused:
        naming.find(runs_dir, given, SEEN, "runs and here")
    return str(refused.value)


@pytest.mark.parametrize(
    ("given", "run"), [("mine-1", "mine-1"), ("mi", "mine-1"), ("mine-over", "mine-over"), ("theirs", "theirs")]
)
def test_a_run_is_known_by_its_id_and_by_its_start_if_it_lives_and_is_the_users(
    tmp_path: Path, given: str, run: str
) -> None:
    assert naming.find(tmp_path, given, SEEN, "here") == run


@pytest.mark.parametrize("given", ["their", "nobody", "mine-o"])
def test_what_is_not_the_users_or_over_is_named_in_full_only(tmp_path: Path, given: str) -> None:
    assert refusal(tmp_path, given).startswith(f"There is no run {given}.")


def test_an_unknown_run_is_refused_with_those_that_are_known_here_and_there(tmp_path: Path) -> None:
    recorded_runs.begin(tmp_path, "local")
    assert refusal(tmp_path, "mien-1") == (
        "There is no run mien-1. Did you mean mine-1? Runs in runs and here: mine-1, local."
    )


def test_without_an_answer_of_ec2_the_word_is_taken_for_an_id(tmp_path: Path) -> None:
    assert naming.find(tmp_path, "r1", nothing("It is out of reach."), "here") == "r1"
