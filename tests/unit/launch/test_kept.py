"""Which instances are kept, and which are not though the run keeps its instances."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from benchmarks.launch import kept, termination
from benchmarks.runs import failures, record_files
from benchmarks.runs.records import Toolchain
from tests.support import records
from tests.unit.launch.test_termination import Account

NEVER = (
    "i-1 is not kept, since this run has never reached it over SSH: nobody could log in there, and nobody has seen "
    "that it switches itself off."
)
NO_TIMER = "i-1 is not kept, since it does not switch itself off and would cost money for ever."


def test_an_instance_that_never_answered_is_not_kept_and_one_that_is_ready_is(tmp_path: Path) -> None:
    assert kept.why_not(tmp_path, "i-1") == NEVER
    record_files.write(tmp_path / "i-1", records.READY)
    assert kept.why_not(tmp_path, "i-1") == ""


def test_an_instance_that_lost_its_timer_is_not_kept_whatever_is_on_it(tmp_path: Path) -> None:
    record_files.write(tmp_path / "i-1", records.toolchain())
    record_files.write(tmp_path / "i-1", replace(records.READY, timer=False))
    assert kept.why_not(tmp_path, "i-1") == NO_TIMER


@pytest.mark.parametrize("where", ["i-1", "i-1/1"])
def test_an_instance_that_an_earlier_version_has_used_is_kept(tmp_path: Path, where: str) -> None:
    record_files.write(tmp_path / where, records.toolchain())
    assert (tmp_path / where / Toolchain.FILE).exists()
    assert kept.why_not(tmp_path, "i-1") == ""


def test_without_the_runs_directory_nothing_is_known_and_nothing_given_up(tmp_path: Path) -> None:
    assert kept.why_not(tmp_path / "gone", "i-1") == ""


def test_only_an_instance_on_which_something_failed_is_given_up(tmp_path: Path) -> None:
    # As after `--tags launch`: a later call waits for it.
    assert not kept.is_given_up(tmp_path, "i-1")
    failures.record_failure(tmp_path, "i-2", "Wait", "It does not answer.")
    assert not kept.is_given_up(tmp_path, "i-1")
    failures.record_failure(tmp_path, "i-1", "Wait", "It does not answer.", "launch", 1)
    assert kept.is_given_up(tmp_path, "i-1")
    record_files.write(tmp_path / "i-1", records.READY)
    assert not kept.is_given_up(tmp_path, "i-1")


def test_what_is_not_in_the_records_may_have_to_be_ended(tmp_path: Path) -> None:
    assert kept.may_leave(tmp_path)
    record_files.write(tmp_path, records.instances("i-1"))
    assert kept.may_leave(tmp_path)
    record_files.write(tmp_path / "i-1", records.READY)
    assert not kept.may_leave(tmp_path)


def test_only_what_must_not_be_kept_is_ended_and_told_with_the_reason(tmp_path: Path) -> None:
    account = Account("i-1", "i-2")
    record_files.write(tmp_path / "i-2", records.READY)
    outcome = termination.end(account.client, "r1", tmp_path, keep=True, sleep=lambda seconds: None)
    assert account.ids == {"i-2"}
    assert termination.not_kept(outcome, tmp_path) == (NEVER,)
