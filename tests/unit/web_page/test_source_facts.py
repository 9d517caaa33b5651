"""What a page tells of a source beside its numbers."""

from __future__ import annotations

import pytest

from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import Money
from benchmarks.web_page.source_facts import source_facts
from tests.support import page_samples
from tests.support.result_samples import code, criterion, labelled, platform


def facts(source: Labelled) -> dict[str, str]:
    return {term: value for heading in source_facts(source).headings for term, value in heading.facts}


def test_what_ran_where_when_and_for_how_much_is_told() -> None:
    told = facts(page_samples.run(samples=1))
    wanted = {
        "Suite": "plonky2",
        "Source": "plonky2 1.1.0",
        "Compiler": "rustc 1.97.0-nightly (2f1c0e9f3 2026-05-18)",
        "RUSTFLAGS": "-C target-cpu=native",
        "Instance type": "c7i.2xlarge",
        "Zone": "us-east-1b (use1-az2)",
        "Processor": "Intel(R) Xeon(R) Platinum 8488C",
        "Planned": "2026-05-19 08:15 UTC",
        "Measured": "74 benchmarks",
        "Price": "$0.357/h (AWS Price List, 2026-05-18)",
        "Cost until its end": "$0.3998",
        "Tool": "benchmarks 0.1.0",
    }
    assert {term: told[term] for term in wanted} == wanted


def test_what_is_not_known_is_not_told() -> None:
    bare = source_facts(labelled(criterion()))
    assert (bare.machine, bare.place, bare.started, bare.price, bare.cost) == ("", "", "", "", "")
    assert facts(labelled(criterion())) == {"Measured": "1 benchmark"}


def test_services_that_were_stopped_are_named() -> None:
    told = facts(labelled(platform=platform(stopped_services=("apt-daily.timer", "snapd.service"))))
    assert told["Stopped meanwhile"] == "apt-daily.timer, snapd.service"
    assert "Stopped meanwhile" not in facts(labelled(platform=platform()))


def test_a_cost_that_is_not_known_yet_is_not_told() -> None:
    told = facts(page_samples.run(samples=1, money=None))
    assert not {"Price", "Cost until its end"} & told.keys()


def test_of_a_cost_with_cpu_credits_the_most_is_told() -> None:
    money = Money(usd_per_hour=0.36, source="AWS Price List", date="2026-05-18", cost_usd_at_most=0.23)
    assert facts(page_samples.run(samples=1, money=money))["Cost until its end"] == "at most $0.2300"


@pytest.mark.parametrize(("flags", "shown"), [(None, None), ("", "set, but empty"), ("-O", "-O")])
def test_empty_flags_are_a_setting(flags: str | None, shown: str | None) -> None:
    assert facts(labelled(code=code(rustflags=flags))).get("RUSTFLAGS") == shown


def test_missing_benchmarks_are_seen_at_once() -> None:
    assert source_facts(labelled(criterion(), expected=74)).count == "1 of 74 benchmarks"


def test_a_machine_of_the_users_own_is_named_by_its_host() -> None:
    assert source_facts(labelled(host="desk", platform=platform())).machine == "desk"


def test_hostile_values_can_be_seen() -> None:
    assert facts(labelled(code=code(suite="a\u202eb\n")))["Suite"] == "a%E2%80%AEb%0A"
