"""Shows a build or a measurement while it runs: its log, or one line of progress."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text

from benchmarks.host import log_output, progress, remaining
from benchmarks.host.progress import BUILD, MEASURE, Step
from benchmarks.host.remaining import Benchmark, Course, Durations
from benchmarks.text import escaped

INTERVAL = 1.0  # seconds between two queries of the host
# With --tail, a query waits on the host until the log grows. Then nothing has to be asked while the log is quiet, and
# what a chatty program writes within the pause comes with one query.
LONGEST_WAIT = 10.0  # seconds
PAUSE = 0.3  # seconds at least from one query to the next
# A query costs the host about 20 ms of one core: while it measures, queries are too rare to affect the numbers.
MEASURING_INTERVAL = 5.0  # seconds
SHORTEST_PAUSE = 0.1  # seconds
PLAIN_INTERVAL = 30.0  # seconds between two lines of progress of a run if lines cannot be rewritten
PLAIN_WIDTH = 1000  # characters of such a line
LONGEST_LINE = 2**20  # bytes of a line that are kept until it ends


@dataclass(frozen=True)
class Screen:
    """Where to show it: `show` takes a line, and where lines can be rewritten, `rewrite` the line of progress."""

    show: Callable[[str], None]
    rewrite: Callable[[str], None] | None = None  # an empty line takes it away
    write: Callable[[bytes], None] | None = None  # where it is surely no terminal: takes the bytes of a log as they are
    label: str = ""  # what tells the host from the others of its run, if there are any
    hosts: int = 1  # how many the run has: all of them together say a line in PLAIN_INTERVAL


class Follower:
    """Shows the progress of a step: the log itself, or one line of progress.

    `expected` is how many items it has, 0 if that is not known; `earlier` is how long each benchmark took before. Of a
    step that ran already, which is `resumed`, `age` is for how many seconds, None if that is not known.
    """

    def __init__(
        self,
        step: Step,
        expected: int,
        tail: bool,
        screen: Screen,
        now: Callable[[], float] = time.monotonic,
        earlier: Durations | None = None,
        resumed: bool = False,
        age: float | None = None,
    ) -> None:
        self.tail = tail
        self.wait = LONGEST_WAIT if tail else INTERVAL if step is BUILD else MEASURING_INTERVAL  # seconds on the host
        self._step = step
        self._expected = expected
        self._screen = screen
        self._now = now
        self._begun = now() - (age or 0.0)
        # A line that can be rewritten is shown at once, so that the user sees that something is happening.
        self._interval = INTERVAL if screen.rewrite else PLAIN_INTERVAL * screen.hosts
        self._due = now() + (0.0 if screen.rewrite else self._interval)
        self._unfinished = b""
        self._is_shown = False  # whether the log has taken the place of the line of progress
        self._log = b""
        self._earlier = earlier or {}
        self._started = None if resumed and age is None else self._begun
        self._catching_up = resumed
        self._seen: dict[Benchmark, float | None] = {}  # when each benchmark was first seen, None if it ran before

    def know(self, log: bytes) -> None:
        """Take note of what was written before, which is not shown again."""
        self._log = progress.shortened(self._log + log)
        self._seen = dict.fromkeys(progress.begun(self._log.decode(errors="replace")))

    def pause(self, seconds: float, whole: bool) -> float:
        """The seconds until the next query, after one of `seconds`; `whole` is whether it read all of the log."""
        if not self.tail:
            return SHORTEST_PAUSE
        return max(SHORTEST_PAUSE, PAUSE - seconds) if whole else 0.0

    def see(self, new: bytes, whole: bool = True) -> None:
        """Show the log's `new` bytes, or the progress up to them. Memory stays small however long the log is.

        `whole` is whether they reach to the log's present end.
        """
        if self.tail:
            # Of several hosts, only whole lines can be told apart.
            if self._screen.write and not self._screen.label:
                self._screen.write(new)
                return
            *lines, self._unfinished = (self._unfinished + new).split(b"\n")
            for each in lines:
                self._show(each)
            # Of a line without an end, what there is is shown as one.
            if len(self._unfinished) > LONGEST_LINE:
                self._show(self._unfinished)
                self._unfinished = b""
            return
        self._log = progress.shortened(self._log + new)
        log, now = self._log.decode(errors="replace"), self._now()
        left = self._left(log, now, whole) if self._step is MEASURE else ""
        if now >= self._due:
            self._due = now + self._interval
            self._say(progress.line(self._step, now - self._begun, self._expected, log, left))

    def _left(self, log: str, now: float, whole: bool) -> str:
        """How much longer it takes, in words."""
        begun = progress.begun(log)
        for one in begun:
            self._seen.setdefault(one, None if self._catching_up else now)
        self._catching_up = self._catching_up and not whole
        seen = {one: at for one, at in self._seen.items() if at is not None}
        course = Course(begun, seen, now, self._started)
        return remaining.phrase(remaining.seconds_left(course, self._expected, self._earlier))

    def finish(self) -> None:
        """Show the unfinished last line of a log that has ended."""
        if self.tail and self._unfinished:
            self._show(self._unfinished)

    def _show(self, each: bytes) -> None:
        """Show a line of the log in place of the line of progress."""
        before = f"{self._screen.label} | " if self._screen.label else ""
        if self._screen.write:
            self._screen.write(before.encode() + each + b"\n")
            return
        if self._screen.rewrite and not self._is_shown:
            self._is_shown = True
            self._screen.rewrite("")
        self._screen.show(f"{before}{log_output.for_terminal(each.decode(errors='replace'))}")

    def _say(self, text: str) -> None:
        if self._screen.rewrite:
            self._screen.rewrite(escaped(text))
            return
        shown = Text(escaped(f"{self._screen.label}{text}"))
        shown.truncate(PLAIN_WIDTH, overflow="ellipsis")
        self._screen.show(shown.plain)
