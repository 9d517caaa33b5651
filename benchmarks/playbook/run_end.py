"""Tells among a run's events how the command that carried it out has ended, whatever way that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.errors import FAILED, REFUSED, FailedError, RefusedError
from benchmarks.runs import events
from benchmarks.runs.event_records import RunEnded


@contextmanager
def told_in(directory: Path | None) -> Iterator[None]:
    """Note in a run's directory how what is done here has ended: by returning, or by an exception, which goes on."""
    code: int | None = None
    try:
        yield
        code = 0
    except BaseException as error:
        code = _code(error)
        raise
    finally:
        events.note(directory, RunEnded(failed=code != 0, exit_code=code))


def _code(error: BaseException) -> int | None:
    """The exit code that an exception leads to, None if it is not one of this tool's."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else None
    return REFUSED if isinstance(error, RefusedError) else FAILED if isinstance(error, FailedError) else None
