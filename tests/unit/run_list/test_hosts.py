"""What an instance of a listed run costs, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.run_list import hosts
from benchmarks.run_list.hosts import Cost, Host
from tests.support import listed_runs
from tests.support.listed_runs import LAUNCHED, NOW, REGION, later

REASON = "User initiated (2026-05-19 09:15:00 GMT)"


def host(state: str = "running", **more: object) -> Host:
    known = {"usd_per_hour": 0.36, "expires": later(4.5), **more}
    return Host("i-1", "c7i.large", REGION, state, LAUNCHED, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "cost"),
    [
        (host(), Cost(0.72)),
        (host("terminated", ended=later(1)), Cost(0.36)),
        (host("terminated", ended=LAUNCHED + timedelta(seconds=9)), Cost(0.006)),
        # SUSE's hours are billed whole.
        (host("terminated", ended=later(0.5), platform="SUSE Linux"), Cost(0.36)),
        # When they ended, or were stopped, is not known: they were billed for no longer than this.
        (host("gone"), Cost(0.72, at_most=True)),
        (host("gone", expires=later(1)), Cost(0.36, at_most=True)),
        (host("unknown", expires=None), Cost(0.72, at_most=True)),
        (host("stopped"), Cost(0.72, at_most=True)),
        (host(usd_per_hour=None), None),
    ],
)
def test_an_instance_has_cost_what_it_was_billed_for(found: Host, cost: Cost | None) -> None:
    counted = hosts.cost([found], NOW)
    assert (counted and replace(counted, usd=round(counted.usd, 6))) == cost


def test_several_instances_cost_their_sum_unless_a_price_is_not_known() -> None:
    assert hosts.cost([host(), host("gone", expires=later(1))], NOW) == Cost(1.08, at_most=True)
    assert hosts.cost([host(), host(usd_per_hour=None)], NOW) is None
    assert hosts.cost([], NOW) is None


@pytest.mark.parametrize(
    ("found", "may_cost"),
    [
        (host("pending"), True),
        (host("stopped"), True),
        (host("shutting-down"), False),
        (host("gone"), False),
        (host("unknown"), True),
        (host("unknown", expires=later(1)), False),
        (host("unknown", expires=None), True),
    ],
)
def test_what_is_not_known_may_cost_money_until_it_should_have_switched_itself_off(found: Host, may_cost: bool) -> None:
    assert found.may_cost(NOW) == may_cost


def test_an_instance_is_told_with_its_price_and_its_end() -> None:
    assert str(host(is_timer_seen=True)) == (
        "i-1 (c7i.large) still runs: it costs $0.36 an hour and switches itself off by 12:45 UTC on 2026-05-19."
    )
    assert str(host("unknown")).startswith("It may be that i-1 (c7i.large) still runs: it costs $0.36 an hour, and ")


def test_an_instance_is_what_ec2_shows_of_it() -> None:
    shown = listed_runs.shape(state="terminated", InstanceLifecycle="spot", StateTransitionReason=REASON)
    assert hosts.seen(shown, REGION) == host("terminated", ended=later(1), spot=True)
    suse = {"UsageOperation": "RunInstances:000g", "PlatformDetails": "SUSE Linux"}
    assert hosts.seen(listed_runs.shape(**suse), REGION) == host(platform="SUSE Linux")
