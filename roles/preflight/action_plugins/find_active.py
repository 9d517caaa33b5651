"""Checks whether a resumed run's host is still measuring; fails if it measures something other than requested.

For who only comes back to the run, an attempt that has ended meanwhile is found as one that still measures. A host that
does not answer fails here, unless it never has and more is asked than to come back. Where it fails, what the run's
records said before it was planned is restored. Nothing is recorded here: another host may refuse at the same time.

One that `host_check` says is gone is found as well: a later stage fails on it, and the run is brought to its end.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from benchmarks.errors import RefusedError
from benchmarks.host import answers, attempt_states, host_check, ssh_failures
from benchmarks.runs import attempts, before_plan, host_labels
from benchmarks.runs.records import Ready, Toolchain


class ActionModule(ActionBase):
    """`host_dir` is on the controller, `directory` is the run's directory on the host, `unit` is the unit prefix.

    Returns for follow_attempt the `number` of what is to be followed, 0 for nothing, and the `events` that tell of it.
    """

    _VALID_ARGS = frozenset(("host_dir", "directory", "unit", "suite_digest", "attaches", "host_check"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        here = Path(args["host_dir"])
        host = host_labels.here(task_vars["inventory_hostname"])
        command = attempt_states.states_command(args["directory"], args["unit"])
        try:
            answer = answers.read(self._low_level_execute_command(answers.marked(command), sudoable=False))
        except AnsibleConnectionFailure as error:
            # Nothing can measure there yet, and a later stage waits until it is ready.
            if not (args["attaches"] or attempts.is_left(here) or _was_reached(here)):
                return {"changed": False, "number": 0, "events": []}
            if gone := host_check.gone(args["host_check"]):
                last = attempts.current(here)
                begun = attempts.read(here, last)
                # What was asked for now may be something else.
                if args["attaches"] or (begun and begun.suite_digest == args["suite_digest"]):
                    return {"changed": False, "number": last, "events": []}
                raise _refusal(here, gone) from None
            # It may measure all the same: from here, a network of one's own may be in the way.
            raise _refusal(here, ssh_failures.sentence(host, str(error))) from None
        if not answer.succeeded:
            # What may measure there is not to be ended because of that.
            untold = ssh_failures.untold(host, "what it is at", answer.said)
            raise _refusal(here, f"{untold} Try again in a minute.")
        try:
            found = attempt_states.read_states(answer.told)
            number = attempt_states.active_attempt(found, args["suite_digest"])
            if number is None and args["attaches"]:
                number = attempt_states.ended_attempt(found, args["suite_digest"])
        except RefusedError as error:
            raise _refusal(here, str(error)) from None
        return {"changed": False, "number": number or 0, "events": list(attempt_states.events(found, number))}


def _was_reached(host_directory: Path) -> bool:
    """Whether the host has answered before, so that there may be something of the run."""
    return any((host_directory / name).exists() for name in (Ready.FILE, Toolchain.FILE))


def _refusal(host_directory: Path, sentence: str) -> AnsibleActionFail:
    # Why it is refused matters more than a disk that is full.
    with suppress(OSError):
        before_plan.restore(host_directory.parent)
    return AnsibleActionFail(sentence)
