"""Why an instance can be launched nowhere, as a sentence."""

from __future__ import annotations

import pytest

from benchmarks.launch import refused_places
from benchmarks.launch.refused_places import Refusal
from benchmarks.runs.records import Place
from tests.support.aws_fakes import aws_error

A, B, C = (Place(subnet=f"subnet-{zone}", zone=f"eu-central-1{zone}") for zone in "abc")
TEMPLATE = Place(subnet=None, zone=None)
CAPACITY, ADDRESSES = "InsufficientInstanceCapacity", "InsufficientFreeAddressesInSubnet"


def refusal(place: Place, code: str, message: str = "") -> Refusal:
    return refused_places.of(place, aws_error(code, message))


@pytest.mark.parametrize(
    ("refusals", "sentence"),
    [
        (
            [refusal(A, CAPACITY), refusal(B, "InsufficientHostCapacity")],
            "EC2 has no capacity for c7i.large in eu-central-1a, eu-central-1b now: try again later, in another region "
            "by --region, or another type.",
        ),
        (
            [refusal(A, "Unsupported", "Not in a."), refusal(B, "Unsupported", "Not in b.")],
            "EC2 cannot launch c7i.large: of eu-central-1a it says: Not in a; of eu-central-1b it says: Not in b. "
            "Choose another type, or leave what EC2 does not support out of the launch template.",
        ),
        (
            [refusal(A, "SpotMaxPriceTooLow", "Your price is too low."), refusal(B, CAPACITY)],
            "EC2 cannot launch c7i.large: it has no capacity in eu-central-1b now; the launch template's MaxPrice is "
            "below the spot price in eu-central-1a. Try again later, in another region by --region, or another type. "
            "Raise MaxPrice in the launch template, or try again later.",
        ),
        (
            [refusal(A, ADDRESSES), refusal(TEMPLATE, ADDRESSES)],
            "EC2 cannot launch c7i.large: no address is free in subnet-a (eu-central-1a), the subnet of the launch "
            "template (the launch template's zone). Free some addresses there, or give another subnet by --subnet.",
        ),
        (
            [refusal(A, CAPACITY), refusal(B, "Unsupported", "No."), refusal(C, ADDRESSES)],
            "EC2 cannot launch c7i.large: it has no capacity in eu-central-1a now; of eu-central-1b it says: No; no "
            "address is free in subnet-c (eu-central-1c). Try again later, or in another region by --region. Choose "
            "another type, or leave what EC2 does not support out of the launch template. Free some addresses there, "
            "or give another subnet by --subnet.",
        ),
    ],
)
def test_every_cause_is_told_once_with_its_places_and_a_remedy(refusals: list[Refusal], sentence: str) -> None:
    assert refused_places.sentence("c7i.large", refusals) == sentence


NEAR = ("c6i.large ($0.0850 an hour)", "m7i.large")


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (
            [CAPACITY],
            "EC2 has no capacity for c7i.large in eu-central-1a now: try again later, in another region by --region, "
            "or another type, such as c6i.large ($0.0850 an hour), m7i.large.",
        ),
        (
            [CAPACITY, ADDRESSES],
            "EC2 cannot launch c7i.large: it has no capacity in eu-central-1a now; no address is free in subnet-b "
            "(eu-central-1b). Try again later, in another region by --region, or another type, such as c6i.large "
            "($0.0850 an hour), m7i.large. Free some addresses there, or give another subnet by --subnet.",
        ),
        (
            ["Unsupported"],
            "EC2 cannot launch c7i.large: of eu-central-1a it says: Unsupported. Choose another type, such as "
            "c6i.large ($0.0850 an hour), m7i.large, or leave what EC2 does not support out of the launch template.",
        ),
    ],
)
def test_the_nearest_types_are_suggested(codes: list[str], sentence: str) -> None:
    refusals = [refusal(place, code) for place, code in zip((A, B), codes, strict=False)]
    assert refused_places.sentence("c7i.large", refusals, NEAR) == sentence


def test_an_answer_without_a_message_is_told_by_its_code() -> None:
    assert "of eu-central-1a it says: Unsupported." in refused_places.sentence("t", [refusal(A, "Unsupported")])
