"""The records of a run's attempts on a host, one attempt after the other."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from benchmarks.runs import attempts, failures, measurement, record_files
from benchmarks.runs.records import Attempt, CurrentAttempt, Toolchain
from tests.support import records
from tests.support.measured_suite import SUITE, TOOLCHAIN


def attempt(number: int) -> Attempt:
    return Attempt(number=number, suite=SUITE, suite_digest="asked", measurement=measurement.of(SUITE, TOOLCHAIN))


def test_a_run_is_about_a_new_attempt_until_an_earlier_one_is_gone_on_with(tmp_path: Path) -> None:
    host = tmp_path / "i-1"
    assert attempts.current(host) == 1
    attempts.begin(host, SUITE, "asked")
    assert attempts.current(host) == 1
    attempts.take(host, attempt(1), TOOLCHAIN)
    attempts.begin(host, SUITE, "asked")
    assert (attempts.current(host), attempts.here(host)) == (2, (1, 2))
    attempts.take(host, attempt(1), TOOLCHAIN)
    assert (attempts.current(host), attempts.here(host)) == (1, (1,))
    assert record_files.read(Toolchain, host / "1") == TOOLCHAIN
    assert attempts.read(host, 1) == attempt(1)


def test_an_attempt_that_has_come_to_no_measurement_is_begun_again_unless_it_is_published(tmp_path: Path) -> None:
    for _ in range(2):
        attempts.begin(tmp_path, SUITE, "asked")
        assert (attempts.current(tmp_path), attempts.here(tmp_path)) == (1, (1,))
    (tmp_path / "1/published.json").write_text("{}")
    attempts.begin(tmp_path, SUITE, "asked")
    assert (attempts.current(tmp_path), attempts.here(tmp_path)) == (2, (1, 2))


def test_a_provisional_attempt_that_cannot_be_removed_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_path: object, **_how: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    attempts.begin(tmp_path, SUITE, "asked")
    attempts.take(tmp_path, attempt(1), TOOLCHAIN)
    attempts.begin(tmp_path, SUITE, "asked")
    with monkeypatch.context() as patched:
        patched.setattr(os, "rmdir", denied)
        with pytest.raises(PermissionError, match="Permission denied"):
            attempts.take(tmp_path, attempt(1), TOOLCHAIN)
    assert attempts.current(tmp_path) == 2


def test_what_is_not_published_is_brought_back_whatever_the_run_is_about(tmp_path: Path) -> None:
    host = tmp_path / "i-1"
    for number in (1, 2, 3):
        attempts.begin(host, SUITE, "asked")
        attempts.take(host, attempt(number), TOOLCHAIN)
    (host / "2/published.json").write_text("{}")
    (host / "4").mkdir()
    assert attempts.to_bring_back(host) == [1, 3]
    (host / "current-attempt.json").write_text('{"number": 2}')
    assert attempts.to_bring_back(host) == [1, 2, 3]


@pytest.mark.parametrize(("stage", "again"), [("collect", True), ("publish", True), ("benchmark", False)])
def test_an_attempt_of_which_something_could_not_be_fetched_is_brought_back_though_it_was_published(
    tmp_path: Path, stage: str, again: bool
) -> None:
    host = tmp_path / "i-1"
    for number in (1, 2):
        attempts.write(host, attempt(number))
        (host / f"{number}/published.json").write_text("{}")
    failures.record_failure(tmp_path, "i-1", "Try", "It failed.", stage, 1)
    assert attempts.to_bring_back(host) == ([1, 2] if again else [2])


def test_an_earlier_attempt_is_none_that_can_fail_a_run(tmp_path: Path) -> None:
    for number in (1, 2):
        attempts.begin(tmp_path, SUITE, "asked")
        attempts.take(tmp_path, attempt(number), TOOLCHAIN)
    assert attempts.replaced(tmp_path, 1) == ["Attempt 2 has taken the place of attempt 1."]
    assert attempts.replaced(tmp_path, 2) == []


@pytest.mark.parametrize("text", ["{", "[]", "null", "3", '{"other": 1}'])
def test_damaged_records_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "1").mkdir()
    for path in (tmp_path / "1/attempt.json", tmp_path / "current-attempt.json"):
        path.write_text(text)
    assert attempts.read(tmp_path, 1) is None
    assert attempts.current(tmp_path) == 1
    assert not attempts.is_active(tmp_path)
    assert attempts.to_bring_back(tmp_path) == [1]


def test_an_attempt_at_work_is_followed_with_its_own_toolchain(tmp_path: Path) -> None:
    attempts.begin(tmp_path, SUITE, "asked")
    attempts.take(tmp_path, attempt(1), TOOLCHAIN)
    record_files.write(tmp_path, records.toolchain(os="as it is now"))
    attempts.follow(tmp_path, 1)
    assert attempts.is_active(tmp_path)
    assert record_files.read(Toolchain, tmp_path) == TOOLCHAIN
    attempts.follow(tmp_path, None)
    assert not attempts.is_active(tmp_path)
    assert attempts.current(tmp_path) == 1


@pytest.mark.parametrize("number", [None, 1], ids=["not found any more", "followed"])
def test_an_attempt_that_was_left_is_no_longer_once_somebody_has_looked(tmp_path: Path, number: int | None) -> None:
    attempts.take(tmp_path, Attempt(number=1, suite=records.suite(), suite_digest="asked"), records.toolchain())
    assert not attempts.is_left(tmp_path)
    attempts.leave(tmp_path)
    assert (attempts.is_left(tmp_path), attempts.current(tmp_path)) == (True, 1)
    attempts.follow(tmp_path, number)
    assert (attempts.is_left(tmp_path), attempts.is_active(tmp_path)) == (False, bool(number))


@pytest.mark.parametrize(("number", "stays"), [(1, True), (2, False)])
def test_an_attempt_that_was_found_at_work_stays_so_while_it_is_taken(tmp_path: Path, number: int, stays: bool) -> None:
    record_files.write(tmp_path, CurrentAttempt(number=1, active=True))
    attempts.take(tmp_path, Attempt(number=number, suite=SUITE, suite_digest="asked"), TOOLCHAIN)
    assert attempts.is_active(tmp_path) is stays
