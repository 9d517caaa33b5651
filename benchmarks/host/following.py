"""What is shown of a build or a measurement while it runs: its log, or one line that says how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text

from benchmarks.host import progress
from benchmarks.host.progress import BUILD, Step

INTERVAL = 1.0  # seconds between two looks
# A look costs the host some 20 ms of one core: seldom enough while it measures not to be seen in the numbers.
MEASURING_INTERVAL = 5.0  # seconds
PLAIN_INTERVAL = 30.0  # seconds between two lines of progress where no line can be rewritten
CLEAR = "\r\x1b[2K"  # back to the line's begin, and the line away


@dataclass(frozen=True)
class Screen:
    """Where it is shown: `show` takes a text and whether the line ends with it."""

    show: Callable[[str, bool], None]
    rewrite: bool  # whether the last line can be written over
    width: int  # columns


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
            self._say(
                progress.line(self._step, self._now() - self._begun, self._expected, log.decode(errors="replace"))
            )

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
