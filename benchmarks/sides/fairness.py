"""In which facts two sides differ, and whether they may be compared. What is not known is no difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.errors import RefusedError
from benchmarks.sides import facts
from benchmarks.sides.dividing import Side
from benchmarks.sides.facts import Difference, Fact
from benchmarks.sides.name_lists import named

# These follow from the fact of their value and say nothing more if that differs.
_IMPLIED = {
    "cores": "instance-type",
    "threads-per-core": "instance-type",
    "cpu-model": "instance-type",
    "commit": "ref",
    "toolchain": "rustc",
}


@dataclass(frozen=True)
class Differing:
    """A fact in which two sides differ, and its known values on each."""

    fact: str
    title: str
    old: tuple[str, ...]
    new: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.title} ({', '.join(self.old)} → {', '.join(self.new)})"


@dataclass(frozen=True)
class Unfair:
    """A fact by which sides measure different things, and a sentence, without its full stop, on what each has."""

    fact: str
    sentence: str


def values(side: Side, fact: Fact) -> tuple[str, ...]:
    """The values of a fact on a side, as far as they are known, in the order in which they appear.

    Only for facts that all measurements of a harness have in common: that makes 10,000 of them take no time.
    """
    found = (
        fact.value(source.results, measurement)
        for source in side.sources
        for measurement in {one.harness: one for one in source.results.measurements}.values()
    )
    return tuple(dict.fromkeys(value for value in found if value is not None))


def unfair(sides: Sequence[Side], by: str | None) -> Unfair | None:
    """The first fact by which the sides measure different things, unless that is compared."""
    for name, fact in facts.FACTS.items():
        if fact.difference is not Difference.REFUSED or name == by:
            continue
        having: dict[str, list[str]] = {}
        for side in sides:
            if found := values(side, fact):
                having.setdefault(_joined(found), []).append(side.name)
        if len(having) > 1 or any(len(values(side, fact)) > 1 for side in sides):
            known = (
                f"{named(names)} {'has' if len(names) == 1 else 'have'} {value}" for value, names in having.items()
            )
            return Unfair(name, f"The results differ in {fact.title}: {', '.join(known)}")
    return None


def refuse_unfair(sides: Sequence[Side], by: str | None) -> None:
    """Raise RefusedError, which says what to do, if the sides measure different things, unless that is compared."""
    if found := unfair(sides, by):
        raise RefusedError(
            f"{found.sentence}. Give results that agree in it, --by {found.fact} if it is what to compare, or --force "
            "to compare them all the same."
        )


def differing(old: Side, new: Side) -> tuple[Differing, ...]:
    """The facts that may be why numbers differ, and those that were forced, of which the sides have other values."""
    found: dict[str, Differing] = {}
    for name, fact in facts.FACTS.items():
        if fact.difference is Difference.IGNORED or _IMPLIED.get(name) in found:
            continue
        first, second = values(old, fact), values(new, fact)
        if first and second and set(first) != set(second):
            found[name] = Differing(name, fact.title, first, second)
    return tuple(found.values())


def mixed(side: Side) -> tuple[str, ...]:
    """Sentences on what the measurements of a side do not agree in, though they count as repetitions of one thing."""
    found: dict[str, str] = {}
    for name, fact in facts.FACTS.items():
        if fact.difference is Difference.IGNORED or _IMPLIED.get(name) in found:
            continue
        known = values(side, fact)
        if len(known) > 1:
            found[name] = f"{side.name} holds results of different {fact.title}: {_joined(known)}."
    return tuple(found.values())


def _joined(found: Sequence[str]) -> str:
    return " and ".join(found)
