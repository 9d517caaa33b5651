"""What the two sides of a comparison are, and in what they differ."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.comparison_output import cells
from benchmarks.sides import facts, fairness
from benchmarks.sides.dividing import Side
from benchmarks.sides.name_lists import named
from benchmarks.sides.pairs import Pair


def lines(pair: Pair) -> Iterator[str]:
    """A line for each side, and a line for what differs, if anything does that is known."""
    for title, side in zip(cells.titles(pair), (pair.old, pair.new), strict=True):
        yield f"{title if title == side.name else f'{title} = {side.name}'}: {_described(side)}"
    if pair.differing:
        yield f"differs in: {'; '.join(map(str, pair.differing))}"
    for side in (pair.old, pair.new):
        yield from fairness.mixed(side)


def _described(side: Side) -> str:
    """The machine, compiler and code of a side as far as they are known, and its sources."""
    machine = _values(side, "instance-type") or _values(side, "cpu-model")
    source, ref = _values(side, "source"), _values(side, "ref") or _values(side, "commit")
    code = f"{source} {ref}" if source and ref else source or ref
    sandbox = "measured in a sandbox" if facts.SANDBOX in fairness.values(side, facts.FACTS["endpoint"]) else ""
    known = [text for text in (machine, _values(side, "rustc"), code, sandbox) if text]
    labels = list(dict.fromkeys(source.label for source in side.sources))
    # The label of a side's only source often is its name.
    sources = [f"from {named(labels)}"] if labels != [side.name] else []
    return ", ".join([*(known or ["machine and compiler are not known"]), *sources])


def _values(side: Side, name: str) -> str:
    return " and ".join(fairness.values(side, facts.FACTS[name]))
