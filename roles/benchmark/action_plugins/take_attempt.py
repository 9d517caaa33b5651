"""Finds the run's attempt that measures the suite on this host, or begins a new one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from benchmarks.errors import RefusedError
from benchmarks.host import answers, attempt_states, host_check, ssh_failures
from benchmarks.launch import remaining
from benchmarks.parameters import suites
from benchmarks.playbook import stages
from benchmarks.runs import attempts, events, measurement, record_files, run_directory
from benchmarks.runs.event_records import AttemptBegun
from benchmarks.runs.records import Attempt, Toolchain


class UntoldError(AnsibleActionFail):
    """The host does not tell its attempts, with what it `said` instead."""

    def __init__(self, message: str, said: str) -> None:
        super().__init__(message)
        self.said = said


class ActionModule(ActionBase):
    """`host_dir` is on the controller, `directory` is the run's directory on the host, `unit` is the unit prefix.

    With `attach`, an attempt that has failed is the one. Build and measurement may take `limit_minutes`. Returns the
    attempt's `number`, and whether all of it has been `measured`.
    """

    _VALID_ARGS = frozenset(
        ("suite", "toolchain", "host_dir", "directory", "unit", "attach", "host_check", "limit_minutes")
    )

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        here = Path(args["host_dir"])
        suite = suites.of_role(args["suite"])
        toolchain = record_files.typed(Toolchain, args["toolchain"])
        measured = measurement.of(suite, toolchain)
        wanted, asked = measurement.digest(measured), measurement.suite_digest(suite, toolchain.source.sha256)
        # The attempt that preflight began provisionally has no measurement yet, and its number may be used.
        begun = attempts.read(here, attempts.current(here))
        taken = [n for n in attempts.here(here) if not (begun and begun.number == n and begun.measurement is None)]
        try:
            output = self._command(attempt_states.states_command(args["directory"], args["unit"]))
            found = attempt_states.read_states(output)
            attempt_states.active_attempt(found, asked)
            number, new = attempt_states.choose(found, taken, wanted, attaches=bool(args.get("attach")))
            if not self._task.check_mode:
                for cut in (attempt.number for attempt in found if attempt.was_cut):
                    attempts.note_cut(here, cut)
                if new:
                    begin = attempt_states.begin_command(f"{args['directory']}/{number}", wanted, asked)
                    self._command(begin, privileged=True)
                record = Attempt(number=number, suite=suite, suite_digest=asked, measurement=measured)
                attempts.take(here, record, toolchain)
                events.note(events.here(), AttemptBegun(host=here.name, attempt=number, continued=not new))
        except RefusedError as error:
            raise AnsibleActionFail(str(error)) from None
        except OSError as error:
            raise AnsibleActionFail(str(run_directory.write_failed(error))) from None
        except AnsibleConnectionFailure as error:
            if attempts.is_active(here):
                self._leave(here)
            # The play may ignore that a host is unreachable: the next task would fail instead.
            raise AnsibleActionFail(ssh_failures.sentence(here.name, str(error))) from None
        except UntoldError as error:
            if not attempts.is_active(here):
                raise
            self._leave(here)
            untold = ssh_failures.untold(here.name, "what it is at", error.said)
            raise AnsibleActionFail(f"{untold} It is left measuring: come back to it in a while.") from None
        warnings = [
            f"{unit} of another run is active on this host too: the two disturb each other's numbers."
            for unit in attempt_states.units_of_other_runs(output)
        ]
        left = remaining.time_left(here.parent, here.name, datetime.now(UTC), int(args.get("limit_minutes") or 0))
        if new and (told := attempt_states.anew(found, wanted, number, left)):
            warnings.append(told)
        measured_already = not new and attempt_states.is_measured(found, number)
        if measured_already:
            for event in attempt_states.events(found, number):
                stages.tell(event, here.name)
        return {"changed": new, "number": number, "measured": measured_already, "warnings": warnings}

    def _leave(self, here: Path) -> None:
        """Leave a host that has just been found at work: the way to it may be lost, and not the host."""
        if gone := host_check.gone(self._task.args.get("host_check") or ()):
            raise AnsibleActionFail(gone) from None
        attempts.leave(here)
        stages.tell("left", here.name)

    def _command(self, command: str, privileged: bool = False) -> str:
        answer = answers.read(self._low_level_execute_command(answers.marked(command), sudoable=privileged))
        if not answer.succeeded:
            done = "written" if privileged else "read"
            told = f"The attempts on the host cannot be {done}: {answer.said}. Mend that there, or use another machine."
            raise AnsibleActionFail(told) if privileged else UntoldError(told, answer.said)
        return answer.told
