"""The rows of the list of runs, and the list as a table, as JSON and as names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.errors import RefusedError
from benchmarks.run_list import hosts, states
from benchmarks.run_list.hosts import Cost
from benchmarks.run_list.listing import ListedRun
from benchmarks.run_list.recorded_runs import Progress
from benchmarks.runs import run_id
from benchmarks.sources import at_once
from benchmarks.terminal import plain_table
from benchmarks.terminal.plain_table import Column, Lines
from benchmarks.text import escaped

MOST_TYPES = MOST_INSTANCES = 2  # that are named
SHOWN = 20  # runs that are over, unless all are asked for


@dataclass(frozen=True)
class Row:
    """A run as it is shown."""

    run: ListedRun
    state: str
    cost: Cost | None
    now: datetime
    only_in_s3: bool = False  # whether S3 has results of it, and there are none here
    progress: Progress | None = None  # of a run of several hosts whose directory is here


def chosen(runs: Sequence[ListedRun], *, all_runs: bool) -> list[ListedRun]:
    """The runs to show: all that may cost money, and of the others, which come after them, the first SHOWN."""
    costing = [run for run in runs if run.may_cost]
    over = runs[len(costing) :]
    return [*costing, *(over if all_runs else over[:SHOWN])]


def of(runs: Sequence[ListedRun], now: datetime) -> list[Row]:
    """The rows of runs. S3 is asked whether it has results of those that have none here."""
    in_s3 = at_once.each_of(runs, _are_only_in_s3, "Looking for results")
    return [
        Row(
            run,
            states.of(run, has_results_in_s3=has),
            hosts.cost(run.hosts, now),
            now,
            has,
            run.recorded.progress if run.recorded else None,
        )
        for run, has in zip(runs, in_s3, strict=True)
    ]


def _are_only_in_s3(run: ListedRun) -> bool:
    here = run.recorded
    if not run.folders or (here and (here.outcome.has_results or here.is_published)):
        return False
    try:
        return any(folder.has_results() for folder in run.folders)
    except RefusedError:
        return True  # something is in a folder that was listed a moment ago


def as_names(rows: Sequence[Row]) -> str:
    """The ids, one a line, for a script. What is no id is left out: whoever may tag instances can write anything."""
    return "".join(f"{row.run.run_id}\n" for row in rows if run_id.is_valid(row.run.run_id))


def as_json(rows: Sequence[Row], unknown: Sequence[str]) -> str:
    """The rows and what could not be asked. Times are UTC, and what is not known is null."""
    return json.dumps({"runs": [_plain(row) for row in rows], "unknown": list(unknown)}, indent=2) + "\n"


def _plain(row: Row) -> Mapping[str, Any]:
    run, cost, far = row.run, row.cost, row.progress
    return {
        "run_id": run.run_id,
        "state": row.state,
        "may_cost_money": run.may_cost,
        "suite": run.suite or None,
        "machine": ", ".join(run.machines) or None,
        "started": _time(run.started),
        "owner": run.owner,
        "cost_usd": cost.usd if cost and not cost.at_most else None,
        "cost_usd_at_most": cost.usd if cost and cost.at_most else None,
        "switches_off": _time(run.expires),
        "hosts": {"all": far.hosts, "done": far.done, "failed": far.failed, "waiting": far.waiting} if far else None,
        "instances": [
            {
                "id": host.instance_id,
                "type": host.instance_type,
                "region": host.region,
                "state": host.state,
                "launched": _time(host.launched),
                "ended": _time(host.ended),
                "usd_per_hour": host.usd_per_hour,
                "switches_off": _time(host.expires),
            }
            for host in run.hosts
        ],
        "directory": str(run.recorded.directory) if run.recorded else None,
        "s3": [folder.uri for folder in run.folders],
    }


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def table(rows: Sequence[Row], width: int | None) -> Lines:
    """The rows as a table. What can be left out is, from the right, until it fits `width` columns, if that is given."""
    laid_out = plain_table.lay_out(COLUMNS, rows)
    for last in range(len(COLUMNS) - 1, NEEDED - 1, -1):
        if width is None or laid_out.width <= width:
            break
        laid_out = plain_table.lay_out(COLUMNS[:last], rows)
    return laid_out


def _state(row: Row) -> str:
    """The state, and of a run of several hosts how many are done, unless all are; while it goes on, also the others."""
    far = row.progress
    if not far or far.done == far.hosts:
        return row.state
    recorded = row.run.recorded
    # In a run that is over nobody waits, and who is not done has failed.
    goes_on = row.run.may_cost or (recorded and recorded.is_followed)
    others = {"failed": far.failed, "waiting": far.waiting} if goes_on else {}
    counts = [f"{count} {what}" for what, count in others.items() if count]
    return ", ".join([row.state, f"{far.done} of {far.hosts} done", *counts])


def _machine(row: Row) -> str:
    types = row.run.machines
    return ", ".join(types) if len(types) <= MOST_TYPES else f"{len(types)} types"


def _instances(row: Row) -> str:
    ids = [host.instance_id for host in row.run.hosts]
    return " ".join(ids) if len(ids) <= MOST_INSTANCES else f"{len(ids)} instances"


def _cost(row: Row) -> str:
    if not row.cost:
        return ""
    return f"{'≤' if row.cost.at_most else ''}${row.cost.usd:.{2 if row.cost.usd >= 1 else 3}f}"


def _off(row: Row) -> str:
    return f"{row.run.expires:%Y-%m-%d %H:%M}" if row.run.expires else ""


def age(started: datetime | None, now: datetime) -> str:
    """How long ago something was, in its largest unit."""
    if started is None:
        return ""
    passed = now - started
    if passed < timedelta(minutes=100):
        return f"{max(0, int(passed.total_seconds() // 60))} min"
    if passed < timedelta(hours=48):
        return f"{int(passed.total_seconds() // 3600)} h"
    return f"{passed.days} d"


COLUMNS: tuple[Column[Row], ...] = (
    Column("run", lambda row: escaped(row.run.run_id), number=False),
    Column("state", _state, number=False),
    Column("suite", lambda row: escaped(row.run.suite), number=False),
    Column("machine", lambda row: escaped(_machine(row)), number=False),
    Column("age", lambda row: age(row.run.started, row.now)),
    Column("cost", _cost),
    Column("off by (UTC)", _off, number=False),
    Column("instances", _instances, number=False),
)
NEEDED = 6  # columns that are always shown
