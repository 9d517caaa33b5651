"""Where a run has launched, and whether that is where somebody asks."""

from __future__ import annotations

import pytest

from benchmarks.runs import launch_site
from benchmarks.runs.launch_site import Site
from tests.support import records

SANDBOX = "http://127.0.0.1:5000"


def test_a_plan_tells_its_account_by_the_bucket_and_its_endpoint() -> None:
    assert launch_site.of(records.preflight()) == Site("123456789012", None)
    assert launch_site.of(records.preflight(destination=None, endpoint=SANDBOX)) == Site(None, SANDBOX)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Site("1", None), Site("1", None), True),
        (Site("1", None), Site("2", None), False),
        (Site("1", None), Site(None, None), None),
        (Site(None, SANDBOX), Site("1", SANDBOX), None),
        # The account of a sandbox may have any number.
        (Site("1", SANDBOX), Site("1", None), False),
        (Site(None, SANDBOX), Site(None, None), False),
    ],
)
def test_sites_are_told_apart_by_endpoint_and_account(one: Site, other: Site, same: bool | None) -> None:
    assert launch_site.is_same(one, other) is same
    assert launch_site.is_same(other, one) is same


@pytest.mark.parametrize(
    ("planned", "asked", "launched", "sentence"),
    [
        (
            Site("1", None),
            Site("2", None),
            True,
            "The run r1 has launched in the AWS account 1, and these credentials are of 2: use those of 1, for "
            "example by AWS_PROFILE.",
        ),
        (
            Site("1", SANDBOX),
            Site("1", None),
            False,
            f"The run r1 was to launch at the endpoint {SANDBOX}, not at AWS's own endpoint: set "
            f"AWS_ENDPOINT_URL={SANDBOX}, and use its credentials.",
        ),
        (
            Site("1", None),
            Site("2", SANDBOX),
            True,
            f"The run r1 has launched at AWS's own endpoint, not at the endpoint {SANDBOX}: unset AWS_ENDPOINT_URL, "
            "and use the credentials of your AWS account.",
        ),
    ],
)
def test_who_asks_elsewhere_is_told_where_the_run_is(planned: Site, asked: Site, launched: bool, sentence: str) -> None:
    assert launch_site.elsewhere("r1", planned, asked, launched=launched) == sentence
