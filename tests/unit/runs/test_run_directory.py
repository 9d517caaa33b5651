"""A run's id, directory and records."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import FailedError, RefusedError
from benchmarks.paths import ROOT
from benchmarks.runs import failures, run_directory
from benchmarks.runs.run_id import check_id, group_name, new_id

MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2999, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.integers(1, 10**8))
def test_new_ids_are_valid_and_sort_by_time(now: datetime, later: int) -> None:
    first, second = new_id(now), new_id(now + timedelta(seconds=later))
    assert check_id(first) < check_id(second)


def test_new_ids_of_one_second_differ() -> None:
    now = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
    assert len({new_id(now) for _ in range(20)}) > 15


@given(st.text())
def test_an_accepted_id_is_safe_as_directory_tag_and_unit(text: str) -> None:
    try:
        accepted = check_id(text)
    except RefusedError:
        return
    assert accepted == text
    assert len(text) <= 48
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert text[0] != "-" != text[-1]


@pytest.mark.parametrize("text", ["", "-a", "a-", "A", "a/b", "..", "a b", "a\n", "a" * 49, "ä", "a_b"])
def test_an_odd_id_is_refused(text: str) -> None:
    expected = rf"^run_id must be 1 to 48 small letters, digits and inner hyphens, .*, not {re.escape(repr(text))}\.$"
    with pytest.raises(RefusedError, match=expected):
        check_id(text)


@pytest.mark.parametrize("text", ["a", "1", "a" * 48, "first", "20260519-081500-k3f9", "a--b"])
def test_an_id_of_ones_own_is_taken(text: str) -> None:
    assert check_id(text) == text


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


def test_the_inventorys_group_name_is_one_that_ansible_accepts() -> None:
    assert group_name("20260519-081500-k3f9") == "run_20260519_081500_k3f9"


def test_failures_come_back_first_one_first(tmp_path: Path) -> None:
    for host in ("i-2", "i-1", "localhost"):
        failures.record_failure(tmp_path, host, "Build", f"{host} failed.")
    found = failures.failures(tmp_path)
    assert [(failure.host, failure.sentence) for failure in found] == [
        (host, f"{host} failed.") for host in ("i-2", "i-1", "localhost")
    ]
    assert all(datetime.fromisoformat(failure.at).tzinfo for failure in found)


def test_a_run_without_failures_has_none(tmp_path: Path) -> None:
    assert failures.failures(tmp_path) == ()


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
