"""When which part of a log was written: notes taken on the host while it measures, and what they tell.

roles/benchmark/files/watch_activity.py takes them: it looks at the log once a second, and if that has grown, it appends
a line with the time, the log's size and the CPU time used until then.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

# Nothing that the shell and the watcher may have to say reaches the log. The watcher closes its output once it has
# noted its first look. That is waited for, so that no benchmark begins before. When the first process of a unit has
# ended, systemd may kill the others at once: so that process ends the watcher itself, and waits for its last note. A
# watcher that cannot be started changes nothing.
_WATCHED = """
exec 3>&2 2>/dev/null
ready=$(mktemp -d)
mkfifo "$ready/ready"
"$1" -I -S -c "$2" "$$" "$3" "$4" </dev/null >"$ready/ready" 3>&- &
watcher=$!
timeout 10 cat "$ready/ready" >/dev/null 3>&-
rm -rf "$ready"
shift 4
"$@" 2>&3 3>&-
status=$?
kill "$watcher"
wait "$watcher"
exit "$status"
"""
_LINE = re.compile(
    r"^(?P<at>\d{1,11}\.\d{3}) (?P<size>\d{1,19}) (?P<steal>\d{1,19}) (?P<total>\d{1,19})\n", re.MULTILINE
)


@dataclass(frozen=True)
class Look:
    """The size of the log at a time, in bytes, and the CPU time until then, in jiffies of all CPUs since the boot.

    `total` includes idle time, and `steal`, which the hypervisor took: https://man7.org/linux/man-pages/man5/proc_stat.5.html
    """

    at: datetime  # UTC
    size: int
    steal: int
    total: int


@dataclass(frozen=True)
class Span:
    """From when until when a part of a log was written, and which share of all CPU time was stolen, from 0 to 1."""

    started: datetime
    ended: datetime
    steal: float | None  # None if no CPU time was counted in between


def watched(argv: Sequence[str], python: str, watcher: str, log: str, activity: str) -> tuple[str, ...]:
    """The command `argv`, with a watcher beside it that takes notes on `log` in the file `activity`.

    `python` and the files are paths on the host; `watcher` is the text of the program.
    """
    return ("/bin/sh", "-c", _WATCHED, "sh", python, watcher, log, activity, *argv)


def read(text: str) -> tuple[Look, ...]:
    """The looks in the notes, in their order; lines that are damaged or unfinished are left out."""
    return tuple(
        Look(
            datetime.fromtimestamp(float(match["at"]), UTC),
            int(match["size"]),
            int(match["steal"]),
            int(match["total"]),
        )
        for match in _LINE.finditer(text)
    )


def between(looks: Sequence[Look], begin: int, end: int) -> Span | None:
    """When the bytes of the log from `begin` to before `end` were written; None if that was not watched, or is no part.

    When a look finds `size` bytes, those before `size` had been written until then, and no others. So byte N is found
    by the first look with a size above N, at most a second after it was written. `started` is the time of the look that
    has found the first byte, `ended` of the one that has found the last byte. Parts of the log that follow each other
    therefore never overlap in time. What the very first look finds may have been written any time before.
    """
    first = bisect_right(looks, begin, key=lambda look: look.size)
    last = bisect_left(looks, end, key=lambda look: look.size)
    if begin >= end or first == 0 or last == len(looks):
        return None
    return Span(looks[first].at, looks[last].at, _stolen(looks[first], looks[last]))


def _stolen(first: Look, last: Look) -> float | None:
    steal, total = last.steal - first.steal, last.total - first.total
    # After a restart of the machine, counting begins anew.
    return steal / total if 0 <= steal <= total and total > 0 else None
