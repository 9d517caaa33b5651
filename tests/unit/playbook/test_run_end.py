"""The event by which a run's end is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import FailedError, RefusedError
from benchmarks.playbook import run_end
from tests.support.events import read


@pytest.mark.parametrize(
    ("error", "failed", "code"),
    [
        (None, False, 0),
        (FailedError("It failed."), True, 1),
        (RefusedError("Refused."), True, 2),
        (SystemExit(130), True, 130),
        (SystemExit("text"), True, None),
        (KeyboardInterrupt(), True, None),
    ],
)
def test_the_end_is_told_with_the_exit_code(
    tmp_path: Path, error: BaseException | None, failed: bool, code: int | None
) -> None:
    def do() -> None:
        with run_end.told_in(tmp_path):
            if error:
                raise error

    if error:
        with pytest.raises(type(error)):
            do()
    else:
        do()
    (event,) = read(tmp_path)
    assert (event["event"], event["failed"], event["exit_code"]) == ("run-ended", failed, code)


def test_what_is_no_run_tells_nothing(tmp_path: Path) -> None:
    with run_end.told_in(None):
        pass
    assert list(tmp_path.iterdir()) == []
