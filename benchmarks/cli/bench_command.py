"""`bench` and `bench.attach`: carrying out a run, and coming back to one that was left."""

from __future__ import annotations

import sys

from benchmarks.cli import summary
from benchmarks.errors import FailedError, RefusedError
from benchmarks.playbook import run_end, runner, signals
from benchmarks.runs import named_run, run_directory, run_over
from benchmarks.runs.records import Values


def run(values: Values) -> None:
    """Carry out a run and show its summary, if it comes to its end here.

    Raises RefusedError, FailedError, and SystemExit after a signal.
    """
    job = runner.prepare("benchmark", values)
    try:
        if not runner.run(job):
            return
    except (RefusedError, signals.LeftError):
        raise
    except BaseException as error:
        summary.show(job.directory, str(error) if isinstance(error, FailedError) else "")
        raise
    summary.show(job.directory)


def attach(values: Values) -> None:
    """Come back to a run: follow it to its end, with the run's own parameters; of one that is over, show the summary.

    Raises RefusedError if there is no such run here, FailedError if it has failed, and SystemExit after a signal.
    """
    runs_dir = run_directory.locate_runs(values.get("runs_dir"))
    run_id = named_run.find(runs_dir, values["run_id"], elsewhere=True, unplanned=True)
    if not run_over.is_over(runs_dir / run_id):
        run({**values, "run_id": run_id, "runs_dir": str(runs_dir)})
        return
    print(f"The run {run_id} is over.", file=sys.stderr)
    failed = run_over.failure(runs_dir / run_id).partition("\n")[0]
    summary.show(runs_dir / run_id, failed)
    if failed:
        raise run_end.failed(runs_dir / run_id, failed)
