"""Waits until an instance answers over SSH and cloud-init has finished, and fails if it has no power-off timer."""

from __future__ import annotations

import time
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from benchmarks.host import ssh_failures
from benchmarks.launch import boot_check

INTERVAL = 1.0  # seconds between tries to connect
CONNECTED = 60.0  # seconds; Ansible gives up a try to connect sooner


class ActionModule(ActionBase):
    """`timeout` is in seconds, and is about the connection; cloud-init has its own."""

    _VALID_ARGS = frozenset(("timeout", "keep"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        host = task_vars["inventory_hostname"]
        found = boot_check.read(host, self._answer(host, float(self._task.args["timeout"])))
        # A run that keeps its instances would leave this one, and nothing would ever end it.
        off = self._power_off() if found.refusal and self._task.args["keep"] else ""
        failed = {"failed": True, "msg": f"{found.refusal}{off}"} if found.refusal else {}
        return {"changed": False, "warnings": [found.warning] if found.warning else [], **failed}

    def _power_off(self) -> str:
        try:
            is_off = self._low_level_execute_command(boot_check.power_off_command(), sudoable=False)["rc"] == 0
        except AnsibleConnectionFailure:
            is_off = False
        return boot_check.POWERED_OFF if is_off else boot_check.NOT_POWERED_OFF

    def _answer(self, host: str, timeout: float) -> str:
        """What the check prints. Each lost connection is tried again, as the instance may still boot, or reboot."""
        begun = time.monotonic()
        refusals: list[str] = []
        while True:
            tried = time.monotonic()
            try:
                return str(self._low_level_execute_command(boot_check.command(), sudoable=False)["stdout"])
            except AnsibleConnectionFailure as error:
                refusals.append(str(error))
            # Only a connection that was accepted lasts for so long: the time begins anew, as after cloud-init's reboot.
            if time.monotonic() - tried > CONNECTED:
                begun = time.monotonic()
            if time.monotonic() - begun > timeout:
                raise AnsibleActionFail(ssh_failures.sentence(host, ssh_failures.telling(refusals), launched=True))
            self._connection.reset()
            time.sleep(INTERVAL)
