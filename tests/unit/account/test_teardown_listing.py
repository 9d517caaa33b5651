"""What a user is told that teardown would remove and leave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.account import removal, teardown_listing
from benchmarks.account.remains import FoundBucket, Remains
from benchmarks.runs import agreement
from tests.support.torn_down_account import BUCKET, PLACE, SET_UP


def test_everything_is_listed_with_what_to_do_next() -> None:
    found = replace(SET_UP, bucket=FoundBucket({"Tags": []}))
    lines = teardown_listing.listing(removal.plan(PLACE, found), confirmed=False).splitlines()
    assert lines[0] == "Of what setup makes, in account 123456789012, region eu-central-1:"
    assert "  remove   launch template benchmarks" in lines
    assert f"  leave    S3 bucket {BUCKET}: setup did not make it" in lines
    assert lines[-1].startswith("Nothing was removed. To remove these, run it again with --yes (Ansible: -e yes=true)")


def test_who_has_confirmed_is_not_told_how_to() -> None:
    assert "Nothing was removed" not in teardown_listing.listing(removal.plan(PLACE, SET_UP), confirmed=True)


def test_who_will_be_asked_is_not_told_how_to() -> None:
    told = teardown_listing.listing(removal.plan(PLACE, SET_UP), confirmed=False, asks=True)
    assert "Nothing was removed" not in told
    assert "  remove   launch template benchmarks" in told


def test_what_was_agreed_to_is_not_listed_again_unless_it_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    survey = removal.plan(PLACE, SET_UP)
    for name, value in agreement.agreed(survey).items():
        monkeypatch.setenv(name, value)
    assert teardown_listing.listing(survey, confirmed=True) == "As listed."
    changed = removal.plan(PLACE, replace(SET_UP, template=None))
    assert "  remove   IAM role benchmarks" in teardown_listing.listing(changed, confirmed=True)


def test_empty_account_has_nothing_to_remove() -> None:
    told = teardown_listing.listing(removal.plan(PLACE, Remains()), confirmed=False)
    assert told == (
        "Nothing that setup made is here to be removed. Looked at: account 123456789012, region eu-central-1."
    )


def test_what_is_only_left_is_named() -> None:
    found = Remains(bucket=FoundBucket({"Tags": []}))
    lines = teardown_listing.listing(removal.plan(PLACE, found), confirmed=True).splitlines()
    assert lines[1:] == [
        f"  leave    S3 bucket {BUCKET}: setup did not make it",
        "Nothing that setup made is here to be removed.",
    ]
