"""The command bench.setup: look, ask, create."""

from __future__ import annotations

from benchmarks.cli import question
from benchmarks.errors import FailedError
from benchmarks.playbook import runner
from benchmarks.runs import agreement, record_files
from benchmarks.runs.records import Setup, Values


def run(values: Values) -> None:
    """Check the account and, with `yes` or when the user agrees, create what is missing.

    Raises FailedError if runs cannot begin, also because the user does not agree, and RefusedError if the request is
    refused or, with `yes`, something stands in the way of creating anything.
    """
    if values.get("yes"):
        runner.run(runner.prepare("setup", values))
        return
    asks = question.can_ask()
    job = runner.prepare("setup", values)
    failure: FailedError | None = None
    try:
        runner.run(job, agreement.ASKING if asks else {})
    except runner.AnsweredNoError as error:
        raise FailedError(str(error)) from None
    except FailedError as error:
        # Ansible has said why.
        failure = error
    found = record_files.recall(Setup, job.directory)
    if not (asks and found and found.missing and found.can_create):
        if failure:
            raise failure
        return
    if not question.agrees("Create what is missing?"):
        raise FailedError("Nothing was created.")
    known = {"allow_from": found.allow_from, "run_id": job.run_id, "yes": True}
    runner.run(runner.prepare("setup", {**values, **known}), agreement.agreed(found))
