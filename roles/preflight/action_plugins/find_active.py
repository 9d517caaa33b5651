"""Checks whether a resumed run's host is still measuring; fails if it measures something other than requested.

For who only comes back to the run, an attempt that has ended meanwhile is followed as one that still measures. A host
that does not answer fails here for them, and if it may be measuring: if it was left, or if nobody has brought back what
was begun there. Where it fails, what the run's records said before it was planned is restored.

One that `host_check` says is gone is followed instead: a later stage fails on it, and the run is brought to its end.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from benchmarks.errors import RefusedError
from benchmarks.host import attempt_states, host_check, ssh_failures
from benchmarks.playbook import stages
from benchmarks.runs import attempts, before_plan, run_directory


class ActionModule(ActionBase):
    """`host_dir` is on the controller, `directory` is the run's directory on the host, `unit` is the unit prefix."""

    _VALID_ARGS = frozenset(("host_dir", "directory", "unit", "suite_digest", "attaches", "host_check"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        here = Path(args["host_dir"])
        command = attempt_states.states_command(args["directory"], args["unit"])
        try:
            answer = self._low_level_execute_command(command, sudoable=False)
        except AnsibleConnectionFailure as error:
            if not (args["attaches"] or attempts.may_measure(here)):
                raise
            if host_check.gone(args["host_check"]):
                attempts.follow(here, attempts.current(here))
                return {"changed": False}
            # A later stage would fail, and the run be ended: but from here, a network of one's own may be in the way.
            raise _refusal(here, ssh_failures.sentence(task_vars["inventory_hostname"], str(error))) from None
        try:
            found = attempt_states.read_states(answer["stdout"])
            number = attempt_states.active_attempt(found, args["suite_digest"])
            if number is None and args["attaches"]:
                number = attempt_states.ended_attempt(found, args["suite_digest"])
            attempts.follow(here, number)
        except RefusedError as error:
            raise _refusal(here, str(error)) from None
        except OSError as error:
            raise _refusal(here, str(run_directory.write_failed(error))) from None
        # From now on the run can be left again.
        for event in attempt_states.events(found, number):
            stages.tell(event, task_vars["inventory_hostname"])
        return {"changed": False}


def _refusal(host_directory: Path, sentence: str) -> AnsibleActionFail:
    # Why it is refused matters more than a disk that is full.
    with suppress(OSError):
        before_plan.restore(host_directory.parent)
    return AnsibleActionFail(sentence)
