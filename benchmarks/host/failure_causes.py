"""Why a build or a benchmark run failed, read from its log.

The cause is what ended the program, not the first line that looks like an error: programs print harmless ones too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.host import exit_signals, log_output, remedies
from benchmarks.host.log_output import Section

LINES = 12  # of the log, shown at most with a failure
LONGEST = 300  # characters of such a line, which a program may write without an end
_CARGO_GAVE_UP = re.compile(r"^error: (?:bench failed|test failed|\d+ targets? failed)", re.MULTILINE)
# Follow-up errors, which say nothing about the cause.
_AFTERMATH = re.compile(r"error: (?:could not compile|aborting due to|build failed|bench failed|\d+ targets? failed)")
_ERROR = re.compile(r"^error(?:\[E\d+\])?: (?P<said>.*)$", re.MULTILINE)
_PANIC = re.compile(r"^ *thread '.*?'(?: \(\d+\))? (?P<said>panicked at .*)$", re.MULTILINE)
_END_OF_PANIC = re.compile(r"^ *(?:note: |stack backtrace:|error: |Benchmarking )", re.MULTILINE)
_SIGNAL = re.compile(r"\(signal: (?P<number>\d+)|terminated with signal (?P<linker>\d+)")
_STATUS = re.compile(r"^  process didn't exit successfully: .*\(exit status: (?P<status>\d+)\)$", re.MULTILINE)
_PANICKED = 101  # the exit status of a Rust program that panicked
# What a program prints before it aborts (SIGABRT).
_LAST_WORDS = re.compile(r"^.*(?:has overflowed its stack|memory allocation of \d+ bytes failed).*$", re.MULTILINE)
_WARNING = re.compile(r"^warning: ", re.MULTILINE)


@dataclass(frozen=True)
class Cause:
    """`reason` completes a sentence; `detail` are lines of the log that explain it; `remedy` is a sentence."""

    reason: str
    detail: tuple[str, ...] = ()
    remedy: str = ""


def explain(ended: str, log: str) -> tuple[str, tuple[str, ...]]:
    """Add the cause found in `log` to the sentence `ended`; return the sentence and the log lines that explain it."""
    cause = find(log)
    sentence = f"{ended.rstrip('.')}: {cause.reason.rstrip('.:')}." if cause.reason else ended
    return f"{sentence} {cause.remedy}".rstrip(), cause.detail


def context(log: str) -> tuple[str, ...]:
    """The last lines of what failed: of the first target that did, else of the log."""
    sections = log_output.sections(log)
    failed = (section for section in sections if section.target and _CARGO_GAVE_UP.search(section.text))
    return tuple(map(_shortened, _last_lines(next(failed, sections[-1]).text)))


def _shortened(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def find(log: str) -> Cause:
    """Why a build or a run failed. For a run: why the first failed target failed, and which other targets failed."""
    sections = log_output.sections(log)
    failed = [section for section in sections if section.target and _CARGO_GAVE_UP.search(section.text)]
    if not failed:
        return _of_build(sections[-1].text)
    first, *others = failed
    cause = _of_section(first)
    too = f"; {' and '.join(str(section.target) for section in others)} failed too" if others else ""
    return Cause(f"the target {first.target} {cause.reason}{too}", cause.detail, cause.remedy)


def _of_build(text: str) -> Cause:
    """Why Cargo failed before it ran anything."""
    if found := _SIGNAL.search(text):
        return _of_signal("the compiler", found, text)
    return _of_error(text)


def _of_section(section: Section) -> Cause:
    """What ended a target's program, from its output and from what Cargo prints after it."""
    end = _CARGO_GAVE_UP.search(section.text)
    said, cargo = (section.text[: end.start()], section.text[end.start() :]) if end else (section.text, "")
    if found := _SIGNAL.search(cargo):
        return _of_signal("", found, said)
    status = _STATUS.search(cargo)
    if not status or int(status["status"]) == _PANICKED:
        if panics := list(_PANIC.finditer(said)):
            return _of_panic(panics[-1], said)
        if errors := list(_ERROR.finditer(said)):
            return Cause(f"failed: {errors[-1]['said']}", (), remedies.of(said))
    ended = f"failed with exit status {status['status']}" if status else "failed"
    return Cause(ended, _last_lines(said), remedies.of(said))


def _of_signal(who: str, found: re.Match[str], said: str) -> Cause:
    sent = exit_signals.numbered(int(found["number"] or found["linker"]))
    words = list(_LAST_WORDS.finditer(said))
    panics = list(_PANIC.finditer(said))
    if words and sent.name == "SIGABRT":
        last = words[-1].group().strip()
        return Cause(f"{who} was ended by SIGABRT: {last}".lstrip(), (), remedies.of(last))
    if panics and sent.name == "SIGABRT":
        panic = _of_panic(panics[-1], said)
        return Cause(f"{panic.reason}, and was ended by SIGABRT", panic.detail, panic.remedy)
    return Cause(f"{who} {sent.said}".lstrip(), (), sent.remedy)


def _of_panic(panic: re.Match[str], said: str) -> Cause:
    rest = said[panic.end() :]
    end = _END_OF_PANIC.search(rest)
    lines = (rest[: end.start()] if end else rest).strip().splitlines()
    if panic["said"].startswith("panicked at '") or not lines:  # rustc before 1.73 prints the message on the same line
        return Cause(panic["said"].rstrip(":"), _cut(lines), remedies.of(said))
    return Cause(f"{panic['said'].rstrip(':')}: {lines[0].strip()}", _cut(lines[1:]), remedies.of(said))


def _of_error(text: str) -> Cause:
    """The first error of Cargo or the compiler that is not a follow-up error, with the lines that explain it."""
    errors = [match for match in _ERROR.finditer(text) if not _AFTERMATH.match(match.group())]
    if not errors:
        return Cause("", _last_lines(text), remedies.of(text))
    first = errors[0]
    end = next((match.start() for match in errors[1:]), len(text))
    block = _WARNING.split(text[first.end() : end])[0]
    remedy = remedies.of(text[first.start() :])
    # A build script's own messages come after its instructions to Cargo.
    _, script, words = block.partition("  --- stderr\n")
    if panics := list(_PANIC.finditer(words)):
        panic = _of_panic(panics[-1], words)
        return Cause(f"{first['said']}, which {panic.reason}", panic.detail, remedy)
    if script:
        return Cause(first["said"], _last_lines(words), remedy)
    if "\nCaused by:" in block:
        return Cause(first["said"], _cut(block.strip().splitlines()), remedy)
    return Cause(first["said"], _cut(block.split("\n\n")[0].strip("\n").splitlines()), remedy)


def _last_lines(text: str) -> tuple[str, ...]:
    return tuple(text.rstrip().strip("\n").splitlines()[-LINES:])


def _cut(lines: Sequence[str]) -> tuple[str, ...]:
    """The first lines that are not empty; if there are more than LINES, the last one says how many are omitted."""
    filled = [line for line in lines if line.strip()]
    if len(filled) <= LINES:
        return tuple(filled)
    return (*filled[: LINES - 1], f"  … and {len(filled) - LINES + 1} lines more in the log")
