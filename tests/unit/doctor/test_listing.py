"""What setup says of an account."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from benchmarks.account import survey as account_survey
from benchmarks.account.survey import Existing
from benchmarks.doctor import listing
from benchmarks.doctor.examination import Examination
from benchmarks.runs import agreement
from benchmarks.runs.records import Check
from tests.support.account_answers import COMPLETE, TARGET

FAILED = Check(name="quota", result="failed", text="none")


def lines(existing: Existing, *checks: Check) -> list[str]:
    found = Examination(checks, account_survey.survey(TARGET, existing))
    return listing.listing(found, TARGET.region).splitlines()


def test_listing_names_what_is_missing_with_its_cost() -> None:
    said = lines(replace(COMPLETE, bucket=None))
    assert said[0] == "What runs need in account 123456789012, region eu-central-1:"
    assert "  there    IAM role benchmarks, for instances" in said
    assert [line.split()[0] for line in said].count("missing") == 3
    assert f"  missing  S3 bucket {TARGET.bucket}, private" in said
    assert said[-1] == "It costs nothing but what the bucket stores: about $0.025 a GB and month."
    # They are shown behind two spaces, on terminals of 80 columns.
    assert max(map(len, said)) <= 78


def test_listing_of_a_complete_account_says_so() -> None:
    assert lines(COMPLETE)[-1] == "Everything is there."


def test_listing_does_not_say_that_all_is_well_where_something_failed() -> None:
    assert lines(COMPLETE, FAILED)[-1] == "Nothing is missing."


def test_checks_stand_before_what_the_account_has() -> None:
    assert lines(COMPLETE, FAILED)[1] == "  failed   quota: none"


def test_listing_without_an_account_names_the_region() -> None:
    assert listing.listing(Examination((FAILED,), None), "eu-central-1").splitlines() == [
        "What runs need in region eu-central-1:",
        "  failed   quota: none",
    ]


@pytest.mark.parametrize(
    ("existing", "checks", "problem"),
    [
        (COMPLETE, (), ""),
        (COMPLETE, (Check(name="ending", result="unknown", text="not checked"),), ""),
        (COMPLETE, (FAILED,), "Nothing was created. What failed is to be mended as said beside it."),
        (
            Existing(),
            (),
            "Nothing was created. To create what is missing, run it again with --yes (Ansible: -e yes=true).",
        ),
        (
            Existing(),
            (FAILED,),
            "Nothing was created. What failed is to be mended as said beside it. To create what is missing, run it "
            "again with --yes (Ansible: -e yes=true).",
        ),
    ],
)
def test_what_is_missing_or_failed_is_a_problem_unless_it_is_to_be_created(
    existing: Existing, checks: tuple[Check, ...], problem: str
) -> None:
    setup = changed(account_survey.survey(TARGET, existing), checks=checks)
    assert listing.problem(setup, confirmed=False) == problem
    assert listing.problem(setup, confirmed=True) == ""


@pytest.mark.parametrize(
    ("rehearsed", "earlier", "said"),
    [
        (None, (), "Created. Everything is there."),
        (Check(name="launch", result="ok", text="x"), (), "Created. Everything is there.\n  ok       launch: x"),
        (
            Check(name="launch", result="ok", text="x"),
            (Check(name="launch", result="failed", text="no"),),
            "Created. Everything is there.\n  ok       launch: x",
        ),
        (
            Check(name="launch", result="failed", text="no"),
            (),
            "Created. Runs cannot begin yet: mend what failed, as said beside it.\n  failed   launch: no",
        ),
        (None, (FAILED,), "Created. Runs cannot begin yet: mend what failed, as said beside it."),
    ],
)
def test_what_was_created_is_enough_for_runs_only_if_nothing_has_failed(
    rehearsed: Check | None, earlier: tuple[Check, ...], said: str
) -> None:
    setup = changed(account_survey.survey(TARGET, COMPLETE), checks=earlier)
    assert listing.created(setup, rehearsed) == said


@pytest.mark.parametrize(
    ("checks", "problem"), [((), ""), ((FAILED,), "What failed is to be mended as said beside it.")]
)
def test_who_will_be_asked_is_not_told_how_to_create(checks: tuple[Check, ...], problem: str) -> None:
    setup = changed(account_survey.survey(TARGET, Existing()), checks=checks)
    assert listing.problem(setup, confirmed=False, asks=True) == problem
    assert listing.problem(changed(setup, can_create=False), confirmed=False, asks=True).startswith("Nothing was cr")


def test_what_was_agreed_to_is_not_listed_again_unless_it_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Examination((), account_survey.survey(TARGET, Existing()))
    assert found.setup
    for name, value in agreement.agreed(found.setup).items():
        monkeypatch.setenv(name, value)
    assert listing.listing(found, TARGET.region) == "As listed."
    assert len(lines(COMPLETE)) > 1


def test_what_failed_without_a_lack_of_permissions_is_not_for_somebody_else() -> None:
    address = Check(name="address", result="failed", text="no answer")
    setup = changed(account_survey.survey(TARGET, Existing()), can_create=False, checks=(address,))
    assert listing.problem(setup, confirmed=False) == (
        "Nothing was created. What failed is to be mended as said beside it. To create what is missing, run it again "
        "with --yes (Ansible: -e yes=true)."
    )


def test_what_one_may_not_look_at_is_for_somebody_who_may() -> None:
    denied = Check(name="role", result="unknown", text="not checked")
    setup = changed(account_survey.survey(TARGET, Existing()), can_create=False, checks=(denied,))
    assert listing.problem(setup, confirmed=False) == (
        "Nothing was created. What is missing is to be created by somebody who may do that, with --yes."
    )


def test_what_one_may_not_create_is_for_somebody_who_may() -> None:
    creating = Check(name="creating", result="failed", text="it lacks ec2:CreateLaunchTemplate")
    setup = changed(account_survey.survey(TARGET, Existing()), can_create=False, checks=(creating,))
    assert listing.problem(setup, confirmed=False) == (
        "Nothing was created. What failed is to be mended as said beside it. What is missing is to be created by "
        "somebody who may do that, with --yes."
    )


@pytest.mark.parametrize("confirmed", [True, False])
def test_without_an_account_setup_cannot_go_on(confirmed: bool) -> None:
    assert listing.obstacle(Examination((FAILED,), None), confirmed) == listing.INCOMPLETE
    found = Examination((), account_survey.survey(TARGET, COMPLETE))
    assert listing.obstacle(found, confirmed) == ""
