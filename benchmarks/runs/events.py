"""`events.jsonl` in a run's directory: what has happened in the run, a JSON object a line, for programs to follow.

It tells, and decides nothing: no part of the tool reads it, and no run fails because it cannot be written.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from benchmarks.runs import record_files
from benchmarks.runs.event_records import Event

FILE = "events.jsonl"
# Names the run's directory to the processes that a playbook starts on the controller: roles do not know of it.
VARIABLE = "BENCHMARKS_RUN_DIRECTORY"


def here() -> Path | None:
    """The directory of the run that this process works for, as its playbook has told; None outside of one."""
    told = os.environ.get(VARIABLE)
    return Path(told) if told else None


def note(directory: Path | None, *events: Event) -> None:
    """Append events to the run's file. Errors are ignored, and a directory that does not exist is not created.

    Several processes may write at once: each event is one write to a file that is opened for appending.
    """
    if not directory:
        return
    # ValueError: a text that is no UTF-8.
    with suppress(OSError, ValueError):
        # A device or a pipe of that name must not make the run wait.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
        file = os.open(directory / FILE, flags, 0o666)
        try:
            for event in events:
                _append(file, line(replace(event, run_id=directory.name)))
        finally:
            os.close(file)


def line(event: Event) -> bytes:
    """An event as its line of the file."""
    at = event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{json.dumps({**record_files.plain(event), 'at': at}, ensure_ascii=False)}\n".encode()


def _append(file: int, text: bytes) -> None:
    """Write a line whole, or nothing of it: a full disk may take only its beginning."""
    if (written := os.write(file, text)) < len(text):
        end = os.lseek(file, 0, os.SEEK_CUR)
        # Unless another process has written after it.
        if os.fstat(file).st_size == end:
            os.ftruncate(file, end - written)
