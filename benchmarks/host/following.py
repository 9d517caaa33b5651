"""What is shown of a build or a measurement while it runs: its log, or one line that says how far it is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text

from benchmarks.host import log_output, progress
from benchmarks.host.progress import Progress

INTERVAL = 1.0  # seconds between two looks
# A look costs the host some 20 ms of one core: seldom enough while it measures not to be seen in the numbers.
MEASURING_INTERVAL = 5.0  # seconds
PLAIN_INTERVAL = 30.0  # seconds between two lines of progress where no line can be rewritten
CLEAR = "\r\x1b[2K"  # back to the line's begin, and the line away
# Where Cargo starts the next program of benchmarks.
_NEXT_PROGRAM = re.compile(r"^ +Running \S", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """Building or measuring: what it is called, what it does to one item, and how its log is read."""

    name: str
    verb: str
    read: Callable[[str], Progress]


BUILD = Step("building", "compiling", progress.built)
MEASURE = Step("measuring", "measuring", progress.measured)


@dataclass(frozen=True)
class Screen:
    """Where it is shown: `show` takes a text and whether the line ends with it."""

    show: Callable[[str, bool], None]
    rewrite: bool  # whether the last line can be written over
    width: int  # columns


def gist(log: str) -> str:
    """The last line of a log that says something, be it unfinished, as a terminal would show it; else an empty text."""
    # What the last lines are made of is enough to look at.
    lines = log_output.plain(log[-10_000:]).splitlines()
    return next((" ".join(line.split()) for line in reversed(lines) if line.strip()), "")


def line(step: Step, seconds: float, expected: int, log: str) -> str:
    """How far a step is after so many seconds: which item it is at, or else what its log said last.

    `expected` is the number of items, 0 where it is not known.
    """
    minutes, rest = divmod(int(seconds), 60)
    clock = f"  {minutes}:{rest:02}"
    programs = [match.start() for match in _NEXT_PROGRAM.finditer(log)]
    # An item of an earlier program is no longer at work.
    last = step.read(log[programs[-1] :] if programs else log).last
    if last:
        begun = step.read(log).begun
        return f"{clock} {step.verb} {last} ({f'{begun} of {expected}' if expected else begun})"
    said = gist(log)
    return f"{clock} {step.name}{f': {said}' if said else ''}"


class Follower:
    """Shows the user how a step goes on: the log itself, or one line that says how far it is."""

    def __init__(
        self, step: Step, expected: int, tail: bool, screen: Screen, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.interval = INTERVAL if step is BUILD or tail else MEASURING_INTERVAL
        self._step = step
        self._expected = expected
        self._tail = tail
        self._screen = screen
        self._now = now
        self._begun = now()
        # A line that is written over shows at once that something happens.
        self._due = self._begun + (0.0 if screen.rewrite else PLAIN_INTERVAL)
        self._unfinished = b""

    def see(self, new: bytes, log: bytes) -> None:
        """Take note of the log's new bytes, and of the whole log with them."""
        if self._tail:
            *lines, self._unfinished = (self._unfinished + new).split(b"\n")
            for each in lines:
                self._show(each)
        elif self._now() >= self._due:
            self._due = self._now() + (INTERVAL if self._screen.rewrite else PLAIN_INTERVAL)
            self._say(line(self._step, self._now() - self._begun, self._expected, log.decode(errors="replace")))

    def finish(self) -> None:
        """Show what is left of a log that has ended."""
        if self._tail and self._unfinished:
            self._show(self._unfinished)

    def _show(self, each: bytes) -> None:
        """A line of the log, instead of the line of progress."""
        self._screen.show(f"{CLEAR if self._screen.rewrite else ''}{each.decode(errors='replace')}", True)

    def _say(self, text: str) -> None:
        shown = Text(text)
        # The last column stays free: some terminals go on to the next line at once.
        shown.truncate(self._screen.width - 1, overflow="ellipsis")
        if self._screen.rewrite:
            self._screen.show(f"{CLEAR}{shown.plain}", False)
        else:
            self._screen.show(shown.plain, True)
