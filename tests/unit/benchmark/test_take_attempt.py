"""The action that takes an attempt, on a host that does not answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.loader import action_loader

from benchmarks.paths import ROOT
from benchmarks.playbook import stages
from benchmarks.runs import attempts, measurement, record_files
from benchmarks.runs.records import Attempt, CurrentAttempt
from tests.support.answers import told
from tests.support.measured_suite import SUITE, TOOLCHAIN

LOST = AnsibleConnectionFailure("Connection refused")


def made(monkeypatch: pytest.MonkeyPatch, host_dir: Path, check: tuple[str, ...] = (), answers: Any = (LOST,)) -> Any:
    """The action on a host that answers so, or does not answer."""
    action_loader.add_directory(str(ROOT / "roles/benchmark/action_plugins"))
    args = {
        "suite": record_files.plain(SUITE), "toolchain": record_files.plain(TOOLCHAIN), "host_dir": str(host_dir),
        "directory": "/var/lib/benchmarks/runs/r1", "unit": "benchmarks-r1", "host_check": list(check),
    }  # fmt: skip
    action = action_loader.get(
        "take_attempt", task=Mock(args=args, async_val=0, check_mode=False), connection=Mock(),
        play_context=Mock(), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip
    monkeypatch.setattr(action, "_low_level_execute_command", Mock(side_effect=map(told, answers)))
    return action


UNTOLD = {"rc": 1, "stdout": "", "stderr": "systemd does not say what runs\n"}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({}, r"^i-1 does not answer over SSH: Connection refused"),
        (
            {"answers": [UNTOLD]},
            r"^i-1 answers over SSH, but does not tell what it is at: systemd does not say what runs\. "
            r"It is left measuring: come back to it in a while\.$",
        ),
    ],
)
def test_a_host_that_was_found_at_work_is_left_if_it_does_not_answer_or_tell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answers: dict[str, Any], told: str
) -> None:
    host_dir = tmp_path / "i-1"
    record_files.write(host_dir, CurrentAttempt(number=1, active=True))
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(AnsibleActionFail, match=told):
            made(monkeypatch, host_dir, **answers).run(task_vars={})
        assert pipe.reached().hosts.left == {"i-1"}
    assert attempts.is_left(host_dir)


def test_a_host_that_was_found_at_work_and_has_failed_is_not_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    host_dir = tmp_path / "i-1"
    record_files.write(host_dir, CurrentAttempt(number=1, active=True))
    with pytest.raises(AnsibleActionFail, match=r"^i-1 has failed$"):
        made(monkeypatch, host_dir, ("sh", "-c", "echo i-1 has failed; exit 1")).run(task_vars={})
    assert not attempts.is_left(host_dir)


def test_any_other_host_that_does_not_tell_what_runs_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(AnsibleActionFail, match=r"^The attempts on the host cannot be read: systemd does not say"):
        made(monkeypatch, tmp_path / "i-1", answers=[UNTOLD]).run(task_vars={})
    assert not attempts.is_left(tmp_path / "i-1")


def test_any_other_host_that_does_not_answer_fails_by_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(AnsibleActionFail, match=r"^i-1 does not answer over SSH: Connection refused\. Check"):
        made(monkeypatch, tmp_path / "i-1").run(task_vars={})
    assert not attempts.is_left(tmp_path / "i-1")


def test_what_a_restart_has_cut_off_is_noted_and_measured_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    host_dir, measured = tmp_path / "r1/i-1", measurement.of(SUITE, TOOLCHAIN)
    begun = Attempt(number=1, suite=SUITE, suite_digest="asked", measurement=measured)
    attempts.take(host_dir, begun, TOOLCHAIN)
    states = f"1 no {measurement.digest(measured)} asked success cut\n"
    answers = [{"rc": 0, "stdout": states, "stderr": ""}, {"rc": 0, "stdout": "", "stderr": ""}]
    result = made(monkeypatch, host_dir, answers=answers).run(task_vars={})
    assert (result["changed"], result["number"]) == (True, 2)
    assert attempts.was_cut(host_dir, 1)
    assert not attempts.was_cut(host_dir, 2)


@pytest.mark.parametrize(
    ("state", "measured"),
    [("no {} asked success success", True), ("yes {} asked success -", False), ("no {} asked success -", False)],
)
def test_an_attempt_that_has_measured_everything_is_told_as_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, state: str, measured: bool
) -> None:
    host_dir, what = tmp_path / "r1/i-1", measurement.of(SUITE, TOOLCHAIN)
    attempts.take(host_dir, Attempt(number=1, suite=SUITE, suite_digest="asked", measurement=what), TOOLCHAIN)
    # As the host answers, the measurement's digest is what the action itself works out.
    answer = {"rc": 0, "stdout": f"1 {state.format(measurement.digest(what))}\n", "stderr": ""}
    asked = measurement.suite_digest(SUITE, TOOLCHAIN.source.sha256)
    answer["stdout"] = str(answer["stdout"]).replace("asked", asked)
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        result = made(monkeypatch, host_dir, answers=[answer]).run(task_vars={})
        hosts = pipe.reached().hosts
    assert (result["number"], result["measured"], result["changed"]) == (1, measured, False)
    # A run that is killed from now on is brought back, and not begun anew.
    assert ("i-1" in hosts.measured) == measured
