"""What is printed at the end of a run of several hosts: a row for each, what they cost together, and how to go on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from benchmarks.launch import cost, remaining
from benchmarks.launch.cost import HostCost
from benchmarks.results import result_keys
from benchmarks.runs import attempts, host_outcomes, record_files, run_layout
from benchmarks.runs.host_outcomes import HostOutcome
from benchmarks.runs.records import Build, Instance, Instances, Published, Terminated
from benchmarks.runs.result_records import Results
from benchmarks.sources.places import SCHEME
from benchmarks.terminal import plain_table, rendering
from benchmarks.terminal.plain_table import Column
from benchmarks.text import escaped, natural

_UNKNOWN = "-"


@dataclass(frozen=True)
class Row:
    """A host of a run, with what is known of it."""

    outcome: HostOutcome
    instance: Instance | None
    results: Results | None
    cost: HostCost | None
    published: Published | None
    never_measured: bool = False  # whether it was ended before anything could be measured

    @property
    def instance_type(self) -> str:
        return self.outcome.launch.instance_type if self.outcome.launch else _UNKNOWN

    @property
    def zone(self) -> str:
        return self.instance.zone if self.instance else _UNKNOWN

    @property
    def short_zone(self) -> str:
        """The zone from the number of its region on, since all hosts of a run are in one region: `1a`."""
        return re.sub(r"^[a-z-]+-(?=\d)", "", self.zone)

    @property
    def time(self) -> str:
        """Minutes and seconds that are billed."""
        return f"{int(self.cost.seconds // 60)}:{int(self.cost.seconds % 60):02}" if self.cost else _UNKNOWN

    @property
    def in_words(self) -> str:
        """What has become of it, in a few words. Why it has failed is told below the table."""
        count = len(self.results.measurements) if self.results else 0
        if not (self.results and count):
            return self._state
        some = f"{count} benchmark{'s' * (count != 1)}"
        if self.results.partial:
            return f"partial: {f'{count} of {self.results.expected}' if self.results.expected else some}"
        return f"{self._state}: {some}"

    @property
    def _state(self) -> str:
        if not self.instance:
            return "not launched"
        if self.outcome.failure:
            return f"failed in {self.outcome.failed_in}" if self.outcome.failed_in else "failed"
        if self.outcome.has_succeeded:
            return "done"
        return "ended before it measured" if self.never_measured else "no results yet"


@dataclass(frozen=True)
class _Table:
    """A row for each host, with as many columns as the width has room for. No line ends with blanks."""

    rows: Sequence[Row]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        layouts = (plain_table.lay_out([_COLUMNS[name] for name in names], self.rows) for names in _LAYOUTS)
        lines = next((one for one in layouts if one.width <= options.max_width), None)
        lines = lines or plain_table.lay_out([_COLUMNS[name] for name in _LAYOUTS[-1]], self.rows)
        yield Text(lines.heading, style="bold")
        yield from map(Text, lines.rows)


_COLUMNS: Mapping[str, Column[Row]] = {
    "host": Column("host", lambda row: escaped(row.outcome.host), number=False),
    "type": Column("type", lambda row: escaped(row.instance_type), number=False),
    "zone": Column("zone", lambda row: escaped(row.zone), number=False),
    "short zone": Column("zone", lambda row: escaped(row.short_zone), number=False),
    "time": Column("time", lambda row: row.time),
    "cost": Column("cost", lambda row: str(row.cost or _UNKNOWN)),
    "outcome": Column("outcome", lambda row: row.in_words, number=False),
}
# The widest first.
_LAYOUTS = (
    ("host", "type", "zone", "time", "cost", "outcome"),
    ("host", "type", "short zone", "time", "cost", "outcome"),
    ("host", "type", "time", "cost", "outcome"),
    ("host", "type", "cost", "outcome"),
    ("host", "type", "outcome"),
    ("host", "outcome"),
)


def _rows(directory: Path, launched: Instances | None, terminated: Terminated) -> list[Row]:
    """The hosts of a run, sorted by type and by their number."""
    instances = {one.instance_id: one for one in launched.instances} if launched else {}
    found = [_row(directory, one, instances.get(one.host), terminated) for one in host_outcomes.of_run(directory)]
    return sorted(found, key=lambda row: (natural(row.instance_type), _number(row.outcome)))


def parts(directory: Path, launched: Instances | None, terminated: Terminated, told: str) -> Iterator[RenderableType]:
    """The table, why hosts have failed unless `told` says so, the cost, the places of the files, and commands."""
    found = _rows(directory, launched, terminated)
    yield _Table(found)
    yield Text()
    reasons = host_outcomes.reasons([row.outcome for row in found])
    yield from (rendering.Hanging(rendering.plain(line)) for why, line in reasons.items() if why not in told)
    costs = [row.cost for row in found if row.cost]
    if costs:
        yield rendering.Hanging(Text(f"Cost      {cost.total(costs)}"))
    folders = dict.fromkeys(_folder(row.published) for row in found if row.published)
    yield from (Text(f"S3        {folder}") for folder in folders)
    measured = [row for row in found if row.results and row.results.measurements]
    if measured:
        yield Text(f"Numbers   {remaining.results_command(directory.name, directory)}")
    types = {row.instance_type for row in measured}
    if len(types) > 1:
        yield Text(f"Compare   {remaining.compare_command(directory.name, 'instance-type', directory)}")


def _row(directory: Path, outcome: HostOutcome, instance: Instance | None, terminated: Terminated) -> Row:
    host = run_layout.host(directory, outcome.host)
    attempt = run_layout.attempt(host, attempts.current(host))
    is_ended = bool(instance and instance.instance_id in terminated.times)
    return Row(
        outcome,
        instance,
        record_files.recall(Results, attempt),
        cost.of_instance(outcome.launch, instance, terminated) if outcome.launch and instance else None,
        record_files.recall(Published, attempt),
        is_ended and not (attempt / Build.FILE).exists(),
    )


def _number(outcome: HostOutcome) -> int:
    return outcome.launch.host if outcome.launch else 0


def _folder(published: Published) -> str:
    """The folder of the run and the type, which has those of hosts and of their attempts."""
    run = result_keys.run_of(published.prefix)
    return f"{SCHEME}{published.bucket}/{run.key}" if run else published.uri
