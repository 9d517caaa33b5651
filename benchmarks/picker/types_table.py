"""The picker's table: seven columns that fit into 80 characters, or all columns."""

from __future__ import annotations

from benchmarks.aws.instance_types import Offer
from benchmarks.picker.selection import Choice, Criteria
from benchmarks.terminal import plain_table
from benchmarks.terminal.plain_table import Lines

Column = plain_table.Column[Offer]

UNKNOWN = "\N{EN DASH}"


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


def lay_out(choice: Choice, *, wide: bool = False) -> Lines:
    """The table of the types that fit, best fit first."""
    return plain_table.lay_out(columns(choice.criteria, wide), choice.fitting)
