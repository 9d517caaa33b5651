"""What the keys of results say, and that it can be read from them again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import RefusedError
from benchmarks.results import result_keys
from benchmarks.results.result_keys import AttemptFolder, RunFolder

START = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
RUN = RunFolder("plonky2", START, "c7i.large", 1, "1.1.0", "20260519-081500-x7k2")
KEY = "results/plonky2/2026-05-19T081500Z_c7i.large_1c_1.1.0_20260519-081500-x7k2/"

texts = st.text(min_size=1)
runs = st.builds(
    RunFolder,
    suite=texts,
    started=st.datetimes(min_value=datetime(2, 1, 1), timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
    machine=texts,
    cores=st.integers(0, 2000),
    ref=st.none() | texts,
    run_id=st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?", fullmatch=True),
)


def test_a_key_says_what_was_run_when_on_what_and_in_which_run() -> None:
    assert RUN.key == KEY
    assert result_keys.run_of(KEY) == RUN
    assert result_keys.run_of(f"{KEY}i-1/2.3/benchmark.log") == RUN
    assert result_keys.attempt_of(f"{KEY}i-1/2.3/benchmark.log", RUN) == AttemptFolder("i-1", 2, 3)
    assert result_keys.attempt_of(f"{KEY}i-1/2/report/index.html", RUN) == AttemptFolder("i-1", 2)


def test_a_source_without_a_ref_leaves_it_out() -> None:
    run = replace(RUN, ref=None)
    assert run.key == KEY.replace("_1.1.0", "")
    assert result_keys.run_of(run.key) == run


@given(run=runs)
def test_every_run_is_read_from_its_key_which_has_only_characters_that_are_safe_in_s3(run: RunFolder) -> None:
    assert result_keys.run_of(run.key) == run
    assert re.fullmatch(r"[A-Za-z0-9!_./-]+", run.key)
    assert run.key.count("/") == 3


def test_parts_of_a_ref_are_told_from_those_of_the_key() -> None:
    run = replace(RUN, ref="feature/a_b é!", machine="host-my_box")
    assert run.key.split("/")[2] == (
        "2026-05-19T081500Z_host-my!5Fbox_1c_feature!2Fa!5Fb!20!C3!A9!21_20260519-081500-x7k2"
    )


@given(one=runs, other=runs)
def test_keys_of_a_suite_are_in_the_order_in_which_runs_were_started(one: RunFolder, other: RunFolder) -> None:
    other = replace(other, suite=one.suite)
    if one.started < other.started:
        assert one.key < other.key
    assert (one.key > result_keys.since(one.suite, other.started)) == (one.started >= other.started)


def test_the_start_is_in_utc() -> None:
    assert replace(RUN, started=START.astimezone(timezone(timedelta(hours=9)))).key == KEY


@pytest.mark.parametrize(
    "key",
    [
        "",
        "results/",
        "results/plonky2/",
        "results/plonky2/notes/x",
        "results/plonky2/2026-05-19/20260519T081500Z_c7i.large_1c_r1/i-1/1/benchmark.log",
        "results/plonky2/2026-05-19T081500Z_c7i.large_1_1.1.0_r1/",
        "results/plonky2/2026-05-19T081500Z_c7i.large_1c_1_1_r1/",
        "results/plonky2/2026-13-19T081500Z_c7i.large_1c_r1/",
        "results/plonky2/2026-05-19T081500Z_c7i.large_1c_r1",
        "results/plonky2/2026-05-19T081500Z_c7i.large_01c_r1/",
        "results/plonky2/2026-05-19T081500Z_c7i.large_1c_\x1b[31m$(touch x);r1/",
        "results/plonky 2/2026-05-19T081500Z_c7i.large_1c_r1/",
        f"elsewhere/{KEY}",
    ],
)
def test_other_keys_are_of_no_run(key: str) -> None:
    assert result_keys.run_of(key) is None


@pytest.mark.parametrize("rest", ["", "i-1", "i-1/", "i-1/notes/x", "i-1/1", "i-1/1.x/y", "1/i-1/x"])
def test_other_folders_of_a_run_are_of_no_attempt(rest: str) -> None:
    assert result_keys.attempt_of(KEY + rest, RUN) is None


@given(suite=texts)
def test_a_suite_is_read_from_its_folder(suite: str) -> None:
    assert result_keys.suite_of(result_keys.of_suite(suite)) == suite


@given(st.text(max_size=200), st.text(max_size=200))
def test_keys_of_what_is_not_refused_have_room_in_s3(suite: str, ref: str) -> None:
    host = "h" * 253
    key = RunFolder(suite, START, f"host-{host}", 9999, ref, "r" * 48).key + AttemptFolder(host, 9999, 99).key
    try:
        result_keys.check_length(suite, ref)
    except RefusedError:
        return
    assert len(f"{key}criterion.tar.gz".encode()) <= 1024


@pytest.mark.parametrize(
    ("suite", "ref"), [("s" * 401, None), ("plonky2", "f" * 394), ("日" * 45, None), ("plonky2", "日" * 45)]
)
def test_names_that_make_keys_too_long_are_refused(suite: str, ref: str | None) -> None:
    with pytest.raises(RefusedError, match=r"would have 40\d|would have 41\d"):
        result_keys.check_length(suite, ref)


def test_the_copies_of_a_runs_request_are_known_by_their_names() -> None:
    assert [result_keys.request(copy) for copy in (1, 2)] == ["run.json", "run.2.json"]
    names = ("run.json", "run.12.json", "i-1/1/run.json", "run.json.1", "notes")
    assert [result_keys.request_of(f"{KEY}{name}", RUN) for name in names] == [1, 12, None, None, None]
