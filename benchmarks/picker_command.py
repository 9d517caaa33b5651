"""What `./inv bench.types` does: answer, render, print."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from rich.console import Console
from rich.text import Text

from benchmarks import interface, picker_answer, picker_formats, picker_pager, picker_table, region, runs
from benchmarks.errors import RefusedError
from benchmarks.picker_answer import Answer
from benchmarks.picker_data import PARTS
from benchmarks.picker_table import Lines


def run(given: Mapping[str, Any]) -> None:
    """List the types that fit the typed values given. Raises RefusedError where none does."""
    # A region that is given holds whatever the environment says; only a plain ansible-playbook must find them agreeing.
    chosen = region.choose(given.get("region"), {} if given.get("region") else os.environ)
    parameters = {**interface.with_defaults("types", given), "region": chosen}
    keeps = bool(given.keys() & {"run_id", "runs_dir"})
    answer = picker_answer.answer(parameters, os.environ, datetime.now(UTC), parts=PARTS if keeps else None)
    if keeps:
        runs.write_record(runs.locate(given)[1], picker_answer.RECORD, picker_answer.record(answer))
    command = picker_answer.bench_command(answer.best.type.name, given.get("region")) if answer.best else None
    output, wide = parameters["format"], parameters["wide"]
    if output == "table" and answer.choice.fitting and sys.stdout.isatty():
        lines = picker_table.lay_out(answer.choice, wide=wide)
        shown = _styled(lines, picker_answer.closing(answer, command), Console(highlight=False))
        picker_pager.show(shown, lines.width, os.environ)
    else:
        picker_pager.show(render(answer, output, wide=wide, command=command), 0, os.environ)
    if output != "table":
        for problem in picker_answer.problems(answer):
            print(problem, file=sys.stderr)
    if not answer.choice.fitting:
        raise RefusedError(picker_answer.nothing_fits(answer))


def render(answer: Answer, output: str, *, wide: bool, command: str | None) -> str:
    """The answer as text without markup, in an output format."""
    if output == "json":
        return picker_formats.as_json(answer)
    if output == "csv":
        return picker_formats.as_csv(answer)
    if output == "names":
        return picker_formats.as_names(answer)
    if not answer.choice.fitting:
        return ""
    lines = picker_table.lay_out(answer.choice, wide=wide)
    return "\n".join([lines.heading, *lines.rows, "", *picker_answer.closing(answer, command), ""])


def _styled(lines: Lines, closing: Sequence[str], terminal: Console) -> str:
    """The table and its sentences in the terminal's colours; sentences are wrapped at its width, the table never is.

    Its lines are styled whole: rich's own Table takes more than a millisecond a row, a second for a long list.
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
