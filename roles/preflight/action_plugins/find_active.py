"""Checks whether a resumed run's host is still measuring; fails if it measures something other than requested.

For who only comes back to the run, an attempt that has ended meanwhile is found as one that still measures. A host that
does not answer fails here, unless it never has and more is asked than to come back, or it is one of several that are
come back to: then leave_unheard decides, which knows of all. Where it fails, what the run's records said before it was
planned is restored. Nothing is recorded here: another host may refuse at the same time.

One that `host_check` says is gone is found as well: a later stage fails on it, and the run is brought to its end.
"""

from __future__ import annotations

from collections.abc import Iterable
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

    Returns for follow_attempt the `number` of what is to be followed, 0 for nothing, and the `events` that tell of it;
    for leave_unheard, why the host tells nothing, as the sentence `unheard`, empty if it does.
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
                return _found()
            if gone := host_check.gone(args["host_check"]):
                last = attempts.current(here)
                begun = attempts.read(here, last)
                # What was asked for now may be something else.
                if args["attaches"] or (begun and begun.suite_digest == args["suite_digest"]):
                    return _found(last)
                raise _refusal(here, gone) from None
            # It may measure all the same: from here, a network of one's own may be in the way.
            return _unheard(here, host, ssh_failures.sentence(host, str(error)), attaches=args["attaches"])
        if not answer.succeeded:
            # What may measure there is not to be ended because of that.
            untold = ssh_failures.untold(host, "what it is at", answer.said)
            return _unheard(here, host, f"{untold} Try again in a minute.", attaches=args["attaches"])
        try:
            found = attempt_states.read_states(answer.told)
            number = attempt_states.active_attempt(found, args["suite_digest"])
            if number is None and args["attaches"]:
                number = attempt_states.ended_attempt(found, args["suite_digest"])
        except RefusedError as error:
            raise _refusal(here, str(error)) from None
        return _found(number or 0, attempt_states.events(found, number))


def _found(number: int = 0, events: Iterable[str] = (), unheard: str = "") -> dict[str, Any]:
    return {"changed": False, "number": number, "events": list(events), "unheard": unheard}


def _unheard(host_directory: Path, host: str, sentence: str, *, attaches: bool) -> dict[str, Any]:
    """What is found of a host that tells nothing.

    Raises AnsibleActionFail unless it is one of several that are come back to.
    """
    if attaches and host_labels.of(host_directory.parent, host):
        return _found(unheard=sentence)
    raise _refusal(host_directory, sentence) from None


def _was_reached(host_directory: Path) -> bool:
    """Whether the host has answered before, so that there may be something of the run."""
    return any((host_directory / name).exists() for name in (Ready.FILE, Toolchain.FILE))


def _refusal(host_directory: Path, sentence: str) -> AnsibleActionFail:
    # Why it is refused matters more than a disk that is full.
    with suppress(OSError):
        before_plan.restore(host_directory.parent)
    return AnsibleActionFail(sentence)
