"""The command `./inv bench.terminate`: find the run that is named, end it, and say what is saved of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from benchmarks.aws import session
from benchmarks.errors import RefusedError
from benchmarks.launch import left
from benchmarks.parameters import region
from benchmarks.playbook import runner
from benchmarks.run_list import asking, naming, recorded_runs, saved
from benchmarks.runs import named_run, run_directory, run_region, run_words
from benchmarks.runs.records import Values
from benchmarks.terminal.rendering import Said
from benchmarks.text import escaped


def run(values: Values) -> None:
    """End a run's instances, or all that have expired.

    Raises RefusedError, also for a run on a machine of the user's own, FailedError, and SystemExit after a signal.
    """
    values = named(values, os.environ)
    _refuse_own_machine(values)
    runner.run(runner.prepare("terminate", values))
    if values.get("run_id"):
        _show_saved(values)


def named(values: Values, environment: Mapping[str, str]) -> Values:
    """The values with the id, and if that is known the region, of the run that the word `run` stands for.

    Unless it is the whole id of a run here, or `latest`, EC2 is asked in the region given, or in those of the
    environment and of the run here whose id starts so: a whole id is never taken for the start of another.
    Raises RefusedError if it stands for none, or for several.
    """
    given = values.get("run")
    if not given or values.get("run_id") or values.get("expired"):
        return values  # what contradicts itself is refused as in every way in
    runs_dir = run_directory.locate_runs(values.get("runs_dir"))
    run_id = named_run.find(runs_dir, given, elsewhere=True)
    known = run_region.recorded(runs_dir / run_id)
    where = known.region if known else None
    # What is on a machine of the user's own is not ended, so that nothing else can be meant to.
    if not (_is_certain(runs_dir, given, run_id) or left.of_own_machine(runs_dir / run_id)):
        regions = [region.check(values["region"])] if values.get("region") else _regions(where, environment)
        answer = asking.ask(_connect(regions[0]), regions, [])
        found = naming.find(runs_dir, given, answer, " and ".join([str(runs_dir), *regions]))
        where = where if found == run_id and where else naming.region(found, answer)
        run_id = found
    if run_id != given:
        print(f"{given} is the run {run_id}.", file=sys.stderr, flush=True)
    others = {name: value for name, value in values.items() if name != "run"}
    return {**({"region": where} if where else {}), **others, "run_id": run_id}


def _is_certain(runs_dir: Path, word: str, run_id: str) -> bool:
    """Whether a word stands for this run here, whatever runs there are elsewhere."""
    return naming.is_here(runs_dir, run_id) and (word == run_id or run_words.back(word) is not None)


def _regions(recorded: str | None, environment: Mapping[str, str]) -> list[str]:
    """Where to ask: the region of a run here, and the environment's. Raises RefusedError if there is neither."""
    try:
        chosen = region.choose(None, environment)
    except RefusedError:
        if recorded is None:
            raise
        return [recorded]
    return list(dict.fromkeys(filter(None, [recorded, chosen])))


def _refuse_own_machine(values: Values) -> None:
    run_id = values.get("run_id")
    if run_id and (own := left.of_own_machine(run_directory.locate_runs(values.get("runs_dir")) / run_id)):
        raise RefusedError(own)


def _connect(chosen: str) -> session.Connect:
    return session.connector(chosen, attempts=asking.ATTEMPTS, connect_timeout=asking.CONNECT_TIMEOUT)


def _show_saved(values: Values) -> None:
    runs_dir = run_directory.locate_runs(values.get("runs_dir"))
    recorded = recorded_runs.of(runs_dir / values["run_id"])
    place = recorded.plan.destination if recorded else None
    try:
        chosen = values.get("region") or region.choose(None, os.environ)
        buckets = [place.bucket] if place else []
        answer = asking.ask(_connect(chosen), [], buckets, None if place else chosen)
    except RefusedError as error:
        answer = asking.nothing(str(error))
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for sentence in saved.sentences(values["run_id"], recorded, answer):
        console.print(Said(escaped(sentence)))
