"""Whether a directory of runs is gone with the container that the tool runs in, so that nobody can come back to a run.

Where nothing is mounted at the VOLUME of an image, podman and docker make a volume without a name for each container,
which nobody finds again, and which `--rm` removes: https://docs.docker.com/engine/storage/volumes/
"""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks import hints
from benchmarks.launch import left
from benchmarks.runs import record_files
from benchmarks.runs.records import Preflight

_MOUNTS = Path("/proc/self/mountinfo")
# Both engines call such a volume by 64 hexadecimal digits.
_NAMELESS = re.compile(r"/[0-9a-f]{64}/_data(?:/|$)")


def is_unmounted(directory: Path) -> bool:
    """Whether a directory is in a volume without a name."""
    try:
        return bool(_NAMELESS.search(_root(_MOUNTS.read_text(), directory)))
    except OSError:  # no Linux
        return False


def _root(mountinfo: str, directory: Path) -> str:
    """What is mounted where a directory is, as a path in its own file system; see proc_pid_mountinfo(5)."""
    fields = [line.split() for line in mountinfo.splitlines()]
    mounts = {Path(place): root for _, _, _, root, place, *_ in fields}
    return next((mounts[place] for place in (directory, *directory.parents) if place in mounts), "")


def warning(runs_dir: Path) -> str:
    """What to say before a run whose directory is gone with this container."""
    return (
        f"No directory is mounted at {runs_dir}: what the run writes there is gone with this container, so you cannot "
        f'come back to the run. To be able to, mount one, as by -v "$PWD/runs:{runs_dir}".'
    )


def elsewhere(directory: Path) -> str:
    """What to say in place of the way back to the run in `directory`: where its results will be, if anywhere."""
    why = f"You cannot come back to it, since no directory is mounted at {directory.parent}."
    plan = record_files.recall(Preflight, directory)
    if not (plan and plan.destination and left.uploads(directory)):
        return why
    shown = hints.command_line(f"bench.results --bucket {plan.destination.bucket} {directory.name}")
    return f"{why} For its results, once it is over: {shown}"
