"""Output streams that ignore write errors, pass on the bytes of a log as they are, and keep lines of progress below."""

from __future__ import annotations

import atexit
import codecs
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from benchmarks.terminal import live_lines
from benchmarks.terminal.live_lines import Lines

# What U+DC00 to U+DCFF stand for: the bytes 0x00 to 0xFF. Python's own "surrogateescape" has those from 0x80 on.
_BYTES = 0xDC00
_RETURN = chr(_BYTES + ord("\r"))


def carried(log: bytes) -> str:
    """A text that becomes exactly these bytes on a stream of `ignore_closed_output`, in any encoding that has ASCII.

    Ansible's display takes only text, and leaves out the carriage return of a line that ends with both.
    """
    return log.decode("ascii", "surrogateescape").replace("\r", _RETURN)


class _Tolerant(io.FileIO):
    """A file that drops what cannot be written: a closed pipe, as after `| head`, a closed terminal, a full disk."""

    def write(self, content: Any, /) -> int:
        try:
            return super().write(content)
        except OSError:
            return len(content)


def ignore_closed_output() -> None:
    """Let this process run to its end, with its own exit code, even if its output can no longer be written.

    Otherwise a closed pipe would interrupt the run, as Ctrl-C does. Ansible by itself would stop there.
    """
    for name in ("stdout", "stderr"):
        # None if the caller has closed it.
        if stream := getattr(sys, name):
            setattr(sys, name, _tolerant(stream))


class Output(io.TextIOWrapper):
    """A stream that writes at once. `is_within_line`: whether what was written last has not ended its line."""

    is_within_line = False
    screen: Screen | None = None

    def write(self, text: str, /) -> int:
        if self.screen:
            self.screen.write(self, text)
        else:
            self.put(text)
        return len(text)

    def put(self, text: str) -> None:
        """Write a text, whatever else the terminal shows."""
        super().write(text)
        # Ansible does not flush: output would reach a file or pipe, as in a CI job, only late.
        self.flush()
        if text:
            self.is_within_line = not text.endswith("\n")

    def add(self, text: str) -> None:
        """Write what is no part of the output, such as what moves the cursor, with what is written next."""
        super().write(text)


class Screen:
    """A terminal that shows lines of progress below all that is written to it by its streams.

    Of Ansible's processes only the main one writes, and one thread of it at a time: all goes through its Display.
    """

    def __init__(self, terminal: Output, others: Sequence[Output]) -> None:
        self._terminal = terminal
        self._streams = (terminal, *others)
        self._lines = Lines()

    def write(self, stream: Output, text: str) -> None:
        """Write a text above the lines; or show a line, if the text is the message of one."""
        line = live_lines.read(text)
        if line:
            self._lines.take(line)
        self._terminal.add(self._lines.erase())
        if line is None:
            # Before it goes on in another stream.
            self._terminal.flush()
            stream.put(text)
        if not any(one.is_within_line for one in self._streams):
            self._terminal.add(self._lines.draw(*self._size()))
        self._terminal.flush()

    def close(self) -> None:
        """Erase the lines, as this process ends: Ansible may do so at an error without an end of the playbook."""
        # The terminal may be closed.
        with suppress(ValueError):
            self._terminal.add(self._lines.erase())
            self._terminal.flush()

    def _size(self) -> tuple[int, int]:
        """Columns and rows: as the terminal itself says, which may have changed, or else as the environment does."""
        try:
            size = os.get_terminal_size(self._terminal.fileno())
        except OSError:
            size = os.terminal_size((0, 0))
        return size.columns or int(os.environ.get("COLUMNS") or 100), size.lines or 24


def show_lines() -> None:
    """Let the standard output, a terminal and a stream of `ignore_closed_output`, show the lines of `live_lines`."""
    terminal, errors = sys.stdout, sys.stderr
    if not isinstance(terminal, Output):
        return
    # Errors that go elsewhere leave the lines alone.
    others = [errors] if isinstance(errors, Output) and errors.isatty() else []
    screen = Screen(terminal, others)
    for stream in (terminal, *others):
        stream.screen = screen
    atexit.register(screen.close)


def is_within_line() -> bool:
    """Whether the standard output is one of `ignore_closed_output`, and its last line has not ended."""
    return isinstance(sys.stdout, Output) and sys.stdout.is_within_line


def _tolerant(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.flush()
    others = codecs.lookup_error(stream.errors or "strict")

    def encode(error: UnicodeError) -> tuple[str | bytes, int]:
        if not isinstance(error, UnicodeEncodeError):
            return others(error)
        codes = [ord(each) - _BYTES for each in error.object[error.start : error.end]]
        return (bytes(codes), error.end) if all(0 <= code <= 0xFF for code in codes) else others(error)

    errors = f"benchmarks-{stream.errors}"
    codecs.register_error(errors, encode)
    raw = _Tolerant(stream.fileno(), "wb", closefd=False)
    return Output(io.BufferedWriter(raw), encoding=stream.encoding, errors=errors)
