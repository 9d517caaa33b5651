"""The output of ./inv for a playbook: one line per stage and one sentence per failure, without Ansible's own output."""

from __future__ import annotations

import os
import textwrap
import time
from functools import partial
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible.utils.vars import load_extra_vars

from benchmarks.host import log_output
from benchmarks.playbook import host_losses, stages, task_failures
from benchmarks.runs import run_directory
from benchmarks.terminal import streams, wrapping

DOCUMENTATION = """
name: stages
type: stdout
short_description: Print one line per stage
description:
  - Shows stages with their times, messages of C(debug) tasks, warnings, and failures; writes C(stages.json).
"""


def _indented(result: Any) -> str:
    return textwrap.indent(str(result._result.get("msg", "")), "  ")


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "stages"

    def __init__(self) -> None:
        super().__init__()
        self._rewrite = os.environ.get("BENCHMARKS_REWRITE_LINES") == "1"
        self._of_run = False
        self._directory: Path | None = None
        self._stage: str | None = None
        self._begun = 0.0
        self._failed = self._did = self._of_run = False
        self._said: set[str] = set()
        self._times = stages.Times()
        self._losses = host_losses.Losses()

    def v2_playbook_on_start(self, playbook: Any) -> None:
        streams.ignore_closed_output()
        self._of_run = Path(playbook._file_name).stem in stages.PLAYBOOKS

    def v2_playbook_on_play_start(self, play: Any) -> None:
        stages.tell("play", play.get_name())
        if self._of_run:
            self._directory = run_directory.locate(load_extra_vars(play.get_loader()))[1]

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        role = task._role.get_name() if task._role else None
        if role == self._stage:
            return
        self._end_stage()
        if role:
            self._stage, self._begun, self._failed, self._did = role, time.monotonic(), False, False
            stages.tell("begun", role)
            self._clear(f"… {role}")

    v2_playbook_on_handler_task_start = v2_playbook_on_task_start

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        if host.get_name() != "localhost":
            is_over = task._role and task._role.get_name() == "terminate"
            stages.tell("over" if is_over else "works", host.get_name())

    def v2_runner_on_ok(self, result: Any) -> None:
        self._did = True
        self._warn(result)
        if result._task.action in ("debug", "ansible.builtin.debug") and "results" not in result._result:
            self._say(_indented(result))

    def v2_runner_item_on_ok(self, result: Any) -> None:
        if result._task.action in ("debug", "ansible.builtin.debug"):
            self._say(_indented(result))

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._warn(result)
        if not ignore_errors:
            self._fail(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._fail(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._end_stage()

    def _warn(self, result: Any) -> None:
        for text in map(str, result._result.get("warnings", [])):
            if text not in self._said:
                self._said.add(text)
                self._say(f"! {text}", color="yellow")

    def _fail(self, result: Any) -> None:
        if result._result.get("is_answer"):
            self._did = True
            stages.tell("answered", self._stage or stages.FIRST)
            self._say(_indented(result))
            return
        self._failed = self._did = True
        host, task = result._host.get_name(), result._task.get_name()
        stages.tell("failed", host)
        # What is delegated runs on the controller, and fails for a reason of its own.
        told = task_failures.sentence if result._task.delegate_to else partial(self._losses.sentence, self._directory)
        sentence = told(host, task, result._result)
        if not any(said.startswith(sentence) for said in self._said):
            self._said.add(sentence)
            self._say(sentence, color="red", stderr=True)

    def _clear(self, progress: str = "") -> None:
        if self._rewrite:
            self._display.display(f"\r\x1b[2K{progress}", newline=False)

    def _end_stage(self) -> None:
        stage, self._stage = self._stage, None
        self._clear()
        if stage:
            stages.tell("ended", stage)
        # All its tasks may have been skipped, such as those of terminate if the instance is kept.
        if not (stage and self._did):
            return
        seconds = time.monotonic() - self._begun
        # A stage that runs again, such as the final check for remaining instances, is shown only if it fails.
        if self._times.add(stage, seconds, self._failed) or self._failed:
            mark, color = ("✗", "red") if self._failed else ("✓", "green")
            self._say(f"{mark} {stage:<12} {seconds:7.1f} s", color=color)
        self._times.note(self._directory, stage)

    def _say(self, text: str, color: str | None = None, stderr: bool = False) -> None:
        self._clear()
        # It may quote what third-party code or a server has printed.
        text = "\n".join(map(log_output.for_terminal, text.replace("\r", "").split("\n")))
        text = wrapping.wrapped(text, int(os.environ.get("COLUMNS") or 0) if self._rewrite else 0)
        self._display.display(text, color=color, stderr=stderr)
