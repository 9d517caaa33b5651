"""Records how a playbook goes, whatever is shown of it: times of stages, events, and the reports to who started it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible import context
from ansible.plugins.callback import CallbackBase
from ansible.utils.vars import load_extra_vars

from benchmarks.errors import RefusedError
from benchmarks.playbook import host_losses, last_tasks, stages, task_failures
from benchmarks.runs import event_records, events, host_labels, locks, planned_hosts, run_directory
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


@dataclass(kw_only=True)
class Stage(stages.Current):
    """A stage that is under way on a host, with the name that the host had when it began."""

    host: str


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
        self._of_hosts: dict[str, Stage] = {}
        self._planned: tuple[str, ...] = ()
        self._last: frozenset[str] = frozenset()
        self._times = stages.Times()
        self._said = task_failures.Said()

    def v2_playbook_on_start(self, playbook: Any) -> None:
        streams.ignore_closed_output()
        if os.environ.get("BENCHMARKS_REWRITE_LINES") == "1":
            streams.show_lines()
        self._playbook = Path(playbook._file_name).stem

    def v2_playbook_on_play_start(self, play: Any) -> None:
        stages.tell("play", play.get_name())
        self._end_stages()
        self._last = last_tasks.ids(play.tasks)
        # A rehearsal is no part of a run's history.
        if self._playbook in stages.PLAYBOOKS and not context.CLIARGS.get("check"):
            # Preflight reports an invalid id.
            with suppress(RefusedError):
                self._directory = run_directory.locate(load_extra_vars(play.get_loader()))[1]
                # Inherited by the processes that Ansible forks for tasks.
                os.environ[events.VARIABLE] = str(self._directory)
        self._planned = host_labels.planned(self._directory)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self._begin()
        in_inventory, role = host.get_name(), _role(task)
        name = self._name(in_inventory)
        if name != stages.CONTROLLER:
            self._tell(in_inventory, name, role)
        current = self._of_hosts.get(in_inventory)
        if current and current.name == role:
            return
        self._end_stage_of(in_inventory)
        if role:
            if role not in self._under_way:
                stages.tell("begun", role)
            self._of_hosts[in_inventory] = Stage(role, host=name)
            self._note(event_records.StageBegun(host=name, stage=role))

    def v2_runner_on_ok(self, result: Any) -> None:
        self._mark(result)
        self._warn(result)
        self._end_if_last(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._end_if_last(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._warn(result)
        if not (ignore_errors or task_failures.is_told_later(result._task)):
            self._fail(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._fail(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._end_stages()
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
        """That something was done in a stage, and whether it failed. What it has only waited is not of its time."""
        if current := self._of_hosts.get(result._host.get_name()):
            current.begun += float(result._result.get("waited") or 0)
            current.did, current.failed = True, current.failed or failed

    def _warn(self, result: Any) -> None:
        for text in map(str, result._result.get("warnings", [])):
            if self._said.is_new(text):
                self._note(event_records.Warned(sentence=text))

    def _fail(self, result: Any) -> None:
        if result._result.get("is_answer"):
            self._mark(result)
            current = self._of_hosts.get(result._host.get_name())
            stages.tell("answered", current.name if current else stages.FIRST)
            return
        self._mark(result, failed=True)
        host, task = self._name(result._host.get_name()), result._task.get_name()
        stages.tell("failed", host)
        delegated = bool(result._task.delegate_to)
        sentence = host_losses.of_this_process().told(self._directory, host, task, result._result, delegated)
        # In the end, the controller fails with what was said of a host.
        if self._said.is_new(sentence, "" if host == stages.CONTROLLER else host):
            of_host = self._of_hosts.get(result._host.get_name())
            self._note(
                event_records.Failed(
                    host=host,
                    stage=of_host.name if of_host else None,
                    task=task_failures.plain_name(task),
                    sentence=sentence.split("\n", 1)[0],
                )
            )

    def _name(self, in_inventory: str) -> str:
        """What a host of the inventory is called in the run's records by now."""
        return planned_hosts.name(self._directory, in_inventory) if self._directory else in_inventory

    def _tell(self, in_inventory: str, name: str, role: str | None) -> None:
        """Tell what a host is at that a task begins for."""
        if name in self._planned:
            stages.tell("waits", name)
            return
        if name != in_inventory:
            stages.tell("launched", in_inventory)
        stages.tell("ending" if role == "terminate" else "works", name)

    @property
    def _under_way(self) -> set[str]:
        """The stages that some host is at."""
        return {one.name for one in self._of_hosts.values()}

    def _end_if_last(self, result: Any) -> None:
        if result._task._uuid in self._last:
            self._end_stage_of(result._host.get_name())

    def _end_stages(self) -> None:
        for host in list(self._of_hosts):
            self._end_stage_of(host)

    def _end_stage_of(self, host: str) -> None:
        if not (stage := self._of_hosts.pop(host, None)):
            return
        if stage.name not in self._under_way:
            stages.tell("ended", stage.name)
        # All its tasks may have been skipped, such as those of terminate if the instance is kept.
        if stage.did:
            self._times.add(host, stage.name, stage.seconds, stage.failed)
            self._times.note(self._directory, stage.name)
        seconds = round(stage.seconds, 3)
        self._note(event_records.StageEnded(host=stage.host, stage=stage.name, seconds=seconds, result=stage.result))

    def _note(self, event: event_records.Event) -> None:
        events.note(self._directory, event)


def _role(task: Any) -> str | None:
    return str(task._role.get_name()) if task._role else None
