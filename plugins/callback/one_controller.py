"""Takes the lock of a playbook's run in ansible-playbook's main process, which lives as long as the playbook."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible.utils.vars import load_extra_vars

from benchmarks.errors import RefusedError
from benchmarks.playbook import stages
from benchmarks.runs import locks, run_directory

DOCUMENTATION = """
name: one_controller
type: aggregate
short_description: Allow one controller per run
description:
  - Takes the run's lock. If another process holds it, preflight refuses the run. Terminating a run needs no lock.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "one_controller"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        super().__init__()
        self._playbook = ""
        self._directory: Path | None = None

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self._playbook = Path(playbook._file_name).stem

    def v2_playbook_on_play_start(self, play: Any) -> None:
        if self._playbook in stages.PLAYBOOKS:
            # Preflight reports an invalid id and a directory that cannot be written.
            with suppress(RefusedError, OSError):
                self._directory = run_directory.locate(load_extra_vars(play.get_loader()))[1]
                locks.hold_for_playbook(self._directory)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        if self._directory:
            locks.remove_if_only_locked(self._directory)
