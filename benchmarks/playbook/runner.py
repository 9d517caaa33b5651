"""Carrying out a playbook for the user at the terminal: progress, signals, the end."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock
from rich.console import Console

from benchmarks.errors import FailedError, RefusedError
from benchmarks.parameters import region, request
from benchmarks.playbook import cleanup, command_line, playbook_process, signals
from benchmarks.runs import locks, parameters_file, run_directory


@dataclass(frozen=True)
class Job:
    """A playbook with its parameters, ready to be run."""

    run_id: str
    directory: Path
    command: command_line.Command
    undo: Callable[[], None]  # takes back what was written of the request, which has come to nothing
    after: cleanup.Aftermath
    lock: FileLock | None  # held as long as this is


def prepare(playbook: str, values: Mapping[str, Any]) -> Job:
    """Check what can be checked here, and write the parameters where Ansible reads them.

    Raises RefusedError, and SystemExit after a signal: nothing of the run is left then.
    """
    try:
        with signals.signals_raise("stopping"):
            return _prepare(playbook, values)
    except signals.SignalError as signal:
        print(cleanup.UNTOUCHED[playbook], file=sys.stderr, flush=True)
        raise SystemExit(128 + signal.number) from None


def _prepare(playbook: str, values: Mapping[str, Any]) -> Job:
    environment = dict(os.environ)
    if "region" in values:
        # What was asked for here holds for every child; only a plain ansible-playbook has to find them in agreement.
        environment = {key: value for key, value in environment.items() if key not in region.VARIABLES}
    settled = request.settle(playbook, values, environment)
    run_id, directory = run_directory.locate(values)
    written = {**values, "run_id": run_id, "runs_dir": str(directory.parent)}
    fresh = False

    def undo() -> None:
        # Of ending a run nothing is written, and another process may be carrying the run out.
        if playbook != "terminate":
            _leave_as_it_was(directory, fresh)

    try:
        # Of a directory that may not be entered that is not to be known either.
        fresh = not directory.exists()
        lock = _lock(directory) if playbook == "benchmark" else None
        parameters = _freeze(playbook, directory, written)
    except (OSError, signals.SignalError) as error:
        undo()
        if isinstance(error, OSError):
            raise run_directory.cannot_be_written(directory, error) from None
        raise
    chosen = settled.parameters["region"]
    terminal = sys.stdout.isatty()
    columns = shutil.get_terminal_size().columns
    built = command_line.playbook(playbook, parameters, chosen, terminal=terminal, columns=columns)
    # No markup: paths have brackets too.
    console = Console(stderr=True, highlight=False, markup=False)
    instances = cleanup.Instances(run_id, directory, chosen, console)
    after: Mapping[str, Callable[[], cleanup.Aftermath]] = {
        "setup": lambda: cleanup.AfterSetup(console),
        "terminate": lambda: cleanup.AfterEnding(instances),
        "benchmark": lambda: cleanup.AfterBenchmark(
            run_id=run_id,
            directory=directory,
            instances=None if settled.parameters["host"] else instances,
            keeps=settled.parameters["keep"],
            fresh=fresh,
            finish=command_line.playbook("finish", written, chosen, terminal=terminal, columns=columns),
            console=console,
        ),
    }
    return Job(run_id, directory, built, undo, after[playbook](), lock)


def _lock(directory: Path) -> FileLock:
    """The lock of a run, which neither another wrapper nor a playbook that has outlived its wrapper may hold."""
    lock = locks.hold(directory, locks.WRAPPER)
    locks.check(directory, locks.PLAYBOOK)
    return lock


def _freeze(playbook: str, directory: Path, values: Mapping[str, Any]) -> Path | Mapping[str, Any]:
    """The parameters as the playbook gets them: frozen in the run's directory, of which ending a run needs nothing."""
    if playbook == "terminate":
        return values
    parameters_file.freeze_parameters(directory, yaml.safe_dump(json.loads(json.dumps(values)), sort_keys=False))
    return directory / parameters_file.PARAMETERS


def _leave_as_it_was(directory: Path, fresh: bool) -> None:
    """Remove what was written of a request that came to nothing; what it was about before is what the run is about."""
    if fresh:
        shutil.rmtree(directory, ignore_errors=True)
    else:
        with suppress(OSError):
            parameters_file.settle_parameters(directory, accepted=False)


def run(job: Job) -> None:
    """Run the playbook to its end.

    A signal first of all ends the instances that carry the run's tag. Raises RefusedError where nothing was started,
    FailedError where the run failed (both have been told to the user by then), SystemExit after a signal.
    """
    playing = playbook_process.Playing(job.command)
    said = ""
    with signals.signals_raise(job.after.interrupted):
        try:
            job.after.console.print(f"Run {job.run_id}   {job.command}", style="dim", soft_wrap=True)
            sys.stdout.flush()
            with playing:
                code = playing.wait()
            if code:
                said = job.after.of_failure(code, playing.reached)
        except signals.SignalError as signal:
            job.after.of_signal(playing.reached)
            if not playing.reached.started:
                job.undo()
            raise SystemExit(128 + signal.number) from None
    if code and not playing.reached.started:
        job.undo()
        raise RefusedError(said)
    if code:
        raise FailedError(said)
