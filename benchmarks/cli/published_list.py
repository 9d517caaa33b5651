"""Prints the list of published runs, the latest first."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence

from rich.console import Console

from benchmarks import hints
from benchmarks.cli import pager
from benchmarks.results.result_keys import RunFolder
from benchmarks.sources.places import SCHEME
from benchmarks.sources.published_runs import PublishedRuns
from benchmarks.terminal import plain_table
from benchmarks.terminal.plain_table import Column
from benchmarks.text import escaped

_COLUMNS: tuple[Column[RunFolder], ...] = (
    Column("run", lambda run: escaped(run.run_id), number=False),
    Column("started (UTC)", lambda run: f"{run.started:%Y-%m-%d %H:%M}", number=False),
    Column("suite", lambda run: escaped(run.suite), number=False),
    Column("instance type", lambda run: escaped(run.machine), number=False),
    Column("cores", lambda run: str(run.cores or "")),
    Column("ref", lambda run: escaped(run.ref or ""), number=False),
)


def show(published: PublishedRuns) -> None:
    """Print the runs, in the pager if they exceed the screen, and how to see their results."""
    lines = plain_table.lay_out(_COLUMNS, published.folders)
    count, ids = len(published.runs), list(dict.fromkeys(run.run_id for run in published.folders))
    closing = [f"{count} {'run' if count == 1 else 'runs'} in {SCHEME}{published.bucket}, the latest first."]
    commands = _commands(published.bucket, ids)
    if sys.stdout.isatty():
        shown = plain_table.styled(lines, closing, Console(highlight=False), commands=commands)
        pager.show(shown, lines.width, os.environ)
    else:
        print("\n".join((lines.heading, *lines.rows, "", *closing, *commands)))


def _commands(name: str, ids: Sequence[str]) -> list[str]:
    bucket = f"--bucket {shlex.quote(name)}"
    show = hints.command_line(f"bench.results {bucket} {ids[0]}")
    compare = hints.command_line(f"bench.compare {bucket} {' '.join(ids[1::-1])}")
    return [
        f"Results of one: {show}",
        *([f"Compare two:    {compare}"] if len(ids) > 1 else []),
    ]
