"""The command `./inv bench.types`: select the types, format them, print them."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from rich.console import Console
from rich.text import Text

from benchmarks.cli import pager
from benchmarks.errors import RefusedError
from benchmarks.parameters import region, spec
from benchmarks.picker import answers, formats, types_table
from benchmarks.picker.region_data import PARTS
from benchmarks.picker.types_table import Lines
from benchmarks.runs import files, run_directory
from benchmarks.runs.records import Values


def run(given: Values) -> None:
    """List the types that fit the given values, which are typed. Raises RefusedError if none does."""
    # A region given here overrides the environment; only with plain ansible-playbook must the two agree.
    chosen = region.choose(given.get("region"), {} if given.get("region") else os.environ)
    parameters = {**spec.with_defaults("types", given), "region": chosen}
    keeps = bool(given.keys() & {"run_id", "runs_dir"})
    answer = answers.answer(parameters, os.environ, datetime.now(UTC), parts=PARTS if keeps else None)
    if keeps:
        files.write_whole(run_directory.locate(given)[1] / answers.FILE, formats.as_json(answer))
    command = answers.bench_command(answer.best.type.name, given.get("region")) if answer.best else None
    output, wide = parameters["format"], parameters["wide"]
    if output == "table" and answer.choice.fitting and sys.stdout.isatty():
        lines = types_table.lay_out(answer.choice, wide=wide)
        shown = _styled(lines, answers.closing(answer, command), Console(highlight=False))
        pager.show(shown, lines.width, os.environ)
    else:
        pager.show(formats.text(answer, output, wide=wide, command=command), 0, os.environ)
    if output != "table":
        for problem in answers.problems(answer):
            print(problem, file=sys.stderr)
    if not answer.choice.fitting:
        raise RefusedError(answers.nothing_fits(answer))


def _styled(lines: Lines, closing: Sequence[str], terminal: Console) -> str:
    """The table and the sentences below it, in colour. Sentences are wrapped to the terminal, the table is not.

    Whole lines are styled: rich's Table takes more than a millisecond per row, so a second for a long list.
    """
    out = io.StringIO()
    console = Console(
        file=out,
        width=terminal.width,
        force_terminal=True,
        color_system=cast(Any, terminal.color_system),
        no_color=terminal.no_color,
        highlight=False,
    )
    best, *others = lines.rows
    for text, style in ((lines.heading, "bold"), ("─" * lines.width, "dim"), (best, "green")):
        console.print(Text(text, style=style), soft_wrap=True)
    out.write("".join(f"{line}\n" for line in (*others, "")))
    for sentence in closing:
        console.print(Text(sentence))
    return out.getvalue()
