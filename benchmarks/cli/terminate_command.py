"""The command `./inv bench.terminate`: find the run that is named, end it, and say what is saved of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from rich.console import Console

from benchmarks.aws import session
from benchmarks.errors import RefusedError
from benchmarks.launch import left
from benchmarks.parameters import region
from benchmarks.playbook import runner
from benchmarks.run_list import asking, naming, recorded_runs, saved
from benchmarks.runs import named_run, run_directory, run_region
from benchmarks.runs.records import Values
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
    """The values with the id, and if it is here the region, of the run that the word `run` stands for.

    A word that stands for no run here is looked for among the tags of the user's instances, in the region given or the
    environment's. Raises RefusedError if it stands for none, or for several.
    """
    given = values.get("run")
    if not given or values.get("run_id") or values.get("expired"):
        return values  # what contradicts itself is refused as in every way in
    runs_dir = run_directory.locate_runs(values.get("runs_dir"))
    run_id = named_run.find(runs_dir, given, elsewhere=True)
    found = {**values, "run_id": run_id}
    del found["run"]
    if naming.is_here(runs_dir, run_id):
        known = run_region.recorded(runs_dir / run_id)
        found |= {"region": known.region} if known and not values.get("region") else {}
    else:
        chosen = region.check(values["region"]) if values.get("region") else region.choose(None, environment)
        answer = asking.ask(_connect(chosen), [chosen], [])
        found["run_id"] = naming.find(runs_dir, given, answer, f"{runs_dir} and {chosen}")
    if found["run_id"] != given:
        print(f"{given} is the run {found['run_id']}.", file=sys.stderr, flush=True)
    return found


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
        console.print(escaped(sentence))
