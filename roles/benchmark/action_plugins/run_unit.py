"""Runs a command as a transient systemd unit and follows its log to the end; if the unit already runs, follows that.

With `attach`, a unit that has failed meanwhile is followed as well, to its failure. With `detach`, a measurement is not
followed; `host_dir`, the host's directory on the controller, then has a record of that. So it has if a host that
uploads its results by itself does not answer any more, or does not tell how the unit is: the way to it may be lost, and
not the host.
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from benchmarks.host import (
    activity,
    answers,
    failure_causes,
    following,
    host_check,
    progress,
    ssh_failures,
    systemd_units,
)
from benchmarks.host.log_copy import LogCopy
from benchmarks.host.remaining import Durations
from benchmarks.host.systemd_units import UnitStatus
from benchmarks.playbook import command_line, stages
from benchmarks.runs import attempts, earlier_durations, event_records, events, host_labels, run_directory
from benchmarks.terminal import live_lines, streams

display = Display()

Told = TypeVar("Told")

INTERVAL = following.INTERVAL
WHAT = {"build": "build", "run": "benchmark run"}
EVENTS = {
    "build": (event_records.BuildBegun, event_records.BuildEnded),
    "run": (event_records.MeasurementBegun, event_records.MeasurementEnded),
}


class Follower(following.Follower):
    """Shows the progress of a step on `host` with Ansible's display."""

    def __init__(
        self, host: str, building: bool, expected: int, tail: bool, earlier: Durations, found: UnitStatus
    ) -> None:
        told = os.environ.get("BENCHMARKS_REWRITE_LINES")
        self._host = host
        self._is_within_line = False
        screen = following.Screen(
            display.display,
            rewrite=self._rewrite if told == "1" else None,
            # Ansible's workers have no terminal, by which to know without ./inv whether Ansible has one.
            write=self._write if told == "0" else None,
            label=str(host_labels.of(events.here(), host) or ""),
            hosts=len(host_labels.planned(events.here())) or 1,
        )
        step = progress.BUILD if building else progress.MEASURE
        resumed, age = found.active, found.age
        super().__init__(step, expected, tail, screen, earlier=earlier, resumed=resumed, age=age)

    def _rewrite(self, text: str) -> None:
        # Ansible's own log file has no line that could be rewritten.
        display.display(live_lines.Line(self._host, text).message, newline=False, screen_only=True)

    def _write(self, log: bytes) -> None:
        # Ansible's own log file would not take such a text.
        display.display(streams.carried(log), newline=False, screen_only=True)
        if log:
            self._is_within_line = not log.endswith(b"\n")

    def end_line(self) -> None:
        """End the log's last line before Ansible's own output goes on; the callback `stages` does that itself."""
        if self._is_within_line and command_line.is_verbose(os.environ):
            display.display("", screen_only=True)
            self._is_within_line = False


class CommandError(AnsibleActionFail):
    """A command that failed on the host, with what it `said`."""

    def __init__(self, command: str, said: str) -> None:
        super().__init__(f"{command} failed: {said}. Mend that on the machine, or use another.")
        self.said = said


class UntoldError(Exception):
    """The host answers, but does not tell how the unit is. The message is what it says instead."""


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(
        ("name", "step", "argv", "environment", "directory", "log", "log_here", "status", "limit_seconds", "expected",
         "tail", "attach", "detach", "host_dir", "reconnect_timeout", "host_check", "activity", "python", "stopped",
         "earlier", "after", "uploads")
    )  # fmt: skip

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        self._host = host_labels.here(task_vars["inventory_hostname"])
        self._inventory_name = task_vars["inventory_hostname"]
        self._runs = False
        try:
            return self._run()
        except AnsibleConnectionFailure as error:
            # Otherwise the playbook would go on with the next task, which waits in vain again.
            raise AnsibleActionFail(self._lost(ssh_failures.sentence(self._host, str(error)), lost=True)) from None
        except UntoldError as error:
            untold = ssh_failures.untold(self._host, f"how {self._task.args['name']} is", str(error))
            raise AnsibleActionFail(self._lost(untold, lost=False)) from None

    def _gone(self) -> str:
        """Why the host is gone, empty if it is not, or if that is unknown."""
        return host_check.gone(self._task.args["host_check"])

    def _run(self) -> dict[str, Any]:
        args = self._task.args
        unit = systemd_units.Unit(
            name=args["name"],
            argv=tuple(args["argv"]),
            environment={key: str(value) for key, value in args["environment"].items()},
            directory=args["directory"],
            log=args["log"],
            status=args["status"],
            limit_seconds=int(args["limit_seconds"]),
            stopped=args.get("stopped") or "",
            after=args.get("after") or "",
        )
        building = args["step"] == "build"
        what = WHAT[args["step"]]
        look = self._patiently(lambda: self._look(unit))
        if look.succeeded:
            self._tell("measures", "measured")
            return {"changed": False}
        if self._task.check_mode:
            return {"changed": True, "diff": {"prepared": f"The {what} would be: {shlex.join(unit.argv)}\n"}}
        begin = 0
        # Whoever only comes back takes a failure for what it is.
        if look.ended and not (args.get("attach") and look.result is not None):
            begin = look.size
            self._start(unit)
        self._runs = True
        self._tell("measures")
        if args.get("detach") and not building:
            return self._left(unit.name, begun=look.ended)
        earlier = {} if building else self._earlier()
        follower = Follower(self._inventory_name, building, int(args["expected"]), bool(args["tail"]), earlier, look)
        kept = LogCopy(Path(args["log_here"]))
        end = self._end_of(unit, begin, kept, follower, followed=not look.ended)
        self._tell("measured")
        if not end.succeeded:
            # A look may come through while it goes down: EC2 knows why.
            if end.stopped and (gone := self._gone()):
                raise AnsibleActionFail(f"{gone} {kept.told}")
            ended, text = systemd_units.describe_end(end, unit, what), kept.read(begin).decode(errors="replace")
            sentence, detail = failure_causes.explain(ended, text) if end.failed_by_itself else (ended, ())
            # `detail` is separate from `msg`, which Ansible's own output repeats.
            told = {"detail": detail or failure_causes.context(text), "next": f"The whole log is in {args['log_here']}"}
            return {"failed": True, "msg": sentence, **told}
        return {"changed": look.ended}

    def _earlier(self) -> Durations:
        """How long the suite's benchmarks took earlier, if the task says where to look."""
        where = self._task.args.get("earlier") or {}
        if not where.get("runs_dir"):
            return {}
        return earlier_durations.find(Path(where["runs_dir"]), str(where["suite"]), where["instance_type"])

    def _end_of(
        self, unit: systemd_units.Unit, begin: int, kept: LogCopy, follower: Follower, followed: bool
    ) -> UnitStatus:
        """How the unit has ended, when it has. That it began and ended is told, also if the host is lost meanwhile."""
        begun, ended = EVENTS[self._task.args["step"]]
        events.note(events.here(), begun(host=self._host, unit=unit.name, followed=followed))
        result: str | None = None
        try:
            end = self._follow(unit, begin, kept, follower)
            result = end.word
        finally:
            follower.end_line()
            events.note(events.here(), ended(host=self._host, unit=unit.name, result=result))
        return end

    @property
    def _found(self) -> bool:
        """Whether the host was found at work before this step came to it: that may be the measurement itself."""
        host_dir = self._task.args.get("host_dir")
        return bool(host_dir) and attempts.is_active(Path(host_dir))

    def _lost(self, sentence: str, *, lost: bool) -> str:
        """What is said of a host that cannot be followed. If it can do without this machine, it is left measuring.

        `sentence` is why not; `lost` is whether it answers no more.
        """
        args = self._task.args
        gone = self._gone()
        if not (self._runs or self._found):
            return gone or (sentence if lost else f"{sentence} Mend that on the machine, or use another.")
        told = LogCopy(Path(args["log_here"])).told
        if gone:
            return f"{gone} {told}"
        # What is only built measures nothing by itself.
        if left := bool(args.get("uploads") and (self._found or args["step"] != "build")):
            self._leave()
            events.note(events.here(), event_records.RunLeft(host=self._host))
        if lost:
            return ssh_failures.stopped(args["name"], told, left=left)
        return ssh_failures.unfollowed(sentence, told, left=left)

    def _leave(self) -> None:
        """Leave the measurement to itself. Without a record of that, it would be ended with the playbook."""
        try:
            attempts.leave(Path(self._task.args["host_dir"]))
        except OSError as error:
            raise AnsibleActionFail(str(run_directory.write_failed(error))) from None
        stages.tell("left", self._host)

    def _left(self, unit: str, begun: bool) -> dict[str, Any]:
        self._leave()
        measuring = event_records.MeasurementBegun(host=self._host, unit=unit, followed=not begun)
        events.note(events.here(), measuring, event_records.RunLeft(host=self._host))
        return {"changed": begun}

    def _tell(self, *what: str) -> None:
        """Tell what this host is at, unless the step only builds: what is built measures nothing by itself."""
        if self._task.args["step"] != "build":
            for event in what:
                stages.tell(event, self._host)

    def _start(self, unit: systemd_units.Unit) -> None:
        self._patiently(lambda: self._command(systemd_units.clean_command(unit)))
        # From now on it may run, whether or not an answer comes.
        self._runs = True
        start = systemd_units.start_command(self._watched(unit), self._task.args["python"])
        begun = time.monotonic()
        while True:
            try:
                self._command(start)
                return
            except CommandError:
                # systemd-run says no more than that it failed, also if systemd was too slow for it.
                end = self._patiently(partial(self._look, unit))
                if end.active:
                    return
                if end.refused:
                    what = WHAT[self._task.args["step"]]
                    raise AnsibleActionFail(systemd_units.describe_end(end, unit, what)) from None
                raise
            except AnsibleConnectionFailure:
                # It takes minutes if a service has to end first, and the unit starts whether or not ssh waits for it.
                if time.monotonic() - begun > float(self._task.args["reconnect_timeout"]) or self._gone():
                    raise
                self._connection.reset()
                time.sleep(INTERVAL)
            if self._was_started(unit):
                return

    def _was_started(self, unit: systemd_units.Unit) -> bool:
        """Whether the unit runs or has run, as far as the host answers."""
        try:
            look = self._look(unit)
        except (AnsibleConnectionFailure, UntoldError):
            return False
        return look.active or look.result is not None

    def _watched(self, unit: systemd_units.Unit) -> systemd_units.Unit:
        """The unit with a watcher that takes notes in the file `activity`, if that is given."""
        args = self._task.args
        if not args.get("activity"):
            return unit
        watcher = Path(self._find_needle("files", "watch_activity.py")).read_text()
        return replace(unit, argv=activity.watched(unit.argv, args["python"], watcher, unit.log, args["activity"]))

    def _command(self, command: str) -> str:
        answer = answers.read(self._low_level_execute_command(answers.marked(command)))
        if not answer.succeeded:
            raise CommandError(command.split()[0], answer.said.rstrip("."))
        return answer.told

    def _patiently(self, ask: Callable[[], Told]) -> Told:
        """What the host answers. After a lost connection, reconnecting is tried for `reconnect_timeout` seconds.

        For as long, a host is asked again that does not tell how a unit is that runs there, as while its memory is used
        up or systemd is replaced: the unit goes on. Neither is tried if the host is known to be gone. Raises
        AnsibleConnectionFailure, and UntoldError.
        """
        begun = time.monotonic()
        while True:
            try:
                return ask()
            except (AnsibleConnectionFailure, UntoldError) as error:
                untold = isinstance(error, UntoldError)
                if untold and not (self._runs or self._found):
                    raise
                if time.monotonic() - begun > float(self._task.args["reconnect_timeout"]) or self._gone():
                    raise
            if untold:
                # Each question costs the host something, which has trouble enough.
                time.sleep(following.MEASURING_INTERVAL)
            else:
                self._connection.reset()
                time.sleep(INTERVAL)

    def _look(
        self, unit: systemd_units.Unit, offset: int | None = None, wait: float = 0, *, until_it_grows: bool = False
    ) -> UnitStatus:
        """Raises UntoldError."""
        command = systemd_units.status_command(unit, offset, wait, until_it_grows=until_it_grows)
        try:
            return systemd_units.read_status(self._command(command))
        except CommandError as error:
            raise UntoldError(error.said) from None
        except ValueError as error:
            raise UntoldError(str(error)) from None

    def _follow(self, unit: systemd_units.Unit, begin: int, kept: LogCopy, follower: Follower) -> UnitStatus:
        """Follow the log, of which this step writes from byte `begin` on, until the unit has ended; return its end.

        If an attempt is resumed, the part of its log that is already on the controller is not read again.
        """
        offset = kept.size
        follower.know(kept.read(begin))
        behind = False
        while True:
            asked = time.monotonic()
            # What there is of a log that grows faster than one look takes is fetched without a wait.
            wait = 0 if behind else follower.wait
            look = self._patiently(partial(self._look_or_stop, unit, offset, wait, until_it_grows=follower.tail))
            answered = time.monotonic()
            offset += len(look.log)
            behind = bool(look.log) and offset < look.size
            if trouble := kept.add(look.log):
                display.warning(f"{trouble}. The benchmark goes on.")
            follower.see(look.log, offset >= look.size)
            # What remains of a log that was cut is not worth following: collecting it is faster.
            if look.was_cut or (look.ended and not look.log):
                follower.finish()
                return look
            time.sleep(follower.pause(answered - asked, offset >= look.size))

    def _look_or_stop(self, unit: systemd_units.Unit, offset: int, wait: float, *, until_it_grows: bool) -> UnitStatus:
        look = self._look(unit, offset, wait, until_it_grows=until_it_grows)
        if look.too_long:
            try:
                self._command(systemd_units.stop_command(unit))
            except CommandError as error:
                raise UntoldError(error.said) from None
        return look
