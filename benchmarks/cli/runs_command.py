"""The command `./inv bench.runs`: ask what there is, then print the list of runs."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks import hints
from benchmarks.aws import session
from benchmarks.cli import pager
from benchmarks.errors import RefusedError
from benchmarks.parameters import region, request, spec
from benchmarks.run_list import asking, listing, recorded_runs, rows, states
from benchmarks.run_list.asking import Answer
from benchmarks.run_list.hosts import UNKNOWN
from benchmarks.run_list.listing import ListedRun
from benchmarks.run_list.recorded_runs import RecordedRun
from benchmarks.run_list.rows import Row
from benchmarks.runs import run_directory, run_words
from benchmarks.runs.records import Preflight, Values
from benchmarks.terminal import plain_table
from benchmarks.text import escaped

# S3 and STS answer for all regions of a partition.
_ANY_REGION = "us-east-1"


def run(given: Values) -> None:
    """Print the list of runs. Raises RefusedError for an unknown region; what AWS does not tell is said."""
    parameters = spec.with_defaults("runs", given)
    runs_dir = run_directory.locate_runs(parameters["runs_dir"])
    recorded = list(recorded_runs.all_in(runs_dir))
    answer = _ask(parameters, recorded, os.environ)
    now = datetime.now(UTC)
    listed = listing.put_together(recorded, answer, now, all_owners=parameters["all_owners"])
    chosen = rows.chosen(listed, all_runs=parameters["all"])
    found = rows.of(chosen, now)
    told = [*answer.unknown, *_not_asked(recorded, answer), *_damaged(runs_dir)]
    if parameters["format"] == "json":
        sys.stdout.write(rows.as_json(found, told))
        return
    if parameters["format"] == "names":
        sys.stdout.write(rows.as_names(found))
        for sentence in told:
            print(escaped(sentence), file=sys.stderr)
        return
    _print_table(found, [*_closing(found, listed, runs_dir), *told], list(_commands(found, runs_dir)))


def _ask(parameters: Values, recorded: Sequence[RecordedRun], environment: Mapping[str, str]) -> Answer:
    """What AWS tells: of the regions and the bucket given, or of those that runs here name and the user's own."""
    if parameters["region"]:
        regions = own = request.regions(parameters, {})
    else:
        try:
            configured = region.of_environment(environment)
            own = (region.check(configured),) if configured else ()
        except RefusedError as error:
            return asking.nothing(str(error))
        named = (one.region for one in recorded)
        regions = tuple(dict.fromkeys([*own, *filter(None, named)]))
    if parameters["bucket"]:
        buckets, default_in = [parameters["bucket"]], None
    else:
        places = (one.plan.destination.bucket for one in recorded if one.plan.destination)
        buckets, default_in = list(dict.fromkeys(places)), next(iter(own), None)
    main = next(iter(regions), _ANY_REGION)
    connect = session.connector(main, attempts=asking.ATTEMPTS, connect_timeout=asking.CONNECT_TIMEOUT)
    answer = asking.ask(connect, regions, buckets, default_in)
    if regions or not answer.account:
        return answer
    return replace(answer, unknown=(*answer.unknown, f"EC2 is not asked for instances. {region.MISSING}"))


def _not_asked(recorded: Sequence[RecordedRun], answer: Answer) -> Iterator[str]:
    """A sentence on the runs that may have instances where AWS has answered for another account, region or endpoint."""
    left = sorted(run.run_id for run in recorded if run.not_ended and not listing.is_asked(run, answer))
    if left and answer.account:
        yield (
            f"What became of the instances of {run_words.some(left)} is not known: they were launched in a region, "
            "account or sandbox that was not asked. Use its credentials and --region."
        )


def _damaged(runs_dir: Path) -> Iterator[str]:
    if left := recorded_runs.damaged(runs_dir):
        yield f"Not everything is known of {run_words.some(left)}, since {Preflight.FILE} there cannot be read."


def _print_table(found: Sequence[Row], closing: Sequence[str], commands: Sequence[str]) -> None:
    closing = [escaped(sentence) for sentence in closing]
    if not found:
        Console(highlight=False, markup=False, soft_wrap=not sys.stdout.isatty()).print("\n".join(closing))
        return
    if sys.stdout.isatty():
        terminal = Console(highlight=False)
        lines = rows.table(found, terminal.width)
        costing = sum(row.run.may_cost for row in found)
        shown = plain_table.styled(lines, closing, terminal, first="yellow", marked=costing, commands=commands)
        pager.show(shown, lines.width, os.environ)
    else:
        lines = rows.table(found, None)
        print("\n".join((lines.heading, *lines.rows, "", *closing, *commands)))


def _closing(found: Sequence[Row], listed: Sequence[ListedRun], runs_dir: Path) -> Iterator[str]:
    """What is to be said below the table: which instances cost money, and how much is not shown."""
    if not found:
        yield f"There is no run in {runs_dir} yet, and none is known elsewhere."
        return
    for row in found:
        for host in row.run.hosts:
            if host.may_cost(row.now):
                yield f"{row.run.run_id}: {host}"
    costing = sum(run.may_cost for run in listed)
    sure = all(host.state != UNKNOWN for run in listed if run.may_cost for host in run.hosts)
    verb = "may cost" if not sure else "costs" if costing == 1 else "cost"
    hidden = len(listed) - len(found)
    more = f" --all shows {hidden} more." if hidden else ""
    count = f"{len(listed)} {'run' if len(listed) == 1 else 'runs'}"
    yield f"{count}, of which {costing or 'none'} {verb if costing else 'costs'} money now; the latest first.{more}"


def _commands(found: Sequence[Row], runs_dir: Path) -> Iterator[str]:
    """How to go on with the first run of each kind, as command lines."""
    place = "" if runs_dir == run_directory.default_directory() else f" --runs-dir {shlex.quote(str(runs_dir))}"
    detached = next((row.run for row in found if row.state == states.DETACHED and row.run.recorded), None)
    costing = next((row.run for row in found if row.run.may_cost), None)
    here = next((r.run for r in found if r.run.recorded and r.run.recorded.outcome.has_results), None)
    in_s3 = next((row.run for row in found if row.only_in_s3), None)
    if detached:
        yield f"To follow it again: {hints.command_line(f'bench.attach {detached.run_id}{place}')}"
    if costing:
        yield f"To end it: {_end(costing, place)}"
    if here:
        yield f"To see results: {hints.command_line(f'bench.results {here.run_id}{place}')}"
    elif in_s3:
        bucket = shlex.quote(in_s3.folders[0].bucket)
        yield f"To see results: {hints.command_line(f'bench.results --bucket {bucket} {in_s3.run_id}')}"


def _end(run: ListedRun, place: str) -> str:
    # A run that is known here has its region on record.
    where = place if run.recorded else f" --region {run.hosts[0].region}"
    return hints.command_line(f"bench.terminate {shlex.quote(escaped(run.run_id))}{where}")
