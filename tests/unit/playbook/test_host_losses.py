"""Why a host is gone is told in place of what ssh says, at every stage on it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.host import host_check
from benchmarks.playbook import host_losses
from benchmarks.runs import record_files
from tests.support import records

GONE = "EC2 took back the spot instance i-1 (Server.SpotInstanceTermination): start a new run."
TIMED_OUT = "Failed to connect to the host via ssh: ssh: connect to host 192.0.2.7 port 22: Connection timed out"
UNREACHABLE = {"unreachable": True, "msg": TIMED_OUT}
# What a task without a connection, the wait for an instance, the wait for the toolchain, and a loop return.
UNANSWERED: Sequence[dict[str, Any]] = (
    UNREACHABLE,
    {"failed": True, "msg": f"timed out waiting for ping module test: {TIMED_OUT}"},
    {"failed": True, "msg": "i-1 does not answer over SSH: Connection timed out. Its security group may not admit …"},
    {"failed": True, "msg": "One or more items failed", "results": [{"failed": True, "msg": TIMED_OUT, **UNREACHABLE}]},
)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    record_files.write(tmp_path, records.instances("i-1"))
    return tmp_path


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What EC2 answers, then nothing."""
    given: list[str] = []
    monkeypatch.setattr(host_check, "gone", lambda command: given.pop(0) if command and given else "")
    return given


@pytest.mark.parametrize("result", UNANSWERED)
@pytest.mark.parametrize("stage", ["", "collect"])
def test_a_host_that_is_gone_is_told_with_ec2s_reason(
    run: Path, answers: list[str], result: dict[str, Any], stage: str
) -> None:
    answers += [GONE, GONE]
    assert host_losses.recorded(run, "i-1", "Install", result, stage) == GONE
    assert host_losses.Losses().sentence(run, "i-1", "Install", result) == GONE


def test_what_fails_after_that_is_no_failure_of_its_own(run: Path, answers: list[str]) -> None:
    answers += [GONE]
    losses = host_losses.Losses()
    for result in (UNREACHABLE, {"failed": True, "msg": "'x' is undefined"}, UNREACHABLE):
        assert losses.sentence(run, "i-1", "Install", result) == GONE


def test_a_failure_on_a_host_that_is_gone_is_recorded_below_the_reason(run: Path, answers: list[str]) -> None:
    answers += [GONE, GONE]
    failed = {"failed": True, "msg": "'x' is undefined"}
    assert host_losses.recorded(run, "i-1", "Record", failed, "") == f"{GONE}\n'x' is undefined"
    # As the action that follows a measurement says it itself.
    told = f"{GONE} Its log was read to the end."
    assert host_losses.recorded(run, "i-1", "Measure", {"failed": True, "msg": told}, "") == told


@pytest.mark.parametrize("result", UNANSWERED)
def test_where_ec2_says_nothing_sshs_sentence_stays(run: Path, answers: list[str], result: dict[str, Any]) -> None:
    assert answers == []
    for told in (
        host_losses.recorded(run, "i-1", "Install", result, ""),
        host_losses.Losses().sentence(run, "i-1", "Install", result),
    ):
        assert told.startswith("i-1 does not answer over SSH: ")


def test_ec2_is_asked_only_of_instances_of_the_run_and_of_stages_on_them(
    run: Path, answers: list[str], tmp_path: Path
) -> None:
    answers += [GONE] * 9
    for directory, host, stage in ((run, "192.0.2.7", ""), (tmp_path / "none", "i-1", ""), (run, "i-1", "publish")):
        told = host_losses.recorded(directory, host, "Install", UNREACHABLE, stage)
        assert told.startswith(f"{host} does not answer over SSH: ")
    own = host_losses.Losses().sentence(None, "192.0.2.7", "Install", UNREACHABLE)
    assert own.startswith("192.0.2.7 does not answer over SSH: ")
    failed = host_losses.Losses().sentence(run, "i-1", "Build", {"failed": True, "msg": "The build failed."})
    assert failed == "The build failed."


def test_the_command_names_region_and_instance(run: Path) -> None:
    command = host_losses.check_command(run, "i-1")
    assert command == (sys.executable, "-m", "benchmarks.aws.instance_check", "eu-central-1", "i-1", "with-checks")


@pytest.mark.parametrize(
    "message",
    [
        "Task failed: Error while evaluating conditional: object of type 'dict' has no attribute 'measured'",
        "Error while resolving value for 'that': 'dict object' has no attribute 'os_family'",
        "'x' is undefined",
    ],
)
def test_what_is_lacking_after_an_unanswered_task_is_told_as_that(
    run: Path, answers: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answers == []
    losses = host_losses.Losses()
    monkeypatch.setattr(host_losses, "of_this_process", lambda: losses)
    lacking = {"failed": True, "msg": message}
    assert message.removeprefix("Task failed: ") in losses.sentence(run, "i-1", "Include", lacking)
    unanswered = losses.sentence(run, "i-1", "Determine", UNREACHABLE)
    assert unanswered.startswith("i-1 does not answer over SSH: ")
    assert losses.sentence(run, "i-1", "Include", lacking) == unanswered
    # By which the run is told to have failed.
    assert host_losses.recorded(run, "i-1", "Include", lacking, "") == unanswered
    # What fails for another reason, or on another host, is told as it is.
    assert losses.sentence(run, "i-1", "Build", {"failed": True, "msg": "The build failed."}) == "The build failed."
    assert message.removeprefix("Task failed: ") in losses.sentence(run, "i-2", "Include", lacking)
    answers += [GONE]
    assert host_losses.recorded(run, "i-1", "Include", lacking, "") == GONE
