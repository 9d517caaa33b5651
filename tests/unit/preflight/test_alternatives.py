"""Which types are suggested in place of one for which EC2 has no capacity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.aws.instance_types import Offer
from benchmarks.picker import region_data
from benchmarks.preflight import alternatives, run_plan
from benchmarks.runs.records import Image, Place
from tests.support import records
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.launch_account import STARTED, account, offerings, parameters
from tests.support.picker_data_sets import instance_type

A, B, C = (f"eu-central-1{zone}" for zone in "abc")
PLAN = records.launch_plan(
    instance_type="c7i.2xlarge",
    cores=4,
    memory_mib=16384,
    places=(Place(subnet="subnet-a", zone=A), Place(subnet="subnet-b", zone=B)),
)
NEAR = (
    Offer(instance_type("c7i.2xlarge"), 0.357),
    Offer(instance_type("c7i.4xlarge", cores=8, memory=32768), 0.714),
    Offer(instance_type("m7i.2xlarge", memory=32768), 0.4),
    Offer(instance_type("c6i.2xlarge"), 0.34),
    Offer(instance_type("c6a.2xlarge"), None),
    Offer(instance_type("c7g.2xlarge", architectures=("arm64",)), 0.29),
    Offer(instance_type("t3.2xlarge", burstable=True), 0.33),
    Offer(instance_type("c5.large", cores=1, memory=4096), 0.085),
    Offer(instance_type("r7i.2xlarge", memory=65536), 0.5),
)


@pytest.fixture(autouse=True)
def cached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_data, "cached", lambda *_arguments: NEAR)


def ec2(everywhere: Sequence[str] = (A,), **zones: Sequence[str]) -> FakeClient:
    """Answers with the zones of each type that it is asked for; `zones` are those of a family."""

    def offered(LocationType: str, Filters: Any) -> dict[str, Any]:  # noqa: N803
        return {
            "InstanceTypeOfferings": [
                {"InstanceType": name, "Location": zone}
                for name in Filters[0]["Values"]
                for zone in zones.get(name.partition(".")[0], everywhere)
            ]
        }

    return FakeClient(describe_instance_type_offerings=offered)


def test_the_nearest_types_of_other_families_are_named_with_the_price_that_is_known() -> None:
    asked = ec2()
    assert alternatives.find(asked, PLAN, {}) == (
        "c6i.2xlarge ($0.34 an hour)",
        "c6a.2xlarge",
        "m7i.2xlarge ($0.4 an hour)",
    )
    assert len(asked.calls) == 1


def test_only_types_that_a_zone_of_the_launch_offers_are_named() -> None:
    found = alternatives.find(ec2(c6i=[C], c6a=[B, C]), PLAN, {})
    assert found == ("c6a.2xlarge", "m7i.2xlarge ($0.4 an hour)", "r7i.2xlarge ($0.5 an hour)")


def test_for_a_spot_instance_no_other_price_is_told() -> None:
    assert alternatives.find(ec2(), replace(PLAN, spot=True), {})[0] == "c6i.2xlarge"


def test_for_an_image_with_a_licence_no_price_without_it_is_told() -> None:
    rhel = replace(PLAN, image=Image(id="ami-1", licensed_platform="Red Hat Enterprise Linux"))
    assert alternatives.find(ec2(), rhel, {})[0] == "c6i.2xlarge"


def test_without_a_cache_nothing_is_asked_or_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_data, "cached", lambda *_arguments: ())
    asked = ec2()
    assert (alternatives.find(asked, PLAN, {}), asked.calls) == ((), [])


@pytest.mark.parametrize("answer", [aws_error("UnauthorizedOperation"), aws_error("InternalError"), {"odd": 1}])
def test_what_ec2_does_not_tell_is_no_failure(answer: Any) -> None:
    assert alternatives.find(FakeClient(describe_instance_type_offerings=answer), PLAN, {}) == ()


def test_a_launch_that_finds_no_place_suggests_what_was_planned() -> None:
    def offered(LocationType: str, Filters: Any = None) -> dict[str, Any]:  # noqa: N803
        if len(Filters[0]["Values"]) == 1:
            return offerings(LocationType, Filters)
        return {"InstanceTypeOfferings": [{"InstanceType": "c6i.2xlarge", "Location": A}]}

    made = run_plan.make(parameters(), account(describe_instance_type_offerings=offered), STARTED)
    assert made.launches[0].alternatives == ("c6i.2xlarge ($0.34 an hour)",)
