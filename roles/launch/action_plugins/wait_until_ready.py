"""Waits until an instance answers over SSH and cloud-init has finished, and fails if it has no power-off timer.

Writes `ready.json`, by which later stages know that the instance may be kept.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from benchmarks.host import answers, host_check, ssh_failures
from benchmarks.launch import boot_check
from benchmarks.runs import events, host_labels, record_files, run_directory
from benchmarks.runs.event_records import InstanceReady
from benchmarks.runs.records import Ready

INTERVAL = 1.0  # seconds between tries to connect
ASKING = 15.0  # seconds between questions whether the instance is gone
CONNECTED = 60.0  # seconds; Ansible gives up a try to connect sooner


class ActionModule(ActionBase):
    """`timeout` is in seconds, and is about the connection; cloud-init has its own. `host_dir` is on the controller.

    `host_check` is the command that tells whether the instance is gone.
    """

    _VALID_ARGS = frozenset(("timeout", "host_dir", "host_check"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        host = host_labels.here(task_vars["inventory_hostname"])
        found = boot_check.read(host, self._answer(host, float(self._task.args["timeout"])))
        self._record(not found.refusal)
        events.note(events.here(), InstanceReady(instance_id=host, timer=not found.refusal))
        failed = {"failed": True, "msg": found.refusal} if found.refusal else {}
        return {"changed": False, "warnings": [found.warning] if found.warning else [], **failed}

    def _record(self, timer: bool) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        try:
            record_files.write(Path(self._task.args["host_dir"]), Ready(at=now, timer=timer))
        except OSError as error:
            raise AnsibleActionFail(str(run_directory.write_failed(error))) from None

    def _answer(self, host: str, timeout: float) -> str:
        """What the check prints. Each lost connection is tried again, as the instance may still boot, or reboot."""
        begun = asked = time.monotonic()
        refusals: list[str] = []
        while True:
            tried = time.monotonic()
            try:
                look = answers.marked(boot_check.command())
                return answers.read(self._low_level_execute_command(look, sudoable=False)).told
            except AnsibleConnectionFailure as error:
                refusals.append(str(error))
            # Only a connection that was accepted lasts for so long: the time begins anew, as after cloud-init's reboot.
            if time.monotonic() - tried > CONNECTED:
                begun = time.monotonic()
            is_over = time.monotonic() - begun > timeout
            if is_over or time.monotonic() - asked > ASKING:
                if gone := host_check.gone(self._task.args["host_check"]):
                    raise AnsibleActionFail(gone)
                asked = time.monotonic()
            if is_over:
                raise AnsibleActionFail(ssh_failures.sentence(host, ssh_failures.telling(refusals), launched=True))
            self._connection.reset()
            time.sleep(INTERVAL)
