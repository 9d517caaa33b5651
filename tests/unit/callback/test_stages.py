"""What ./inv shows of a playbook: a line a stage."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.loader import callback_loader

from benchmarks.host import host_check
from benchmarks.paths import ROOT
from benchmarks.playbook import host_losses
from benchmarks.runs import record_files
from benchmarks.terminal import live_lines
from benchmarks.terminal.live_lines import Lines
from tests.support import records


class Screen:
    """What was written, and the lines of progress below it."""

    def __init__(self) -> None:
        self.text = ""
        self._progress = Lines()

    def display(self, text: str, newline: bool = True, **_how: Any) -> None:
        if line := live_lines.read(text):
            self._progress.take(line)
        else:
            self.text += text + ("\n" if newline else "")

    @property
    def lines(self) -> list[str]:
        """What is to be seen in the end."""
        return f"{self.text}{self._progress.draw(120, 24)}".split("\n")


HOST = SimpleNamespace(get_name=lambda: "i-1")


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def stages(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("BENCHMARKS_REWRITE_LINES", "1")
    callback_loader.add_directory(str(ROOT / "plugins/callback"))
    plugin = callback_loader.get("stages")
    plugin._display = screen
    host_losses.of_this_process.cache_clear()
    return plugin


def begin(stages: Any, role: str) -> None:
    named = SimpleNamespace(get_name=lambda: role)
    stages.v2_runner_on_start(HOST, SimpleNamespace(_role=named))


def succeed(stages: Any) -> None:
    stages.v2_runner_on_ok(SimpleNamespace(_result={}, _task=SimpleNamespace(action="file")))


def test_a_stage_that_was_done_is_a_line(stages: Any, screen: Screen) -> None:
    begin(stages, "preflight")
    succeed(stages)
    stages.v2_playbook_on_stats(None)
    assert screen.lines == ["✓ preflight        0.0 s", ""]


@pytest.mark.parametrize(("within", "shown"), [(True, "\n"), (False, "")])
def test_a_log_that_ends_within_a_line_is_ended_before_the_next_line(
    stages: Any, screen: Screen, monkeypatch: pytest.MonkeyPatch, within: bool, shown: str
) -> None:
    monkeypatch.setattr("benchmarks.terminal.streams.is_within_line", lambda: within)
    stages._rewrite = False
    stages._say("done")
    assert screen.text == f"{shown}done\n"


def test_a_stage_of_which_every_task_was_skipped_is_not_told_of(stages: Any, screen: Screen) -> None:
    begin(stages, "publish")
    succeed(stages)
    begin(stages, "terminate")
    stages.v2_playbook_on_stats(None)
    assert screen.lines == ["✓ publish          0.0 s", ""]


def test_a_stage_that_comes_again_leaves_nothing_on_the_screen(stages: Any, screen: Screen) -> None:
    for _ in range(2):
        begin(stages, "terminate")
        succeed(stages)
    begin(stages, "publish")
    begin(stages, "terminate")
    succeed(stages)
    stages.v2_playbook_on_stats(None)
    assert screen.lines == ["✓ terminate        0.0 s", ""]


def test_an_answer_is_told_as_one_and_is_no_fault_of_the_stage(stages: Any, screen: Screen) -> None:
    begin(stages, "setup")
    told = {"msg": "Nothing was created.", "failed": True, "is_answer": True}
    stages.v2_runner_on_failed(SimpleNamespace(_result=told, _task=SimpleNamespace(action="conclude")))
    stages.v2_playbook_on_stats(None)
    first, second, *_ = screen.lines
    assert first == "  Nothing was created."
    assert second.startswith("✓ setup ")


def task(name: str, delegate_to: str | None = None, rescue: tuple[str, ...] = ()) -> SimpleNamespace:
    """A task in a block whose rescue has these actions."""
    block = SimpleNamespace(rescue=[SimpleNamespace(action=action) for action in rescue], _parent=None)
    return SimpleNamespace(get_name=lambda: name, delegate_to=delegate_to, action="command", _parent=block)


def test_a_failure_that_is_told_in_better_words_is_told_in_those_only(stages: Any, screen: Screen) -> None:
    begin(stages, "toolchain")
    host = SimpleNamespace(get_name=lambda: "i-1")
    failed = SimpleNamespace(_host=host, _result={"msg": "Request failed: <urlopen error x>"})
    failed._task = task("Download", rescue=("ansible.builtin.fail",))
    stages.v2_runner_on_failed(failed)
    assert screen.lines == ["… toolchain"]
    better = SimpleNamespace(_host=host, _result={"msg": "The crate cannot be downloaded: x."})
    better._task = SimpleNamespace(**{**vars(failed._task), "action": "ansible.builtin.fail"})
    stages.v2_runner_on_failed(better)
    stages.v2_playbook_on_stats(None)
    said, line, *_ = screen.lines
    assert said == "The crate cannot be downloaded: x."
    assert line.startswith("✗ toolchain ")


def test_a_failure_that_the_rescue_only_records_is_told(stages: Any, screen: Screen) -> None:
    begin(stages, "toolchain")
    host = SimpleNamespace(get_name=lambda: "i-1")
    recorded = task("Install", rescue=("record_failure",))
    stages.v2_runner_on_failed(SimpleNamespace(_result={"msg": "No space."}, _host=host, _task=recorded))
    assert screen.lines[0] == "No space."


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
    assert "\x1b" not in screen.text
    assert "The build failed: \\x1bPq.\n    ab\n    \\x1b]0;x\n" in screen.text
