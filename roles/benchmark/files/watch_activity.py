"""Notes when a log grows, and how much CPU time was used and stolen until then, as long as its parent process runs.

Arguments: process id of the parent, log, file for the notes, and what to read in place of /proc/stat. Runs on the host
beside a measurement, with Python's standard library only, and starts no process. Appends a line at the start, at the
end, and each second in which the log has grown: Unix time, bytes of the log, steal and total of all CPUs in jiffies
since the boot. Closes its output when the first line is written.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

INTERVAL = 1.0  # seconds
STDOUT = 1
STEAL, COUNTED = 7, 8  # in proc_stat(5): the later fields are guests' time, which user and nice include


def size(log: Path) -> int:
    """The size of the log in bytes, 0 before it exists."""
    try:
        return log.stat().st_size
    except FileNotFoundError:
        return 0


def note(found: int, activity: Path, stat: Path) -> None:
    """Append a line for a log of `found` bytes. It is left out if it cannot be written, as on a full disk."""
    now = time.time()
    try:
        with stat.open() as lines:
            jiffies = [int(field) for field in lines.readline().split()[1 : COUNTED + 1]]
        with activity.open("a") as notes:
            notes.write(f"{now:.3f} {found} {jiffies[STEAL]} {sum(jiffies)}\n")
    except OSError:
        pass


def main(parent: int, log: Path, activity: Path, stat: Path = Path("/proc/stat")) -> None:
    # Blocked, so that it is kept for sigtimedwait: the parent sends it when all is measured, and systemd to stop.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    noted = size(log)
    note(noted, activity, stat)
    os.close(STDOUT)
    while signal.sigtimedwait({signal.SIGTERM}, INTERVAL) is None and os.getppid() == parent:
        found = size(log)
        if found != noted:
            noted = found
            note(noted, activity, stat)
    note(size(log), activity, stat)


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(Path, sys.argv[2:5]))
