"""Output streams that ignore write errors, and that pass on the bytes of a log as they are."""

from __future__ import annotations

import codecs
import io
import sys
from typing import Any

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

    def write(self, text: str, /) -> int:
        written = super().write(text)
        # Ansible does not flush: output would reach a file or pipe, as in a CI job, only late.
        self.flush()
        if text:
            self.is_within_line = not text.endswith("\n")
        return written


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
