"""Which run of another machine a word stands for."""

from __future__ import annotations

from dataclasses import replace
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


def test_a_whole_id_that_ec2_knows_is_not_taken_for_the_start_of_a_run_here(tmp_path: Path) -> None:
    recorded_runs.begin(tmp_path, "mine-10")
    assert naming.find(tmp_path, "mine-1", SEEN, "here") == "mine-1"
    assert naming.region("mine-1", SEEN) == REGION
    assert naming.region("mine-10", SEEN) is None
    assert refusal(tmp_path, "mine") == "2 runs start with mine: mine-1, mine-10. Give more of the id."


def test_the_start_of_a_run_here_is_refused_if_ec2_cannot_say_whether_it_is_an_id(tmp_path: Path) -> None:
    recorded_runs.begin(tmp_path, "mine-10")
    for answer in (nothing("It is out of reach."), Answer(unknown=("It is out of reach.",))):
        with pytest.raises(RefusedError) as refused:
            naming.find(tmp_path, "mine-1", answer, "here")
        assert str(refused.value) == (
            "mine-1 is the start of the run mine-10, and may be the whole id of another: EC2, which knows, could not "
            "be asked. Give the whole id. It is out of reach."
        )
    # One region has answered.
    assert naming.find(tmp_path, "mine-1", replace(SEEN, unknown=("Another is out of reach.",)), "here") == "mine-1"


def test_what_anybody_wrote_into_a_tag_is_no_run(tmp_path: Path) -> None:
    seen = Answer("123456789012", "alice", {}, (Seen(REGION, listed_runs.shape("mine;reboot")),))
    with pytest.raises(RefusedError, match=r"^There is no run mine\. There is no run in here yet\.$"):
        naming.find(tmp_path, "mine", seen, "here")


def test_without_an_answer_of_ec2_the_word_is_taken_for_an_id(tmp_path: Path) -> None:
    assert naming.find(tmp_path, "r1", nothing("It is out of reach."), "here") == "r1"
