"""Records how a playbook goes, whatever is shown of it: times of stages, events, and the reports to who started it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase
from ansible.utils.vars import load_extra_vars

from benchmarks.errors import RefusedError
from benchmarks.playbook import host_losses, stages, task_failures
from benchmarks.runs import event_records, events, locks, run_directory
from benchmarks.runs.records import Preflight
from benchmarks.terminal import streams

DOCUMENTATION = """
name: record_progress
type: aggregate
short_description: Record stages, warnings and failures
description:
  - Writes C(stages.json) and C(events.jsonl) into the run's directory, and reports stages to the process that started
    the playbook. Nothing is printed, and nothing fails if it cannot be written.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record_progress"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self._playbook = ""
        self._directory: Path | None = None
        self._has_begun = False
        self._stage: stages.Current | None = None
        self._of_hosts: dict[str, stages.Current] = {}
        self._times = stages.Times()
        self._said = task_failures.Said()

    def v2_playbook_on_start(self, playbook: Any) -> None:
        streams.ignore_closed_output()
        if os.environ.get("BENCHMARKS_REWRITE_LINES") == "1":
            streams.show_lines()
        self._playbook = Path(playbook._file_name).stem

    def v2_playbook_on_play_start(self, play: Any) -> None:
        stages.tell("play", play.get_name())
        # Those of the play before are over; a stage as a whole may go on in this one.
        self._end_stages_of_hosts()
        # A rehearsal is no part of a run's history.
        if self._playbook in stages.PLAYBOOKS and not context.CLIARGS.get("check"):
            # Preflight reports an invalid id.
            with suppress(RefusedError):
                self._directory = run_directory.locate(load_extra_vars(play.get_loader()))[1]
                # Inherited by the processes that Ansible forks for tasks.
                os.environ[events.VARIABLE] = str(self._directory)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        role = _role(task)
        if self._stage and self._stage.name == role:
            return
        self._end_stage()
        if role:
            self._stage = stages.Current(role)
            stages.tell("begun", role)

    v2_playbook_on_handler_task_start = v2_playbook_on_task_start

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self._begin()
        name, role = host.get_name(), _role(task)
        if name != "localhost":
            stages.tell("ending" if role == "terminate" else "works", name)
        current = self._of_hosts.get(name)
        if current and current.name == role:
            return
        self._end_stage_of(name)
        if role:
            self._of_hosts[name] = stages.Current(role)
            self._note(event_records.StageBegun(host=name, stage=role))

    def v2_runner_on_ok(self, result: Any) -> None:
        self._mark(result)
        self._warn(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._warn(result)
        if not (ignore_errors or task_failures.is_told_later(result._task)):
            self._fail(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._fail(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._end_stage()
        self._end_stages_of_hosts()
        # Who started it tells the end, which is then not this one: cleaning up comes after it.
        if not stages.tell("over", self._playbook):
            self._note(event_records.RunEnded(failed=bool(stats.failures or stats.dark), exit_code=None))

    def _begin(self) -> None:
        """Tell once that the run has begun. Its directory is made, if there was none, when the first play begins."""
        if self._directory and locks.is_refused(self._directory):
            self._directory = None  # it is the other process's run
        if self._directory and not self._has_begun:
            self._has_begun = True
            planned = (self._directory / Preflight.FILE).exists()
            kind = event_records.RunContinued if planned else event_records.RunBegun
            self._note(kind(playbook=self._playbook))

    def _mark(self, result: Any, failed: bool = False) -> None:
        """That something was done in a stage, and whether it failed."""
        for current in (self._stage, self._of_hosts.get(result._host.get_name())):
            if current:
                current.did, current.failed = True, current.failed or failed

    def _warn(self, result: Any) -> None:
        for text in map(str, result._result.get("warnings", [])):
            if self._said.is_new(text):
                self._note(event_records.Warned(sentence=text))

    def _fail(self, result: Any) -> None:
        if result._result.get("is_answer"):
            self._mark(result)
            stages.tell("answered", self._stage.name if self._stage else stages.FIRST)
            return
        self._mark(result, failed=True)
        host, task = result._host.get_name(), result._task.get_name()
        stages.tell("failed", host)
        delegated = bool(result._task.delegate_to)
        sentence = host_losses.of_this_process().told(self._directory, host, task, result._result, delegated)
        if self._said.is_new(sentence):
            of_host = self._of_hosts.get(host)
            self._note(
                event_records.Failed(
                    host=host,
                    stage=of_host.name if of_host else None,
                    task=task_failures.plain_name(task),
                    sentence=sentence.split("\n", 1)[0],
                )
            )

    def _end_stage(self) -> None:
        stage, self._stage = self._stage, None
        if not stage:
            return
        stages.tell("ended", stage.name)
        # All its tasks may have been skipped, such as those of terminate if the instance is kept.
        if stage.did:
            self._times.add(stage.name, stage.seconds, stage.failed)
            self._times.note(self._directory, stage.name)

    def _end_stages_of_hosts(self) -> None:
        for host in list(self._of_hosts):
            self._end_stage_of(host)

    def _end_stage_of(self, host: str) -> None:
        if stage := self._of_hosts.pop(host, None):
            seconds = round(stage.seconds, 3)
            self._note(event_records.StageEnded(host=host, stage=stage.name, seconds=seconds, result=stage.result))

    def _note(self, event: event_records.Event) -> None:
        events.note(self._directory, event)


def _role(task: Any) -> str | None:
    return str(task._role.get_name()) if task._role else None
