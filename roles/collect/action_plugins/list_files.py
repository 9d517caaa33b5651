"""Lists which files of an attempt a host has, and with what content. A host that does not answer is asked again."""

from __future__ import annotations

import shlex
import time
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from benchmarks.host import answers, attempt_files, host_check, ssh_failures
from benchmarks.runs import host_labels

INTERVAL = 1.0  # seconds between tries to connect


class ActionModule(ActionBase):
    """`directory` is the attempt's on the host, and `timeout` is in seconds. Returns the `lines` of found_command.

    A host that does not answer is not waited for if `host_check` says that it is gone.

    One command tells all: modules would take about half a second for each file, also for those that are here already.
    """

    _VALID_ARGS = frozenset(("directory", "timeout", "host_check"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        host = host_labels.here(task_vars["inventory_hostname"])
        command = answers.marked(shlex.join(attempt_files.found_command(str(self._task.args["directory"]))))
        begun = time.monotonic()
        while True:
            try:
                answer = answers.read(self._low_level_execute_command(command, sudoable=False))
                break
            except AnsibleConnectionFailure as error:
                if gone := host_check.gone(self._task.args["host_check"]):
                    raise AnsibleActionFail(gone) from None
                if time.monotonic() - begun > float(self._task.args["timeout"]):
                    raise AnsibleActionFail(ssh_failures.sentence(host, str(error))) from None
            self._connection.reset()
            time.sleep(INTERVAL)
        if not answer.succeeded:
            untold = ssh_failures.untold(host, "which results it has", answer.said)
            raise AnsibleActionFail(f"{untold} Mend that on the machine, and attach again.")
        return {"changed": False, "lines": answer.told.splitlines()}
