"""The picker's answer: the sentences below the table, and the document for programs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from benchmarks.aws.instance_types import Offer
from benchmarks.errors import RefusedError
from benchmarks.paths import ROOT
from benchmarks.picker import answers, region_data
from benchmarks.picker.region_data import PARTS, Source
from benchmarks.picker.selection import Criteria
from tests.support.picker_answers import NOW, OFFERS, answer, data, shown
from tests.support.picker_data_sets import C8A


def test_what_is_not_known_is_a_dash_and_one_line_says_why() -> None:
    without = data(
        tuple(Offer(offer.type) for offer in OFFERS),
        prices=Source(None, "the permission pricing:GetProducts is missing"),
    )
    text = shown(Criteria(cpu=8), given=without)
    assert text.splitlines()[1].split()[-2:] == ["\N{EN DASH}", "\N{EN DASH}"]
    assert text.count("pricing:GetProducts") == 1
    assert "No on-demand prices: the permission pricing:GetProducts is missing.\n" in text


def test_an_answer_from_an_old_cache_is_marked_once_with_its_dates() -> None:
    reason = "No AWS credentials were found."
    old = Source(NOW - timedelta(days=30), reason)
    text = shown(Criteria(cpu=8), given=data(types=old, prices=old))
    assert (
        "From the cache, since AWS did not answer: instance types of 2026-04-19 08:15 UTC and on-demand prices of "
        "2026-04-19 08:15 UTC. The reason: No AWS credentials were found.\n"
    ) in text


def test_a_region_without_a_price_list_is_said_to_have_none() -> None:
    text = shown(Criteria(cpu=8), given=data((Offer(C8A),)))
    assert "AWS's price list has no prices for eu-north-1.\n" in text


def test_the_documents_frame_is_what_is_documented() -> None:
    document = json.loads(shown(Criteria(cpu=4), "json"))
    assert document["format"] == "benchmarks/instance-types"
    assert document["version"] == 1
    assert document["region"] == "eu-north-1"
    assert document["request"]["cpu"] == 4
    assert document["hidden"] == {"--burstable": 1, "--gpu": 1, "--all": 1}
    assert document["sources"]["prices"] == {"fetched": "2026-05-19T05:15:00+00:00", "problem": None}
    assert document["best"] == "c6i.2xlarge"


def test_the_fields_in_the_guide_are_those_that_there_are() -> None:
    text = (ROOT / "docs/instance-types.md").read_text()
    for name in (*answers.FIELDS, *answers.record(answer(Criteria(cpu=4)))):
        assert f"`{name}`" in text


def test_where_nothing_fits_the_limits_and_the_nearest_miss_are_named() -> None:
    assert answers.nothing_fits(answer(Criteria(cpu=9, memory=1000))) == (
        "None of the 4 instance types in eu-north-1 fits: cpu (at least 9 cores) excludes 4; no burstable types "
        "(--burstable lifts this) excludes 1; no types with GPUs (--gpu lifts this) excludes 1; no types of previous "
        "generations (--all lifts this) excludes 1. The nearest miss is c8a.2xlarge (8 cores, 8 vCPUs, 16384 MiB, "
        "x86_64, $0.4300 an hour): it misses cpu (at least 9 cores)."
    )


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=22), "22 days ago"),
    ],
)
def test_ages_are_told_to_the_unit_that_matters(passed: timedelta, text: str) -> None:
    assert answers.age(passed) == text


@pytest.mark.parametrize(
    ("asked", "output", "wide", "parts"),
    [
        (Criteria(cpu=4), "table", False, {"types", "prices"}),
        (Criteria(cpu=4), "names", False, {"types", "prices"}),
        (Criteria(cpu=4, spot=True), "table", False, {"types", "prices", "spot"}),
        (Criteria(cpu=4, az="x"), "names", False, {"types", "prices", "zones"}),
        (Criteria(cpu=4), "table", True, set(PARTS)),
        (Criteria(cpu=4), "json", False, set(PARTS)),
        (Criteria(cpu=4), "csv", False, set(PARTS)),
    ],
)
def test_only_what_is_shown_or_limits_the_choice_is_needed(
    asked: Criteria, output: str, wide: bool, parts: set[str]
) -> None:
    assert answers.needed(asked, output, wide) == parts


@pytest.mark.parametrize(
    ("parameters", "missing"),
    [({"max_price": 1.0}, "prices"), ({"max_price": 1.0, "spot": True}, "spot"), ({"az": "eu-north-1a"}, "zones")],
)
def test_a_limit_that_cannot_be_checked_is_refused(
    monkeypatch: pytest.MonkeyPatch, parameters: dict[str, Any], missing: str
) -> None:
    known = data()
    known = replace(known, sources={**known.sources, missing: Source(None, "the permission is missing")})
    monkeypatch.setattr(region_data, "load", lambda *_arguments, **_options: known)
    with pytest.raises(RefusedError, match=r"^(max_price|az) cannot be checked: the permission is missing\.$"):
        answers.answer({"region": "eu-north-1", **parameters}, {}, NOW)


def test_the_commands_name_the_region_only_where_it_must_be() -> None:
    assert answers.bench_command("c6i.large", None) == "./inv bench -i c6i.large"
    assert answers.bench_command("c6i.large", "eu-north-1") == "./inv bench -i c6i.large --region eu-north-1"
    assert answers.playbook_command("c6i.large", "eu-north-1") == (
        "ansible-playbook playbooks/benchmark.yml -e instance_type=c6i.large -e region=eu-north-1"
    )
