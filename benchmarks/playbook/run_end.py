"""Tells among a run's events how the command that carried it out has ended, whatever way that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.errors import FailedError, PartlyFailedError, RefusedError
from benchmarks.playbook.signals import LeftError
from benchmarks.runs import events, host_outcomes
from benchmarks.runs.event_records import RunEnded


@contextmanager
def told_in(directory: Path | None) -> Iterator[None]:
    """Note in a run's directory how what is done here has ended: by returning, or by an exception, which goes on."""
    code, failed = None, True
    try:
        yield
        code, failed = 0, False
    except BaseException as error:
        # A run that was left has not failed.
        code, failed = _code(error), not isinstance(error, LeftError)
        raise
    finally:
        events.note(directory, RunEnded(failed=failed, exit_code=code))


def failed(directory: Path, said: str) -> FailedError:
    """The error of a run that has failed, with a sentence for the user: PartlyFailedError if some hosts have not."""
    some = host_outcomes.is_partly_failed(host_outcomes.of_run(directory))
    return PartlyFailedError(said) if some else FailedError(said)


def _code(error: BaseException) -> int | None:
    """The exit code that an exception leads to, None if it is not one of this tool's."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else None
    return error.exit_code if isinstance(error, RefusedError | FailedError) else None
