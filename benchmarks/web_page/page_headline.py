"""What a page tells first of all its sources together: what to know, and what to beware of."""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchmarks.results.labelled import Labelled
from benchmarks.web_page.compared_results import ComparedResults
from benchmarks.web_page.source_facts import SourceFacts, source_facts
from benchmarks.web_page.visible_text import shortened, visible

_ENDPOINT = (
    "These numbers come from an EC2 endpoint that is not AWS's own ({}), such as the sandbox: they say nothing about "
    "an instance type of EC2."
)


def title(facts: Sequence[SourceFacts], comparisons: Sequence[ComparedResults]) -> str:
    """The suite and the machine, or the two sides of the only comparison."""
    suites = list(dict.fromkeys(one.suite for one in facts if one.suite))
    machines = list(dict.fromkeys(one.machine for one in facts if one.machine))
    if len(comparisons) == 1:
        sides = f"{shortened(comparisons[0].new)} against {shortened(comparisons[0].old)}"
        return f"{shortened(suites[0])}: {sides}" if len(suites) == 1 else sides
    what = shortened(suites[0]) if len(suites) == 1 else "Benchmark results"
    where = (
        f" on {shortened(machines[0])}" if len(machines) == 1 else f" on {len(machines)} machines" if machines else ""
    )
    return f"{what}{where}"


def key_facts(sources: Sequence[Labelled]) -> list[str]:
    """What to know at first: of one source, or of all of them together."""
    facts = [source_facts(source) for source in sources]
    days = sorted({source.results.started.strftime("%Y-%m-%d") for source in sources if source.results.started})
    costs = [money.cost_usd if (money := source.results.money) else None for source in sources]
    known = [cost for cost in costs if cost is not None]
    places = {fact.place for fact in facts}
    one = facts[0] if len(facts) == 1 else None
    every = [
        one.count if one else f"{len(facts)} sources",
        *(places if len(places) == 1 else ()),
        one.started if one else " to ".join(dict.fromkeys([*days[:1], *days[-1:]])),
        one.price if one else "",
        f"cost ${math.fsum(known):.4f}" if known and len(known) == len(costs) else "",
    ]
    return [fact for fact in every if fact]


def endpoints(sources: Sequence[Labelled]) -> list[str]:
    """A sentence for each source whose EC2 was not AWS's own."""
    tools = [source.results.tool for source in sources]
    return told(sources, [[_ENDPOINT.format(tool.endpoint)] if tool and tool.endpoint else [] for tool in tools])


def told(sources: Sequence[Labelled], sentences: Sequence[Sequence[str]]) -> list[str]:
    """The sentences of each source, each with its source's label if there are several."""
    several = len(sources) > 1
    return [
        f"{shortened(source.label)}: {visible(sentence)}" if several else visible(sentence)
        for source, own in zip(sources, sentences, strict=True)
        for sentence in own
    ]
