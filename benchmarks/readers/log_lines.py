"""Reads a log line by line, as a terminal shows it, so that memory stays small however long the log is."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from benchmarks.host import log_output

# Of a longer line, only the end is kept: a progress bar is one line, and a result follows it.
LONGEST = 2**20  # bytes


@dataclass(frozen=True)
class Line:
    """A line without its end; `begin` and `end` are the offsets of its first byte and of the next line in the file."""

    text: str
    begin: int
    end: int


def lines(log: IO[bytes]) -> Iterator[Line]:
    """The lines of a log from its first byte on, without colours and without text that is overwritten.

    The encoding is UTF-8, Windows-1252 for bytes that are not UTF-8, and UTF-16 after its byte order mark, which
    Windows PowerShell writes. Offsets in a UTF-16 log are those of the same text in UTF-8.
    """
    mark = log.read(3)
    log.seek(0)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        log = codecs.EncodedFile(log, "utf-8", "utf-16", "replace")
    begin = end = 0
    kept = b""
    while chunk := log.readline(LONGEST):
        end += len(chunk)
        kept = (kept + chunk)[-LONGEST:]
        if chunk.endswith(b"\n"):
            yield Line(_text(kept), begin, end)
            begin, kept = end, b""
    if kept:
        yield Line(_text(kept), begin, end)


def _text(line: bytes) -> str:
    text = line.decode("utf-8", errors=_CP1252)
    return log_output.plain(text.removeprefix("\ufeff").rstrip("\r\n"))


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8: https://docs.python.org/3/library/codecs.html#codecs.register_error"""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


_CP1252 = "benchmarks.cp1252"
codecs.register_error(_CP1252, _as_cp1252)
