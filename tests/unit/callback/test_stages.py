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
from benchmarks.runs.records import CurrentAttempt
from benchmarks.terminal import live_lines
from benchmarks.terminal.live_lines import Line, Lines
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
    stages.v2_runner_on_ok(SimpleNamespace(_result={}, _host=HOST, _task=SimpleNamespace(action="file")))


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
    stages.v2_runner_on_failed(SimpleNamespace(_result=told, _host=HOST, _task=SimpleNamespace(action="conclude")))
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


class Run:
    """A run of three hosts, of which the last waits to be launched, in the play in which each has its own pace."""

    def __init__(self, stages: Any, directory: Path) -> None:
        self.directory, self._stages = directory, stages
        launches = tuple(records.launch_plan(host=n, instance_type=f"c{n}.large") for n in (1, 2, 3))
        record_files.write(directory, records.preflight(launches=launches))
        self.launch(1, 2)
        stages._directory = directory
        self.play("ansible.builtin.host_pinned")

    def launch(self, *numbers: int) -> None:
        launched = [records.instance(f"i-{n}", host=n, instance_type=f"c{n}.large") for n in numbers]
        record_files.write(self.directory, records.instances(instances=tuple(launched)))

    def play(self, strategy: str) -> None:
        last = SimpleNamespace(action="debug", _uuid="last")
        self._stages.v2_playbook_on_play_start(SimpleNamespace(strategy=strategy, tasks=[last]))

    def begin(self, host: str, role: str | None) -> SimpleNamespace:
        named = SimpleNamespace(get_name=lambda: role) if role else None
        begun = SimpleNamespace(
            _role=named, _uuid="1", action="command", delegate_to=None, _parent=None, get_name=lambda: "Do it"
        )
        self._stages.v2_runner_on_start(SimpleNamespace(get_name=lambda: host), begun)
        return begun

    def result(self, host: str, task: SimpleNamespace, **told: Any) -> SimpleNamespace:
        return SimpleNamespace(_host=SimpleNamespace(get_name=lambda: host), _task=task, _result=told)

    def fail(self, host: str, role: str, sentence: str) -> None:
        self._stages.v2_runner_on_failed(self.result(host, self.begin(host, role), msg=sentence))

    def end(self, host: str) -> None:
        last = SimpleNamespace(action="debug", _uuid="last")
        self._stages.v2_runner_on_skipped(self.result(host, last))


@pytest.fixture
def run(stages: Any, tmp_path: Path) -> Run:
    return Run(stages, tmp_path)


def test_each_of_several_hosts_has_a_line(run: Run, stages: Any, screen: Screen) -> None:
    run.begin("i-1", "toolchain")
    run.begin("i-2", "benchmark")
    run.begin("host-3", "launch")
    screen.display(Line("i-2", "  3:12 measuring: 5/8 ffts").message)
    # A task of no role belongs to the stage before it.
    run.begin("i-1", None)
    assert screen.lines == [
        "i-1     c1.large  eu-central-1a  … toolchain",
        "i-2     c2.large  eu-central-1a  3:12 measuring: 5/8 ffts",
        "host-3  c3.large                 waits for the vCPU quota",
    ]
    run.launch(1, 2, 3)
    run.begin("host-3", "launch")
    assert screen.lines[-1] == "i-3  c3.large  eu-central-1a  … launch"


def test_hosts_that_wait_for_the_quota_are_one_line_at_the_end(run: Run, screen: Screen) -> None:
    run.launch(1)
    for host in ("host-2", "host-3", "i-1"):
        run.begin(host, "launch")
    assert screen.lines == [
        "i-1  c1.large  eu-central-1a  … launch",
        "2 hosts wait for the vCPU quota: host-2, host-3",
    ]


def test_a_host_that_was_launched_later_is_shown_with_the_name_it_had(run: Run, stages: Any, screen: Screen) -> None:
    begun = run.begin("host-3", "launch")
    begun.action = "launch_waiting"
    stages.v2_runner_on_ok(run.result("host-3", begun, shown="host-3 is i-3 (c3.large, eu-central-1a) at 192.0.2.7"))
    assert screen.text == "  host-3 is i-3 (c3.large, eu-central-1a) at 192.0.2.7\n"
    stages.v2_runner_on_ok(run.result("host-3", begun, changed=False))
    assert screen.text.count("\n") == 1


def test_a_host_that_is_done_is_a_line_above_those_that_go_on(run: Run, stages: Any, screen: Screen) -> None:
    for host in ("i-1", "i-2"):
        run.begin(host, "report")
    written = run.begin("i-1", "report")
    written.action = "write_results"
    stages.v2_runner_on_ok(run.result("i-1", written, count=8))
    run.end("i-1")
    assert screen.lines == ["✓ i-1 c1.large  done in 0 s: 8 benchmarks", "i-2  c2.large  eu-central-1a  … report"]
    record_files.write(run.directory / "i-2", CurrentAttempt(number=1, left=True))
    run.end("i-2")
    assert screen.lines[1:] == ["✓ i-2 c2.large  left measuring after 0 s", ""]


def test_a_failure_names_its_host_and_is_told_of_each(run: Run, stages: Any, screen: Screen) -> None:
    for host in ("i-1", "i-2", "i-1"):
        run.fail(host, "toolchain", "No space is left.")
    told = ["i-1 (c1.large): No space is left.", "i-2 (c2.large): No space is left."]
    assert screen.lines[:2] == told
    run.end("i-1")
    run.play("linear")
    closing = ["✗ i-1 c1.large  failed in toolchain after 0 s", "✗ i-2 c2.large  failed in toolchain after 0 s"]
    assert screen.lines[2:] == [*closing, ""]


def test_why_hosts_have_failed_is_not_told_again_by_who_counts_them(run: Run, stages: Any, screen: Screen) -> None:
    run.fail("i-1", "benchmark", "It failed.")
    told = {"msg": "1 of 2 hosts did not succeed.\ni-1 (c7i.large): It failed."}
    task = SimpleNamespace(get_name=lambda: "Fail", delegate_to=None, action="ansible.builtin.fail", _uuid="fail")
    stages.v2_runner_on_failed(run.result("localhost", task, **told))
    assert screen.text.count("It failed.") == 1
    assert "1 of 2 hosts did not succeed.\n" in screen.text


def test_a_host_that_cannot_be_launched_waits_no_more(run: Run, stages: Any, screen: Screen) -> None:
    run.fail("host-3", "launch", "EC2 has none.")
    run.begin("host-3", None)
    assert screen.lines == ["host-3 (c3.large): EC2 has none.", "✗ host-3 c3.large  failed in launch", ""]
    run.play("linear")
    assert len(screen.lines) == 3


def test_no_new_run_is_advised_for_one_of_several_hosts(run: Run, stages: Any, screen: Screen) -> None:
    run.fail("i-1", "benchmark", "i-1 is terminated: x. Start a new run. The log that was read until then is kept.")
    run.fail("i-1", "benchmark", "i-1 is terminated: x. Start a new run.")
    begun = run.begin("localhost", "launch")
    stages.v2_runner_on_ok(run.result("localhost", begun, warnings=["c3.large: i-3 ended. Start a new run."]))
    assert screen.text == (
        "i-1 (c1.large) is terminated: x. The log that was read until then is kept.\n! c3.large: i-3 ended.\n"
    )


def test_a_warning_about_one_of_several_hosts_names_it(run: Run, stages: Any, screen: Screen) -> None:
    for host in ("i-1", "i-2"):
        stages.v2_runner_on_ok(run.result(host, run.begin(host, "launch"), warnings=["i-1 has no timer."]))
    said = ["! i-1 (c1.large) has no timer.", "! i-2 (c2.large): i-1 has no timer."]
    assert screen.lines[:2] == said


def test_stages_of_the_controller_are_lines_as_ever(run: Run, stages: Any, screen: Screen) -> None:
    run.play("linear")
    run.begin("localhost", "launch")
    assert screen.lines == ["… launch"]
    stages.v2_runner_on_ok(run.result("localhost", run.begin("localhost", "launch")))
    run.play("host_pinned")
    run.begin("i-1", "toolchain")
    assert screen.lines == ["✓ launch           0.0 s", "i-1  c1.large  eu-central-1a  … toolchain"]


def test_without_a_terminal_only_what_has_become_of_a_host_is_said(run: Run, stages: Any, screen: Screen) -> None:
    stages._rewrite = False
    for host in ("i-1", "i-2"):
        run.begin(host, "toolchain")
        run.begin(host, "benchmark")
    run.end("i-1")
    assert screen.lines == ["✓ i-1 c1.large  done in 0 s", ""]
