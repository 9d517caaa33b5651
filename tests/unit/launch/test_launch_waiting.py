"""The action that launches a host once the vCPU quota has room: what it answers, whatever comes of the host."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import FailedError
from benchmarks.launch import waiting_host
from benchmarks.runs import record_files
from benchmarks.runs.records import Instance
from tests.support import actions, records

WAITED = 20.0  # seconds


def act(directory: Path) -> dict[str, Any]:
    return actions.run(
        "launch_waiting",
        run_id="r1",
        run_dir=str(directory),
        plans=[record_files.plain(records.launch_plan())],
        host="host-1",
        started=records.STARTED.isoformat(),
        build_limit=30,
        time_limit=30,
    )


@pytest.fixture
def answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Instance | Exception | None], dict[str, Any]]:
    """What the action answers if that comes of a host that waits, and then takes half a minute to be launched.

    It is checked that only the first of both has counted.
    """

    def run(outcome: Instance | Exception | None) -> dict[str, Any]:
        clock = [1000.0]

        def launch(_waiting: Any, _make: Any, _timeout: float, _note: Any, about_to: Callable[[], None]) -> Any:
            clock[0] += WAITED
            about_to()
            clock[0] += 30
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setattr(waiting_host, "launch", launch)
        monkeypatch.setattr(time, "monotonic", lambda: clock[0])
        told = act(tmp_path)
        assert told["waited"] == WAITED
        return told

    return run


def test_the_instance_is_told_and_how_long_the_host_has_waited(answer: Callable[..., dict[str, Any]]) -> None:
    told = answer(records.instance("i-1"))
    assert (told["changed"], told["instance"]["instance_id"]) == (True, "i-1")
    assert told["shown"] == "host-1 is i-1 (c7i.large, eu-central-1a) at 192.0.2.7"


def test_what_is_not_launched_has_waited_too(answer: Callable[..., dict[str, Any]]) -> None:
    assert answer(None).keys() == {"changed", "waited"}
    assert answer(FailedError("EC2 has none."))["failed"]


def test_a_full_disk_is_told_before_anything_is_launched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(waiting_host, "launch", lambda *_: pytest.fail("it was launched"))
    monkeypatch.setattr("benchmarks.runs.ssh_keys.run_keys", full)
    told = act(tmp_path)
    assert told["failed"]
    assert "No space left on device" in told["msg"]
