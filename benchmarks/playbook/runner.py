"""Running a playbook for the user at the terminal: checks, progress, signals, cleanup."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from filelock import FileLock
from rich.console import Console

from benchmarks.aws import credentials
from benchmarks.aws.aws_errors import refusing
from benchmarks.errors import RefusedError
from benchmarks.parameters import attaching, region, request
from benchmarks.playbook import cleanup, command_line, playbook_process, run_end, signals, stages, unmounted
from benchmarks.runs import before_plan, events, locks, parameters_file, run_directory
from benchmarks.runs.event_records import Signalled
from benchmarks.runs.records import Values
from benchmarks.terminal.rendering import Said


@dataclass(frozen=True)
class Job:
    """A playbook with its parameters, ready to be run."""

    run_id: str
    directory: Path
    command: command_line.Command
    undo: Callable[[], None]  # removes what was written for a request that was not carried out
    after: cleanup.Cleanup
    lock: FileLock | None  # held for the life of the job
    is_dry: bool  # whether it ends with its plan
    has_run: bool = True  # False if it is about no run of its own
    # What says that the run goes on: first the way back, then what has to be asked for. Empty if it cannot go on.
    leave: Sequence[Callable[[stages.Reached], None]] = ()
    may_leave: Callable[[], bool] = lambda: True  # whether what it measures is not lost then
    warning: str = ""  # said before it, and again if it leaves the run as it was asked to

    @property
    def title(self) -> str:
        return f"Run {self.run_id}   " if self.has_run else ""


def prepare(playbook: str, values: Values) -> Job:
    """Check what can be checked without Ansible, and write the request where Ansible reads it.

    Raises RefusedError, and SystemExit after a signal. Nothing of the run is left then.
    """
    try:
        with signals.signals_raise("stopping"):
            return _prepare(playbook, values)
    except signals.SignalError as signal:
        print(cleanup.NOTHING_DONE[playbook], file=sys.stderr, flush=True)
        raise SystemExit(128 + signal.number) from None


def _prepare(playbook: str, values: Values) -> Job:
    environment = dict(os.environ)
    if "region" in values:
        # A region given here is set for all children; only with plain ansible-playbook must the two agree.
        environment = {key: value for key, value in environment.items() if key not in region.VARIABLES}
    # Only to refuse early what preflight would refuse; preflight itself records the resolved parameters.
    resolved = request.resolve(playbook, values, environment)
    if resolved.uses_aws:
        with refusing():
            credentials.settle()
    run_id, directory = run_directory.locate(values)
    if playbook == "benchmark":
        # It is written again, so that it is not lost if this process is killed too.
        values = attaching.asked(values, directory)
    asked = {**values, "run_id": run_id, "runs_dir": str(directory.parent)}
    fresh = False
    lock: FileLock | None = None
    written: parameters_file.Request | None = None

    def undo() -> None:
        if fresh:
            shutil.rmtree(directory, ignore_errors=True)
        elif written:
            written.withdraw()
            with suppress(OSError):
                parameters_file.refuse(directory)
                if lock:
                    before_plan.restore(directory)

    try:
        # Terminating writes nothing, since another process may be running the run.
        if playbook != "terminate":
            # In the try block, since this fails too if a parent directory cannot be entered.
            fresh = not directory.exists()
            lock = _lock(directory) if playbook == "benchmark" else None
            if lock:
                before_plan.drop(directory)
            written = parameters_file.Request(directory)
        parameters = written.write(asked) if written else values
    except (OSError, signals.SignalError) as error:
        undo()
        if isinstance(error, OSError):
            raise run_directory.cannot_be_written(directory, error) from None
        raise
    chosen = resolved.parameters["region"]
    terminal = sys.stdout.isatty()
    columns = shutil.get_terminal_size().columns
    verbose = command_line.is_verbose(os.environ)
    command = partial(command_line.playbook, aws_region=chosen, terminal=terminal, columns=columns, verbose=verbose)
    # What is brought back is not left to itself.
    finishing = {name: value for name, value in asked.items() if name != "detach"}
    # No markup: paths may contain brackets.
    console = Console(stderr=True, highlight=False, markup=False)
    instances = cleanup.Instances(run_id, directory, chosen, console)
    is_unmounted = unmounted.is_unmounted(directory)
    after: Mapping[str, Callable[[], cleanup.Cleanup]] = {
        "teardown": lambda: cleanup.after_teardown(console),
        "setup": lambda: cleanup.after_setup(console, bool(resolved.parameters["yes"])),
        "terminate": lambda: (
            cleanup.after_expired(console) if resolved.parameters["expired"] else cleanup.TerminateCleanup(instances)
        ),
        "benchmark": lambda: cleanup.BenchmarkCleanup(
            run_id=run_id,
            directory=directory,
            instances=None if resolved.parameters["host"] else instances,
            keeps=resolved.parameters["keep"],
            fresh=fresh,
            named="run_id" in values,
            finish=command("finish", finishing),
            console=console,
            attaches=attaching.attaches(values),
            is_unmounted=is_unmounted,
        ),
    }
    is_dry = bool(resolved.parameters.get("dry_run"))
    has_run = not resolved.parameters.get("expired")
    made = after[playbook]()
    job = Job(run_id, directory, command(playbook, parameters), undo, made, lock, is_dry, has_run)
    if not isinstance(made, cleanup.BenchmarkCleanup):
        return job
    has_machine = not (is_dry or request.lists_types(values))
    warning = unmounted.warning(directory.parent) if is_unmounted and has_machine else ""
    return replace(job, leave=(made.of_leaving, made.of_left), may_leave=made.may_be_left, warning=warning)


def _lock(directory: Path) -> FileLock:
    """Lock the run. Raises RefusedError if another wrapper, or a playbook that outlived its wrapper, runs it."""
    lock = locks.hold(directory, locks.WRAPPER)
    locks.check(directory, locks.PLAYBOOK)
    return lock


class AnsweredNoError(RefusedError):
    """The playbook has looked, as it was asked to, and has told that the answer is no."""


def run(job: Job, told: Mapping[str, str] | None = None) -> bool:
    """Run the playbook to its end. Of a run that was only planned, nothing is left.

    Returns whether the run has come to its end too: it has not if it was asked to be left to itself.

    `told` is added to its environment. A signal first terminates the instances with the run's tag. But once the run
    measures, Ctrl-C at a terminal and SIGHUP leave it to itself, unless a second Ctrl-C follows. Raises RefusedError if
    nothing was started, AnsweredNoError if that is because of what it found, FailedError if the run failed (Ansible has
    shown the reason by then), which is PartlyFailedError if some of its hosts have not, signals.LeftError if it goes
    on, SystemExit after any other signal.
    """
    # Only a run has a lock for the whole of it.
    with run_end.told_in(job.directory if job.lock else None):
        return _run(job, told)


def _run(job: Job, told: Mapping[str, str] | None) -> bool:
    environment = {**job.command.environment, **(told or {})}
    playing = playbook_process.Playing(replace(job.command, environment=environment))
    leaving = signals.Leaving(
        lambda: playing.is_running and playing.reached.hosts.can_be_left and job.may_leave(),
        "leaving the run to itself",
        "ends it",
    )
    said = ""
    with signals.signals_raise(job.after.interrupted, leaving if job.leave else None) as caught:
        try:
            job.after.console.print(f"{job.title}{job.command}", style="dim", soft_wrap=True)
            _warn(job)
            sys.stdout.flush()
            try:
                with playing:
                    code = playing.wait()
            except signals.LeaveError as signal:
                _leave(job, playing.reached, signal, caught)
            if code:
                said = job.after.of_failure(code, playing.reached)
        except signals.SignalError as signal:
            if job.lock:
                events.note(job.directory, Signalled(signal=str(signal)))
            job.after.of_signal(playing.reached)
            if not playing.reached.started:
                job.undo()
            raise SystemExit(128 + signal.number) from None
    if code and not playing.reached.started:
        job.undo()
        raise AnsweredNoError(said) if playing.reached.answered_no else RefusedError(said)
    if code:
        raise run_end.failed(job.directory, said)
    if job.is_dry:
        job.undo()
        job.after.console.print(cleanup.NOTHING_DONE["benchmark"])
    if playing.reached.hosts.left:
        _warn(job)
    return not playing.reached.hosts.left


def _warn(job: Job) -> None:
    if job.warning:
        job.after.console.print(Said(job.warning), soft_wrap=True)


def _leave(job: Job, reached: stages.Reached, signal: signals.LeaveError, caught: signals.Caught) -> NoReturn:
    """Say that the run goes on. Raises SignalError if a second signal asks for its end, else signals.LeftError.

    AWS may take long to answer: once the way back is told, a Ctrl-C that comes later ends this process, not the run.
    """
    caught.may_interrupt()
    if job.lock:
        events.note(job.directory, Signalled(signal=str(signal)))
    for say in job.leave:
        say(reached)
        caught.is_told()
    if signal.is_typed:
        # Whoever types it a second time must find this process there.
        caught.wait(signal.at + signals.SECOND)
    raise signals.LeftError(128 + signal.number) from None
