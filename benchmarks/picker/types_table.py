"""The picker's table: seven columns that fit into 80 characters, or all columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.aws.instance_types import Offer
from benchmarks.picker.selection import Choice, Criteria

UNKNOWN = "\N{EN DASH}"


@dataclass(frozen=True)
class Column:
    """A column: its heading, its cells, and whether they are numbers."""

    title: str
    cell: Callable[[Offer], str]
    number: bool = True


def _dollars(price: float | None) -> str:
    return UNKNOWN if price is None else f"{price:.4f}"


def _processor(offer: Offer) -> str:
    clock = f"{offer.type.clock:g} GHz" if offer.type.clock else ""
    return " ".join(filter(None, (offer.type.manufacturer, clock))) or UNKNOWN


def columns(asked: Criteria, wide: bool) -> tuple[Column, ...]:
    """The columns for a request. A spot request shows the spot price in place of the on-demand price."""
    on_demand = Column("$/h on demand", lambda o: _dollars(o.on_demand))
    spot = Column("$/h spot", lambda o: _dollars(asked.spot_price(o)))
    narrow = (
        Column("Type", lambda o: o.type.name, number=False),
        Column("Cores", lambda o: str(o.type.cores)),
        Column("vCPU", lambda o: str(o.type.vcpus)),
        Column("Mem GiB", lambda o: f"{round(o.type.memory / 1024, 2):g}"),
        Column("Arch", lambda o: o.type.architecture, number=False),
        spot if asked.spot else on_demand,
        Column("$/core-h", lambda o: _dollars(asked.price_per_core(o))),
    )
    if not wide:
        return narrow
    return (
        *narrow,
        Column("Mem MiB", lambda o: str(o.type.memory)),
        Column("Threads/core", lambda o: str(o.type.threads_per_core)),
        Column("Processor", _processor, number=False),
        on_demand if asked.spot else spot,
        Column("Local disk", lambda o: f"{o.type.local_disk} GB" if o.type.local_disk else UNKNOWN),
        Column("Network", lambda o: o.type.network or UNKNOWN, number=False),
        Column("Burstable", lambda o: "yes" if o.type.burstable else "no", number=False),
        Column("Zones", lambda o: " ".join(o.zones) or UNKNOWN, number=False),
    )


@dataclass(frozen=True)
class Lines:
    """The lines of a table: the heading, and one per type, best fit first."""

    heading: str
    rows: tuple[str, ...]

    @property
    def width(self) -> int:
        """The length of the longest line, in characters."""
        return max(map(len, (self.heading, *self.rows)))


def lay_out(choice: Choice, *, wide: bool = False) -> Lines:
    """The table as lines of plain text of any width, with two spaces between columns."""
    shown = columns(choice.criteria, wide)
    cells = [[column.title for column in shown]]
    cells += [[column.cell(offer) for column in shown] for offer in choice.fitting]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    heading, *rows = (
        "  ".join(
            cell.rjust(width) if column.number else cell.ljust(width)
            for cell, width, column in zip(line, widths, shown, strict=True)
        ).rstrip()
        for line in cells
    )
    return Lines(heading, tuple(rows))
