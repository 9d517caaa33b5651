"""What setup says of an account."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.account import listing
from benchmarks.account import survey as account_survey
from benchmarks.account.survey import Existing
from tests.support.account_answers import COMPLETE, TARGET


def test_listing_names_what_is_missing_with_its_cost_and_how_to_go_on() -> None:
    lines = listing.listing(account_survey.survey(TARGET, replace(COMPLETE, bucket=None)), confirmed=False).splitlines()
    assert lines[0] == "What runs need in account 123456789012, region eu-central-1:"
    assert "  there    IAM role benchmarks, for instances" in lines
    assert [line.split()[0] for line in lines].count("missing") == 3
    assert f"  missing  S3 bucket {TARGET.bucket}, private" in lines
    assert lines[-2] == "It costs nothing but what the bucket stores: about $0.025 a GB and month."
    # They are shown behind two spaces, on terminals of 80 columns.
    assert max(map(len, lines[:-1])) <= 78
    assert lines[-1].startswith("Nothing was created.")
    assert "--yes" in lines[-1]
    assert "-e yes=true" in lines[-1]


def test_listing_of_a_complete_account_says_so() -> None:
    assert listing.listing(account_survey.survey(TARGET, COMPLETE), confirmed=True).endswith("Everything is there.")


def test_listing_before_creation_does_not_say_that_nothing_was_created() -> None:
    assert "Nothing was created" not in listing.listing(account_survey.survey(TARGET, Existing()), confirmed=True)
