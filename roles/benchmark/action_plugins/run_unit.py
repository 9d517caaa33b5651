"""Runs a command as a transient systemd unit and follows its log to the end; goes on with one that runs already."""

from __future__ import annotations

import os
import shlex
import time
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from benchmarks import causes, progress, units

display = Display()

INTERVAL = 1.0  # seconds between two looks
# A look costs the host some 20 ms of one core: seldom enough while it measures not to be seen in the numbers.
MEASURING_INTERVAL = 5.0  # seconds
CLEAR = "\r\x1b[2K"  # back to the line's begin, and the line away
PLAIN_INTERVAL = 30.0  # seconds between two lines of progress where no line can be rewritten


class Follower:
    """Shows the user how the run goes on: the log itself, or one line that says how far it is."""

    def __init__(self, building: bool, expected: int, tail: bool) -> None:
        self._read = progress.built if building else progress.measured
        self._verb = "compiling" if building else "measuring"
        self._expected = expected
        self._tail = tail
        self.interval = INTERVAL if building or tail else MEASURING_INTERVAL
        self._rewrite = os.environ.get("BENCHMARKS_REWRITE_LINES") == "1"
        self._width = int(os.environ.get("COLUMNS") or 100)
        self._begun = time.monotonic()
        self._shown = self._begun if not self._rewrite else 0.0
        self._unfinished = b""

    def see(self, new: bytes, log: bytes) -> None:
        if self._tail:
            *lines, self._unfinished = (self._unfinished + new).split(b"\n")
            for line in lines:
                self._show(line)
        elif time.monotonic() - self._shown >= (INTERVAL if self._rewrite else PLAIN_INTERVAL):
            self._shown = time.monotonic()
            self._say(self._read(log.decode(errors="replace")))

    def finish(self) -> None:
        if self._tail and self._unfinished:
            self._show(self._unfinished)

    def _show(self, line: bytes) -> None:
        """A line of the log, instead of the line of progress."""
        display.display(f"{CLEAR if self._rewrite else ''}{line.decode(errors='replace')}")

    def _say(self, now: progress.Progress) -> None:
        if not now.last:
            return
        count = f"{now.begun} of {self._expected}" if self._expected else f"{now.begun}"
        minutes, seconds = divmod(int(time.monotonic() - self._begun), 60)
        line = f"  {minutes}:{seconds:02} {self._verb} {now.last} ({count})"
        if self._rewrite:
            display.display(f"{CLEAR}{line[: self._width - 1]}", newline=False)
        else:
            display.display(line)


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(
        ("name", "step", "argv", "environment", "directory", "log", "status", "limit", "expected", "tail", "patience")
    )

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        unit = units.Unit(
            name=args["name"],
            argv=tuple(args["argv"]),
            environment={key: str(value) for key, value in args["environment"].items()},
            directory=args["directory"],
            log=args["log"],
            status=args["status"],
            limit=int(args["limit"]),
        )
        building = args["step"] == "build"
        what = "build" if building else "benchmark run"
        look = self._look(unit)
        if look.succeeded:
            return {"changed": False}
        if self._task.check_mode:
            return {"changed": True, "diff": {"prepared": f"The {what} would be: {shlex.join(unit.argv)}\n"}}
        begin = 0
        if look.ended:
            begin = look.size
            self._start(unit)
        follower = Follower(building, int(args["expected"]), bool(args["tail"]))
        log = self._follow(unit, begin, follower, float(args["patience"]))
        end = self._look(unit)
        if not end.succeeded:
            ended, text = units.describe_end(end, unit, what), log.decode(errors="replace")
            sentence, detail = causes.explain(ended, text) if end.failed_by_itself else (ended, ())
            # Apart from the message, which Ansible's own output repeats.
            return {"failed": True, "msg": sentence, "detail": list(detail)}
        return {"changed": look.ended}

    def _start(self, unit: units.Unit) -> None:
        user = self._connection.get_option("remote_user") or self._command("id -un", privileged=False).strip()
        self._command(units.clean_command(unit))
        self._command(units.start_command(unit, user))

    def _command(self, command: str, privileged: bool = True) -> str:
        result = self._low_level_execute_command(command, sudoable=privileged)
        if result["rc"]:
            # Privileged commands run with a terminal, where all output is one stream and ssh adds a line of its own.
            said = [
                line
                for line in (result["stdout"] + result["stderr"]).splitlines()
                if not line.startswith("Shared connection")
            ]
            raise AnsibleActionFail(f"{command.split()[0]} failed: {' '.join(said).strip()}")
        return str(result["stdout"])

    def _look(self, unit: units.Unit, offset: int | None = None, wait: float = 0) -> units.Look:
        return units.read_look(self._command(units.look_command(unit, offset, wait)))

    def _follow(self, unit: units.Unit, begin: int, follower: Follower, patience: float) -> bytes:
        """Read the log from byte `begin` on until the unit has ended.

        A connection that breaks is made again for `patience` seconds.
        """
        log = b""
        answered = time.monotonic()
        while True:
            try:
                look = self._look(unit, begin + len(log), follower.interval)
            except AnsibleConnectionFailure:
                if time.monotonic() - answered > patience:
                    raise AnsibleActionFail(
                        f"The host stopped answering over SSH while {unit.name} ran there."
                    ) from None
                self._connection.reset()
                time.sleep(INTERVAL)
                continue
            answered = time.monotonic()
            log += look.log
            follower.see(look.log, log)
            if look.ended and not look.log:
                follower.finish()
                return log
            time.sleep(0.1)
