"""The benchmarks of a page, each once, in the order of their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.results.labelled import Labelled
from benchmarks.text import natural
from benchmarks.web_page.compared_results import ComparedResults
from benchmarks.web_page.visible_text import visible

Key = tuple[str | None, str]  # target and id; ids are unique only within a target


@dataclass(frozen=True)
class BenchmarkList:
    """The place of each benchmark in the page's list, and the name by which the page tells it from the others."""

    places: Mapping[Key, int]
    names: tuple[str, ...]
    has_targets: bool  # whether there are several

    def data(self) -> list[dict[str, Any]]:
        """What the page's scripts need; an id that is the same as the name is left out."""
        return [
            {"name": name, "target": target, **({} if id == name else {"id": id})}
            for (target, id), name in zip(self.places, self.names, strict=True)
        ]


def benchmark_list(sources: Sequence[Labelled], comparisons: Sequence[ComparedResults]) -> BenchmarkList:
    """All benchmarks that were measured or compared."""
    keys = sorted({*_measured(sources), *_compared(comparisons)}, key=lambda key: (key[0] or "", natural(key[1])))
    times = Counter(id for _, id in keys)
    return BenchmarkList(
        places={key: place for place, key in enumerate(keys)},
        names=tuple(visible(f"{target}/{id}" if target and times[id] > 1 else id) for target, id in keys),
        has_targets=len({target for target, _ in keys}) > 1,
    )


def _measured(sources: Sequence[Labelled]) -> Iterable[Key]:
    return ((one.target, one.id) for source in sources for one in source.results.measurements)


def _compared(comparisons: Sequence[ComparedResults]) -> Iterable[Key]:
    return ((one.target, one.id) for comparison in comparisons for one in comparison.benchmarks)
