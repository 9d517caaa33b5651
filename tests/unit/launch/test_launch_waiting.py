"""The action that launches a host once the vCPU quota has room: what it answers, whatever comes of the host."""

from __future__ import annotations

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

PAUSE = 0.2  # seconds


@pytest.fixture
def answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Instance | Exception | None], dict[str, Any]]:
    """What the action answers if that comes of a host that waits, and is launched for as long again.

    It is checked that only the first of both has counted.
    """

    def run(outcome: Instance | Exception | None) -> dict[str, Any]:
        begun = time.monotonic()

        def launch(_waiting: Any, _make: Any, _timeout: float, _note: Any, about_to: Callable[[], None]) -> Any:
            time.sleep(PAUSE)
            about_to()
            time.sleep(PAUSE)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setattr(waiting_host, "launch", launch)
        told = actions.run(
            "launch_waiting",
            run_id="r1",
            run_dir=str(tmp_path),
            plans=[record_files.plain(records.launch_plan())],
            host="host-1",
            started=records.STARTED.isoformat(),
            build_limit=30,
            time_limit=30,
        )
        assert PAUSE <= told["waited"] <= time.monotonic() - begun - PAUSE + 0.01
        return told

    return run


def test_the_instance_is_told_and_how_long_the_host_has_waited(answer: Callable[..., dict[str, Any]]) -> None:
    told = answer(records.instance("i-1"))
    assert (told["changed"], told["instance"]["instance_id"]) == (True, "i-1")
    assert told["shown"] == "host-1 is i-1 (c7i.large, eu-central-1a) at 192.0.2.7"


def test_what_is_not_launched_has_waited_too(answer: Callable[..., dict[str, Any]]) -> None:
    assert answer(None).keys() == {"changed", "waited"}
    assert answer(FailedError("EC2 has none."))["failed"]
