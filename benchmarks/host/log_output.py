"""Splits the log of Cargo and the benchmark harnesses, and finds what they have begun."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchmarks.text import escaped

# Colours and other control sequences, window titles, and hyperlinks.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
# What a line may do to a terminal: set colours, return to its start, advance to a tab stop.
# https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
_HARMLESS = re.compile(r"(\x1b\[[0-9:;]*m|[\r\t])")
# Text that is overwritten, such as a progress bar.
_OVERWRITTEN = re.compile(r"^.*\r(?=[^\r\n])", re.MULTILINE)
# Cargo prints the source file and then the executable, which is named after the target.
RUNNING = re.compile(r"^ +Running .*?deps/(?P<target>[^/\s]+)-[0-9a-f]+(?:\.exe)?\)?$", re.MULTILINE)
_BENCHMARKING = re.compile(r"Benchmarking (?P<id>.+?)(?:: [A-Z].*)?")


@dataclass(frozen=True)
class Section:
    """The output of one target's program. `target` is its executable's name, None before the first program starts."""

    target: str | None
    text: str


def plain(log: str) -> str:
    """The log as a terminal shows it, without colours."""
    return _OVERWRITTEN.sub("", _ESCAPES.sub("", log).replace("\r\n", "\n"))


def for_terminal(line: str) -> str:
    """A line of a log, without its end, as a terminal may be given it: with its colours, and nothing else that acts.

    Third-party code has written it. Other control sequences are left out, such as those that set the clipboard or the
    title; what remains of control characters, as of an unfinished sequence, is shown as an escape.
    """
    parts = _HARMLESS.split(line)
    parts[::2] = [escaped(_ESCAPES.sub("", part)) for part in parts[::2]]
    return "".join(parts)


def executable(target: str) -> str:
    """The name that Cargo gives the executable of a target, without its hash."""
    return target.replace("-", "_")


def sections(log: str) -> tuple[Section, ...]:
    """Split the log by target."""
    head, *rest = RUNNING.split(plain(log))
    return (Section(None, head), *(Section(t, text) for t, text in zip(rest[::2], rest[1::2], strict=True)))


def announced(line: str) -> str | None:
    """The id of the benchmark that Criterion names on a line while it measures, None for other lines."""
    found = _BENCHMARKING.fullmatch(line)
    return found["id"] if found else None


def begun(section: Section) -> tuple[str, ...]:
    """Ids of the benchmarks that Criterion has begun, in order.

    Only complete lines count: part of an id on an unfinished line would count as another benchmark.
    """
    return tuple(dict.fromkeys(id for line in section.text.split("\n")[:-1] if (id := announced(line))))
