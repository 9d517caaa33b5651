"""The event by which a run's end is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import FailedError, PartlyFailedError, RefusedError
from benchmarks.playbook import run_end
from benchmarks.runs import attempts, failures, host_outcomes, record_files
from benchmarks.runs.host_outcomes import HostOutcome
from benchmarks.runs.records import CurrentAttempt
from tests.support import records
from tests.support.events import read


@pytest.mark.parametrize(
    ("error", "failed", "code"),
    [
        (None, False, 0),
        (FailedError("It failed."), True, 1),
        (PartlyFailedError("Some failed."), True, 4),
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


@pytest.mark.parametrize(("succeeded", "kind"), [(0, FailedError), (1, PartlyFailedError), (2, FailedError)])
def test_a_run_has_failed_in_part_if_some_of_its_hosts_have_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, succeeded: int, kind: type[FailedError]
) -> None:
    outcomes = tuple(
        HostOutcome(f"i-{number}", None, "" if number < succeeded else "It failed.", is_measured=True)
        for number in range(2)
    )
    monkeypatch.setattr(host_outcomes, "of_run", lambda _: outcomes)
    # If all hosts have succeeded, what failed is the run's end.
    assert type(run_end.failed(tmp_path, "It failed.")) is kind


def test_hosts_that_were_left_measuring_have_not_failed(tmp_path: Path) -> None:
    launches = (records.launch_plan(host=1), records.launch_plan(host=2))
    record_files.write(tmp_path, records.preflight(launches=launches))
    record_files.write(tmp_path, records.instances("i-1"))
    failures.record_failure(tmp_path, "host-2", "Launch", "EC2 has no capacity.", "launch")
    record_files.write(tmp_path / "i-1", CurrentAttempt(number=1))
    assert type(run_end.failed(tmp_path, "It failed.")) is FailedError
    attempts.leave(tmp_path / "i-1")
    assert type(run_end.failed(tmp_path, "It failed.")) is PartlyFailedError
    failures.record_failure(tmp_path, "i-1", "Collect", "It does not answer.", "collect", 1)
    assert type(run_end.failed(tmp_path, "It failed.")) is FailedError
