"""Carrying out a playbook for the user at the terminal: progress, signals, the end."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from benchmarks import aws, child, command, ending, invocation, region, request, runs
from benchmarks.errors import FailedError, RefusedError

# How long after an interruption an instance may still turn up that was being launched at that moment.
LATECOMERS = 10.0  # seconds


@dataclass(frozen=True)
class Job:
    """A playbook with its parameters, ready to be run."""

    playbook: str
    run_id: str
    directory: Path
    region: str | None
    command: command.Command
    fresh: bool  # whether the run's directory was made by this process


def prepare(playbook: str, values: Mapping[str, Any]) -> Job:
    """Check what can be checked here, and write the parameters where Ansible reads them. Raises RefusedError."""
    environment = dict(os.environ)
    if "region" in values:
        # What was asked for here holds for every child; only a plain ansible-playbook has to find them in agreement.
        environment = {key: value for key, value in environment.items() if key not in region.VARIABLES}
    settled = request.settle(playbook, values, environment)
    run_id, directory = runs.locate(values)
    written = {**values, "run_id": run_id, "runs_dir": str(directory.parent)}
    parameters = directory / runs.parameters_file(playbook)
    try:
        fresh = not directory.exists()
        directory.mkdir(parents=True, exist_ok=True)
        parameters.write_text(yaml.safe_dump(json.loads(json.dumps(written)), sort_keys=False))
    except OSError as error:
        raise runs.cannot_be_written(directory, error) from None
    chosen = settled.parameters["region"]
    terminal = sys.stdout.isatty()
    built = command.playbook(
        playbook, parameters, chosen, terminal=terminal, columns=shutil.get_terminal_size().columns
    )
    return Job(playbook, run_id, directory, chosen, built, fresh)


def run(job: Job, *, launches: bool = False) -> None:
    """Run the playbook to its end.

    With `launches`, a signal first of all ends the instances that carry the run's tag. Raises RefusedError where
    nothing was started, FailedError where the run failed (both have been told to the user by then), SystemExit after a
    signal.
    """
    # No markup: paths have brackets too.
    console = Console(stderr=True, highlight=False, markup=False)
    console.print(f"Run {job.run_id}   {job.command}", style="dim", soft_wrap=True)
    sys.stdout.flush()
    # The path of a socket is short or refused: a directory below a long home would not do for those of ssh.
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as sockets, child.signals_raise():
        process = None
        try:
            environment = {**job.command.environment, "ANSIBLE_SSH_CONTROL_PATH_DIR": sockets}
            process = child.start(replace(job.command, environment=environment))
            code = process.wait()
        except child.SignalError as signal:
            console.print(f"\n{signal}: ending the run …")
            if process:
                child.end(process)
            if launches and job.region:
                _end_instances(job, console)
            raise SystemExit(128 + signal.number) from None
    if code:
        _fail(job)


def _end_instances(job: Job, console: Console) -> None:
    assert job.region
    try:
        ec2 = aws.connector(job.region)("ec2")
        ended = ending.end_with_latecomers(ec2, job.run_id, job.directory, LATECOMERS)
        console.print(f"Ended {', '.join(ended)}; nothing of the run is left." if ended else "The run had no instance.")
    except aws.ERRORS as error:
        by_hand = invocation.line(f"bench.terminate --run-id {job.run_id}")
        console.print(f"{aws.sentence(error)} Look after the run's instances: {by_hand}")


def _fail(job: Job) -> None:
    """Raise what the end of a playbook that failed means; its sentence has been shown already."""
    stages = runs.read_record(job.directory, "stages.json") or {}
    if stages.get("preflight", {}).get("failed") or not (stages or runs.failures(job.directory)):
        if job.fresh:
            shutil.rmtree(job.directory)
        raise RefusedError("Nothing was launched.")
    raise FailedError(f"The run failed; what there is of it is in {job.directory}")
