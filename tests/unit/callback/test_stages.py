"""What ./inv shows of a playbook: a line a stage."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.loader import callback_loader

from benchmarks.host import host_check
from benchmarks.paths import ROOT
from benchmarks.playbook import stages as progress
from benchmarks.runs import record_files
from benchmarks.runs.records import Stages, StageTime
from tests.support import records

CLEAR = "\r\x1b[2K"


class Screen:
    """What was written, as a terminal would get it."""

    def __init__(self) -> None:
        self.text = ""

    def display(self, text: str, newline: bool = True, **_how: Any) -> None:
        self.text += text + ("\n" if newline else "")

    @property
    def lines(self) -> list[str]:
        """What is to be seen in the end."""
        return [line.rpartition(CLEAR)[2] for line in self.text.split("\n")]


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def stages(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("BENCHMARKS_REWRITE_LINES", "1")
    callback_loader.add_directory(str(ROOT / "plugins/callback"))
    plugin = callback_loader.get("stages")
    plugin._display = screen
    return plugin


def begin(stages: Any, role: str) -> None:
    named = SimpleNamespace(get_name=lambda: role)
    stages.v2_playbook_on_task_start(SimpleNamespace(_role=named), False)


def succeed(stages: Any) -> None:
    stages.v2_runner_on_ok(SimpleNamespace(_result={}, _task=SimpleNamespace(action="file")))


def test_a_stage_that_was_done_is_a_line(stages: Any, screen: Screen) -> None:
    begin(stages, "preflight")
    succeed(stages)
    stages.v2_playbook_on_stats(None)
    assert screen.lines == ["✓ preflight        0.0 s", ""]
    assert stages._times._times.keys() == {"preflight"}


def test_a_stage_of_which_every_task_was_skipped_is_not_told_of(stages: Any, screen: Screen) -> None:
    begin(stages, "publish")
    succeed(stages)
    begin(stages, "terminate")
    stages.v2_playbook_on_stats(None)
    assert screen.lines == ["✓ publish          0.0 s", ""]
    assert stages._times._times.keys() == {"publish"}


def test_a_stage_that_comes_again_leaves_nothing_on_the_screen(stages: Any, screen: Screen) -> None:
    for _ in range(2):
        begin(stages, "terminate")
        succeed(stages)
    begin(stages, "publish")
    begin(stages, "terminate")
    succeed(stages)
    stages.v2_playbook_on_stats(None)
    assert screen.lines == ["✓ terminate        0.0 s", ""]


def test_a_run_without_a_directory_writes_no_times(stages: Any, tmp_path: Path) -> None:
    stages._directory = tmp_path / "none"
    stages.v2_playbook_on_stats(None)
    assert not stages._directory.exists()


def times(directory: Path) -> dict[str, StageTime]:
    found = record_files.read(Stages, directory)
    assert found
    return {one.name: one for one in found.stages}


def test_a_later_call_keeps_the_times_of_stages_that_it_has_not_done(stages: Any, tmp_path: Path) -> None:
    stages._directory = tmp_path
    benchmark = StageTime(name="benchmark", seconds=60.0, failed=False)
    record_files.write(tmp_path, Stages(stages=(benchmark, StageTime(name="terminate", seconds=9.0, failed=True))))
    begin(stages, "terminate")
    succeed(stages)
    stages.v2_playbook_on_stats(None)
    written = times(tmp_path)
    assert written["benchmark"] == benchmark
    assert not written["terminate"].failed


@pytest.mark.parametrize(("playbook", "noted"), [("benchmark", True), ("finish", True), ("terminate", False)])
def test_only_a_run_s_own_playbooks_write_its_times_down(
    stages: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, playbook: str, noted: bool
) -> None:
    monkeypatch.setattr("benchmarks.terminal.streams.ignore_closed_output", lambda: None)
    (tmp_path / "r1").mkdir()
    monkeypatch.setattr(
        sys.modules[type(stages).__module__], "load_extra_vars", lambda _: {"run_id": "r1", "runs_dir": str(tmp_path)}
    )
    stages.v2_playbook_on_start(SimpleNamespace(_file_name=f"playbooks/{playbook}.yml"))
    stages.v2_playbook_on_play_start(SimpleNamespace(get_loader=lambda: None, get_name=lambda: playbook))
    begin(stages, "preflight")
    succeed(stages)
    stages.v2_playbook_on_stats(None)
    assert (tmp_path / "r1/stages.json").exists() == noted


def test_times_of_an_earlier_attempt_are_not_told_of_the_next(stages: Any, tmp_path: Path) -> None:
    stages._directory = tmp_path
    names = ("launch", "toolchain", "benchmark", "publish")
    earlier = {name: StageTime(name=name, seconds=60.0, failed=False) for name in names}
    record_files.write(tmp_path, Stages(stages=tuple(earlier.values())))
    begin(stages, "toolchain")
    succeed(stages)
    stages.v2_playbook_on_stats(None)
    written = times(tmp_path)
    assert written.keys() == {"launch", "toolchain"}
    assert written["launch"] == earlier["launch"]
    assert written["toolchain"] != earlier["toolchain"]


def test_an_answer_is_told_as_one_and_is_no_fault_of_the_stage(stages: Any, screen: Screen) -> None:
    begin(stages, "setup")
    told = {"msg": "Nothing was created.", "failed": True, "is_answer": True}
    stages.v2_runner_on_failed(SimpleNamespace(_result=told, _task=SimpleNamespace(action="conclude")))
    stages.v2_playbook_on_stats(None)
    first, second, *_ = screen.lines
    assert first == "  Nothing was created."
    assert second.startswith("✓ setup ")


def test_an_answer_is_told_to_whoever_started_the_playbook(
    stages: Any, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(stages, "preflight")
    with progress.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        told = {"msg": "Nothing can be created.", "failed": True, "is_answer": True}
        stages.v2_runner_on_failed(SimpleNamespace(_result=told, _task=SimpleNamespace(action="conclude")))
        assert pipe.reached().answered_no
    assert screen.lines[0] == "  Nothing can be created."


def test_what_a_host_is_at_is_told_to_whoever_started_the_playbook(
    stages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(host: str, role: str | None) -> None:
        named = SimpleNamespace(get_name=lambda: role) if role else None
        stages.v2_runner_on_start(SimpleNamespace(get_name=lambda: host), SimpleNamespace(_role=named))

    with progress.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        start("localhost", "preflight")
        start("i-1", None)
        start("i-2", "toolchain")
        start("i-1", "terminate")
        begin(stages, "toolchain")
        failed = SimpleNamespace(_result={"msg": "No."}, _host=SimpleNamespace(get_name=lambda: "i-2"), _task=task("T"))
        stages.v2_runner_on_failed(failed)
        hosts = pipe.reached().hosts
    assert (hosts.works, hosts.over, hosts.failed) == ({"i-1", "i-2"}, {"i-1"}, {"i-2"})


def task(name: str, delegate_to: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(get_name=lambda: name, delegate_to=delegate_to)


@pytest.mark.parametrize("gone", ["i-1 is terminated: User initiated.", ""])
def test_a_host_that_was_lost_is_told_once_and_with_ec2s_reason(
    stages: Any, screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gone: str
) -> None:
    record_files.write(tmp_path, records.instances("i-1"))
    monkeypatch.setattr(host_check, "gone", lambda command: gone if command else "")
    stages._directory = tmp_path
    begin(stages, "toolchain")
    lost = {"unreachable": True, "msg": "Failed to connect to the host via ssh: Connection timed out"}
    named = {"_host": SimpleNamespace(get_name=lambda: "i-1"), "_task": task("Install")}
    stages.v2_runner_on_unreachable(SimpleNamespace(_result=lost, **named))
    stages.v2_runner_on_unreachable(SimpleNamespace(_result=lost, **named))
    said = " ".join(" ".join(screen.lines).split())
    assert said.count(gone or "i-1 does not answer over SSH: Connection timed out.") == 1
    assert ("does not answer" in said) == (not gone)
    # What the controller does for a host that is gone fails for a reason of its own.
    denied = {"msg": "The AWS user lacks the permission s3:PutObject."}
    named["_task"] = task("Publish", delegate_to="localhost")
    stages.v2_runner_on_failed(SimpleNamespace(_result=denied, **named))
    assert "lacks the permission s3:PutObject" in " ".join(screen.lines)


def test_what_third_party_code_has_printed_controls_no_terminal(stages: Any, screen: Screen) -> None:
    begin(stages, "benchmark")
    result = {"msg": "The build failed: \x1b]52;c;cm0=\x07\x1bPq.", "detail": ["a\x1b[2J\rb", "\x1b]0;x"]}
    host = SimpleNamespace(get_name=lambda: "i-1")
    stages.v2_runner_on_failed(SimpleNamespace(_result=result, _host=host, _task=task("Build")))
    said = screen.text.replace(CLEAR, "")
    assert "\x1b" not in said
    assert "The build failed: \\x1bPq.\nab\n\\x1b]0;x\n" in said
