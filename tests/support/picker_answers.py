"""Answers of the picker to requests of the tests' own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.aws.instance_types import Offer
from benchmarks.picker import formats, selection
from benchmarks.picker.answers import Answer
from benchmarks.picker.region_data import PARTS, Data, Source
from benchmarks.picker.selection import Criteria
from tests.support.picker_data_sets import C6I, C8A, instance_type

NOW = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
ZONES = ("eu-north-1a", "eu-north-1b")
OFFERS = (
    Offer(C6I, 0.34, {"eu-north-1a": 0.12, "eu-north-1b": 0.11}, ZONES),
    Offer(C8A, 0.43, {}, ZONES[:1]),
    Offer(instance_type("t3.2xlarge", burstable=True), 0.33, {}, ZONES),
    Offer(instance_type("g5.2xlarge", gpu=True, current=False), 1.2, {}, ZONES),
)


def data(offers: tuple[Offer, ...] = OFFERS, **sources: Source) -> Data:
    known = {part: Source(NOW - timedelta(hours=3)) for part in PARTS}
    return Data("eu-north-1", None, offers, {**known, **sources})


def answer(asked: Criteria, given: Data | None = None) -> Answer:
    given = given or data()
    return Answer(selection.choose(asked, given.offers), given, NOW)


def shown(asked: Criteria, output: str = "table", *, wide: bool = False, given: Data | None = None) -> str:
    return formats.text(answer(asked, given), output, wide=wide, command="./inv bench -i x")
