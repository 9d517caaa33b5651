"""The command bench.teardown: list, ask, remove."""

from __future__ import annotations

from benchmarks.cli import question
from benchmarks.errors import FailedError
from benchmarks.playbook import runner
from benchmarks.runs import agreement, record_files
from benchmarks.runs.records import Teardown, Values


def run(values: Values) -> None:
    """List what setup made and, with `yes` or when the user agrees, remove it.

    Raises RefusedError, and FailedError if something was not removed, also because the user does not agree or nobody
    could be asked.
    """
    job = runner.prepare("teardown", values)
    if values.get("yes"):
        runner.run(job)
        return
    runner.run(job, agreement.ASKING)
    found = record_files.read(Teardown, job.directory)
    if not (found and found.removals):
        return
    if not question.can_ask():
        raise FailedError("Nothing was removed, since there is no terminal to ask at: give --yes to remove these.")
    if not question.agrees("Remove these?"):
        raise FailedError("Nothing was removed.")
    runner.run(runner.prepare("teardown", {**values, "run_id": job.run_id, "yes": True}), agreement.agreed(found))
