"""What is printed at the end of a run of several hosts: a row for each, what they cost together, and how to go on."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from benchmarks.launch import cost, remaining
from benchmarks.launch.cost import HostCost
from benchmarks.results import result_keys
from benchmarks.runs import attempts, host_outcomes, record_files, run_layout
from benchmarks.runs.host_outcomes import HostOutcome
from benchmarks.runs.records import Instance, Instances, Published, Terminated
from benchmarks.runs.result_records import Results
from benchmarks.sources.places import SCHEME
from benchmarks.terminal import rendering
from benchmarks.text import natural

_FEW = 60  # characters of what a row says of a failure
_UNKNOWN = "-"


@dataclass(frozen=True)
class Row:
    """A host of a run, with what is known of it."""

    outcome: HostOutcome
    instance: Instance | None
    results: Results | None
    cost: HostCost | None
    published: Published | None

    @property
    def instance_type(self) -> str:
        return self.outcome.launch.instance_type if self.outcome.launch else _UNKNOWN

    @property
    def measured(self) -> str:
        found = self.results
        if not (found and found.measurements):
            return _UNKNOWN
        count = str(len(found.measurements))
        if not found.partial:
            return count
        return f"{count} of {found.expected}" if found.expected else f"{count}, partial"

    @property
    def in_words(self) -> str:
        """What has become of it, in a few words."""
        if self.outcome.failure:
            return _few(self.outcome.failure)
        if self.outcome.has_succeeded:
            return "done"
        return "no results yet" if self.instance else "not launched"


def _rows(directory: Path, launched: Instances | None, terminated: Terminated) -> list[Row]:
    """The hosts of a run, sorted by type and by their number."""
    instances = {one.instance_id: one for one in launched.instances} if launched else {}
    found = [_row(directory, one, instances.get(one.host), terminated) for one in host_outcomes.of_run(directory)]
    return sorted(found, key=lambda row: (natural(row.instance_type), _number(row.outcome)))


def parts(directory: Path, launched: Instances | None, terminated: Terminated, told: str) -> Iterator[RenderableType]:
    """The table, why hosts have failed unless `told` says so, the cost, the places of the files, and commands."""
    found = _rows(directory, launched, terminated)
    yield _table(found)
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
    return Row(
        outcome,
        instance,
        record_files.recall(Results, attempt),
        cost.of_instance(outcome.launch, instance, terminated) if outcome.launch and instance else None,
        record_files.recall(Published, attempt),
    )


def _number(outcome: HostOutcome) -> int:
    return outcome.launch.host if outcome.launch else 0


def _folder(published: Published) -> str:
    """The folder of the run and the type, which has those of hosts and of their attempts."""
    run = result_keys.run_of(published.prefix)
    return f"{SCHEME}{published.bucket}/{run.key}" if run else published.uri


def _few(sentence: str) -> str:
    beginning = re.split(r": |\. |\n", sentence, maxsplit=1)[0].rstrip(".")
    return textwrap.shorten(beginning, _FEW, placeholder=" …")


def _table(found: Sequence[Row]) -> Table:
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for title, is_number in _COLUMNS.items():
        drawn.add_column(title, justify="right" if is_number else "left", overflow="fold", no_wrap=title == "host")
    for row in found:
        drawn.add_row(
            rendering.plain(row.outcome.host),
            rendering.plain(row.instance_type),
            rendering.plain(row.instance.zone if row.instance else _UNKNOWN),
            row.measured,
            row.cost.lasted if row.cost else _UNKNOWN,
            str(row.cost) if row.cost else _UNKNOWN,
            rendering.plain(row.in_words),
        )
    return drawn


_COLUMNS = {
    "host": False,
    "type": False,
    "zone": False,
    "measured": True,
    "time": True,
    "cost": True,
    "outcome": False,
}
