"""A host that does not answer: whether it is gone, and what is kept of its log."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.aws import instance_check
from benchmarks.host import host_check
from benchmarks.host.log_copy import KeptLog


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("print('i-1 is terminated: Spot.'); raise SystemExit(1)", "i-1 is terminated: Spot."),
        ("print('all is well')", ""),
        ("raise SystemExit(2)", ""),
    ],
)
def test_only_exit_code_one_says_that_a_host_is_gone(script: str, told: str) -> None:
    assert host_check.gone([sys.executable, "-c", script]) == told


def test_without_a_command_or_with_one_that_cannot_be_run_nothing_is_known() -> None:
    assert host_check.gone([]) == ""
    assert host_check.gone(["/nonexistent"]) == ""


def instance(state: str, **more: Any) -> dict[str, Any]:
    return {"InstanceId": "i-1", "State": {"Name": state}, **more}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (None, ""),
        (instance("running"), ""),
        (instance("pending"), ""),
        (instance("stopped"), "i-1 is stopped: EC2 gives no reason."),
        (
            instance("shutting-down", StateReason={"Message": "Server.SpotInstanceTermination"}),
            "i-1 is shutting-down: Server.SpotInstanceTermination.",
        ),
        (
            instance("terminated", StateTransitionReason="User initiated"),
            "i-1 is terminated: User initiated.",
        ),
    ],
)
def test_an_instance_that_is_not_there_is_told_with_ec2s_reason(found: dict[str, Any] | None, told: str) -> None:
    assert instance_check.sentence(found, "i-1") == told


def test_a_log_is_kept_as_it_comes_and_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "1/benchmark.log"
    assert (KeptLog(path).size, KeptLog(path).read(0)) == (0, b"")
    assert KeptLog(path).told.startswith("Nothing")
    for part in (b"first\r\n", b"", b"\xff second"):
        assert KeptLog(path).add(part) is None
    assert path.read_bytes() == b"first\r\n\xff second"
    assert KeptLog(path).size == len(b"first\r\n\xff second")
    assert KeptLog(path).told.endswith("is kept.")
    assert KeptLog(path).read(7) == b"\xff second"


def test_what_cannot_be_written_now_is_written_later(tmp_path: Path) -> None:
    log = KeptLog(tmp_path / "1/benchmark.log")
    (tmp_path / "1").write_text("in the way")
    assert "cannot be written" in (log.add(b"first ") or "")
    (tmp_path / "1").unlink()
    assert log.add(b"second") is None
    assert (tmp_path / "1/benchmark.log").read_bytes() == b"first second"
