"""The output of ./inv for a playbook: one line per stage and one sentence per failure, without Ansible's own output."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible.utils.vars import load_extra_vars

from benchmarks.host import log_output
from benchmarks.playbook import host_losses, last_tasks, stages, task_failures
from benchmarks.playbook.host_courses import Course
from benchmarks.runs import attempts, host_labels, run_directory, run_layout
from benchmarks.runs.host_labels import Label
from benchmarks.terminal import streams, wrapping
from benchmarks.terminal.live_lines import ALL, Line

DOCUMENTATION = """
name: stages
type: stdout
short_description: Print one line per stage
description:
  - Shows stages with their times, messages of C(debug) tasks, warnings and failures.
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
        self._stage: stages.Current | None = None
        self._shown: set[str] = set()
        self._said = task_failures.Said()
        self._courses: dict[str, Course] | None = None
        self._done: set[str] = set()
        self._last: frozenset[str] = frozenset()

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self._of_run = Path(playbook._file_name).stem in stages.PLAYBOOKS

    def v2_playbook_on_play_start(self, play: Any) -> None:
        if self._of_run:
            self._directory = run_directory.locate(load_extra_vars(play.get_loader()))[1]
        self._end_courses()
        # Where several hosts go on at their own pace, there is no stage that all of them are at.
        if str(play.strategy).endswith("host_pinned") and host_labels.planned(self._directory):
            self._end_stage()
            self._courses, self._done, self._last = {}, set(), last_tasks.ids(play.tasks)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        role = task._role.get_name() if task._role else None
        if self._courses is None:
            self._begin_stage(role)
        elif course := self._course(host.get_name()):
            course.stage = role or course.stage
            self._progress(course.progress, host.get_name(), course)

    def _begin_stage(self, role: str | None) -> None:
        if self._stage and role == self._stage.name:
            return
        self._end_stage()
        if role:
            self._stage = stages.Current(role)
            self._progress(f"… {role}")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._mark()
        self._warn(result)
        if result._task.action in ("debug", "ansible.builtin.debug") and "results" not in result._result:
            self._say(_indented(result))
        if result._task.action == "launch_waiting" and (shown := result._result.get("shown")):
            self._say(f"  {shown}")
        if result._task.action == "write_results" and (course := self._course(result._host.get_name())):
            course.benchmarks = int(result._result.get("count", 0))
        self._end_if_last(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        if result._task.action in ("debug", "ansible.builtin.debug"):
            self._say(_indented(result))

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._warn(result)
        if not (ignore_errors or task_failures.is_told_later(result._task)):
            self._fail(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._fail(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._end_if_last(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._end_courses()
        self._end_stage()

    def _course(self, name: str) -> Course | None:
        """The course of a host of the inventory, if several go on at their own pace; it begins with the instance."""
        if self._courses is None or name in self._done:
            return None
        known = self._courses.get(name)
        if known and not known.label.waits:
            return known
        label = host_labels.of(self._directory, name)
        if label and not (known and known.label == label):
            self._courses[name] = Course(label)
        return self._courses.get(name)

    def _end_if_last(self, result: Any) -> None:
        if self._courses is not None and result._task._uuid in self._last:
            self._end_course(result._host.get_name())

    def _end_courses(self) -> None:
        for name in list(self._courses or ()):
            self._end_course(name)
        self._courses = None

    def _end_course(self, name: str) -> None:
        course = self._courses.pop(name, None) if self._courses else None
        self._done.add(name)
        if course and self._directory:
            self._progress("", name)
            is_left = attempts.is_left(run_layout.host(self._directory, course.label.name))
            self._say(course.over(is_left), color="red" if course.failed else "green")

    def _mark(self, failed: bool = False) -> None:
        """That something was done in the stage, and whether it failed."""
        if self._stage:
            self._stage.did, self._stage.failed = True, self._stage.failed or failed

    def _warn(self, result: Any) -> None:
        for text in map(str, result._result.get("warnings", [])):
            label = self._label(result)
            if self._said.is_new(text, label.name if label else ""):
                self._say(f"! {self._told(text, label)}", color="yellow")

    def _fail(self, result: Any) -> None:
        if result._result.get("is_answer"):
            self._mark()
            self._say(_indented(result))
            return
        self._mark(failed=True)
        course = self._course(result._host.get_name())
        if course:
            course.fail()
        label, task, delegated = self._label(result), result._task.get_name(), bool(result._task.delegate_to)
        host = label.name if label else result._host.get_name()
        sentence = host_losses.of_this_process().told(self._directory, host, task, result._result, delegated)
        if host_labels.planned(self._directory) and task_failures.is_retelling(result._task):
            # Why each host has failed is in the summary, below the table of hosts.
            sentence = sentence.partition("\n")[0]
        if self._said.is_new(sentence, label.name if label else ""):
            self._say(self._told(sentence, label), color="red", stderr=True)
        # What could not be launched is left out of what follows.
        if course and course.label.waits:
            self._end_course(result._host.get_name())

    def _told(self, sentence: str, label: Label | None) -> str:
        """A sentence about a host with that label, or about all."""
        if label:
            return label.told(sentence)
        return host_labels.of_several(sentence) if host_labels.planned(self._directory) else sentence

    def _label(self, result: Any) -> Label | None:
        """What tells the result's host from others of its run; None if there is no other, and for the controller."""
        return host_labels.of(self._directory, result._host.get_name())

    def _progress(self, text: str, host: str = ALL, course: Course | None = None) -> None:
        """Show a line of progress, or none."""
        if self._rewrite:
            line = Line(host, text, course.label.columns, course.idle) if course else Line(host, text)
            self._display.display(line.message, newline=False, screen_only=True)

    def _end_stage(self) -> None:
        stage, self._stage = self._stage, None
        self._progress("")
        # All its tasks may have been skipped, such as those of terminate if the instance is kept.
        if not (stage and stage.did):
            return
        # A stage that runs again, such as the final check for remaining instances, is shown only if it fails.
        if stage.name not in self._shown or stage.failed:
            mark, color = ("✗", "red") if stage.failed else ("✓", "green")
            self._say(f"{mark} {stage.name:<12} {stage.seconds:7.1f} s", color=color)
        self._shown.add(stage.name)

    def _say(self, text: str, color: str | None = None, stderr: bool = False) -> None:
        if not self._rewrite and streams.is_within_line():
            # The log that --tail has shown ends within a line.
            self._display.display("")
        # It may quote what third-party code or a server has printed.
        text = "\n".join(map(log_output.for_terminal, text.replace("\r", "").split("\n")))
        text = wrapping.wrapped(text, int(os.environ.get("COLUMNS") or 0) if self._rewrite else 0)
        self._display.display(text, color=color, stderr=stderr)
