"""The command `./inv bench.types`: select the types, format them, print them."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from rich.console import Console

from benchmarks.cli import pager
from benchmarks.errors import RefusedError
from benchmarks.parameters import region, spec
from benchmarks.picker import answers, formats, types_table
from benchmarks.picker.region_data import PARTS
from benchmarks.runs import files, run_directory
from benchmarks.runs.records import Values
from benchmarks.terminal import plain_table


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
        shown = plain_table.styled(lines, answers.closing(answer, command), Console(highlight=False), first="green")
        pager.show(shown, lines.width, os.environ)
    else:
        pager.show(formats.text(answer, output, wide=wide, command=command), 0, os.environ)
    if output != "table":
        for problem in answers.problems(answer):
            print(problem, file=sys.stderr)
    if not answer.choice.fitting:
        raise RefusedError(answers.nothing_fits(answer))
