"""Why EC2 refused a launch in each of its places, and the sentence if none is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import botocore.exceptions

from benchmarks.aws.aws_errors import code
from benchmarks.runs.records import Place

# Error codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
NO_CAPACITY = ("InsufficientInstanceCapacity", "InsufficientHostCapacity")
# Said of types that a zone does not offer, and of configurations that EC2 offers nowhere.
UNSUPPORTED = "Unsupported"
NO_ADDRESS = "InsufficientFreeAddressesInSubnet"
# For a template whose MaxPrice is below the zone's spot price.
MAX_PRICE = "SpotMaxPriceTooLow"
# The only error codes after which another place is tried.
ELSEWHERE = (*NO_CAPACITY, UNSUPPORTED, NO_ADDRESS, MAX_PRICE)
_DEAR = "Raise MaxPrice in the launch template, or try again later."


@dataclass(frozen=True)
class Refusal:
    """EC2's answer to a launch in a place, with one of the codes in ELSEWHERE."""

    place: Place
    code: str
    message: str

    @property
    def zone(self) -> str:
        return self.place.zone or "the launch template's zone"

    @property
    def subnet(self) -> str:
        return f"{self.place.subnet or 'the subnet of the launch template'} ({self.zone})"


def of(place: Place, error: botocore.exceptions.ClientError) -> Refusal:
    message = str(error.response.get("Error", {}).get("Message", ""))
    return Refusal(place, code(error), message.rstrip(".") or code(error))


def sentence(instance_type: str, refusals: Sequence[Refusal], alternatives: Sequence[str] = ()) -> str:
    """Why a type can be launched in none of its places: every cause with its zones, and what to do.

    `alternatives` are types to suggest.
    """
    such = f", such as {', '.join(alternatives)}" if alternatives else ""
    without = [one.zone for one in refusals if one.code in NO_CAPACITY]
    unsupported = [one for one in refusals if one.code == UNSUPPORTED]
    full = [one.subnet for one in refusals if one.code == NO_ADDRESS]
    if len(without) == len(refusals):
        return (
            f"EC2 has no capacity for {instance_type} in {', '.join(without)} now: "
            f"try again later, in another region by --region, or another type{such}."
        )
    causes = [f"it has no capacity in {_listed(without)} now"] if without else []
    causes += [f"of {zones} it says: {message}" for message, zones in _by_message(unsupported)]
    causes += [f"no address is free in {_listed(full)}"] if full else []
    dear = [one.zone for one in refusals if one.code == MAX_PRICE]
    causes += [f"the launch template's MaxPrice is below the spot price in {_listed(dear)}"] if dear else []
    remedies = [*_remedies(without, unsupported, full, such), *([_DEAR] if dear else [])]
    return f"EC2 cannot launch {instance_type}: {'; '.join(causes)}. {' '.join(remedies)}"


def _by_message(refusals: Iterable[Refusal]) -> Iterator[tuple[str, str]]:
    """Each message once, with its zones."""
    zones: dict[str, list[str]] = {}
    for one in refusals:
        zones.setdefault(one.message, []).append(one.zone)
    return ((message, _listed(found)) for message, found in zones.items())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _remedies(without: Sequence[str], unsupported: Sequence[Refusal], full: Sequence[str], such: str) -> Iterator[str]:
    if without and unsupported:
        yield "Try again later, or in another region by --region."
    elif without:
        yield f"Try again later, in another region by --region, or another type{such}."
    if unsupported:
        yield f"Choose another type{such}, or leave what EC2 does not support out of the launch template."
    if full:
        yield "Free some addresses there, or give another subnet by --subnet."
