"""The command bench.teardown: list, ask, remove."""

from __future__ import annotations

import sys

from benchmarks.errors import FailedError
from benchmarks.playbook import runner
from benchmarks.runs import record_files
from benchmarks.runs.records import Teardown, Values


def run(values: Values) -> None:
    """List what setup made and, with `yes` or when the user agrees, remove it.

    Raises RefusedError, and FailedError if something could not be removed or nobody could be asked.
    """
    job = runner.prepare("teardown", values)
    runner.run(job)
    found = record_files.read(Teardown, job.directory)
    if values.get("yes") or not (found and found.removals):
        return
    if not sys.stdin.isatty():
        raise FailedError("Nothing was removed, since there is no terminal to ask at: give --yes to remove these.")
    if _agrees():
        runner.run(runner.prepare("teardown", {**values, "run_id": job.run_id, "yes": True}))


def _agrees() -> bool:
    """Whether the user types yes. The end of the input is a no."""
    try:
        return input("Remove these? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
