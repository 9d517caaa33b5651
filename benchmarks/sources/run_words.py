"""Which run a word stands for: its id, the unique start of that, or how many runs ago it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from benchmarks import hints
from benchmarks.errors import RefusedError

LATEST = re.compile(r"latest(?:~(?P<back>\d{1,6}))?")


def choose(word: str, ids: Sequence[str], by_age: Callable[[], Sequence[str]], place: str) -> str:
    """The id of the run of `RUN`, `RUN/HOST` or `RUN/HOST/ATTEMPT`, of those in `place`.

    RUN is one of `ids`, the unique start of one, `latest` or `latest~2`; `by_age` are the ids of runs that measured,
    the latest first. Raises RefusedError if there is none, or if several ids start so.
    """
    name = word.partition("/")[0]
    if latest := LATEST.fullmatch(name):
        return _latest(int(latest["back"] or 0), by_age(), place)
    if name in ids:
        return name
    starting = [run for run in sorted(ids) if name and run.startswith(name)]
    if len(starting) == 1:
        return starting[0]
    if starting:
        raise RefusedError(f"{len(starting)} runs start with {name}: {some(starting)}. Give more of the id.")
    raise RefusedError(f"There is no run, file or directory {word}.{hints.nearest(name, ids)} {_known(ids, place)}")


def some(names: Sequence[str]) -> str:
    """The first five names, and a sign if there are more."""
    return ", ".join([*names[:5], *(["…"] if len(names) > 5 else [])])


def _latest(back: int, runs: Sequence[str], place: str) -> str:
    if not runs:
        raise RefusedError(f"There is no run in {place} yet: name a file, a directory or an s3:// URI.")
    if back >= len(runs):
        raise RefusedError(
            f"latest~{back} does not exist: {place} has {len(runs)} {'run' if len(runs) == 1 else 'runs'} that "
            f"measured, the oldest is latest~{len(runs) - 1}."
        )
    return runs[back]


def _known(ids: Sequence[str], place: str) -> str:
    return f"Runs in {place}: {some(sorted(ids, reverse=True))}." if ids else f"There is no run in {place} yet."
