"""Which run a word stands for: its id, the unique start of that, or how many runs ago it was; and which host of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from benchmarks import hints
from benchmarks.errors import RefusedError

LATEST = re.compile(r"latest(?:~(?P<back>\d{1,6}))?")

Run = TypeVar("Run")


def back(word: str) -> int | None:
    """How many runs ago the run of `latest` or `latest~2`, with `/HOST` or without, was; None for other words."""
    latest = LATEST.fullmatch(word.partition("/")[0])
    return int(latest["back"] or 0) if latest else None


def named(word: str, ids: Sequence[str], place: str, none: str = "There is no run, file or directory") -> str:
    """The id of the run of `RUN`, `RUN/HOST` or `RUN/HOST/ATTEMPT`: one of `ids`, or the unique start of one.

    Raises RefusedError if there is none in `place`, or if several ids start so. `none` is how the first of
    these sentences begins.
    """
    name = word.partition("/")[0]
    if found := _only(name, ids, "runs"):
        return found
    raise RefusedError(f"{none} {word}.{hints.nearest(name, ids)} {_known(ids, place)}")


def host(name: str, hosts: Sequence[str]) -> str:
    """The host of a run that a name stands for: one of `hosts`, or the unique start of one; else the name as it is.

    Raises RefusedError if several hosts start so.
    """
    return _only(name, hosts, "hosts") or name


def _only(name: str, ids: Sequence[str], what: str) -> str | None:
    """The id that is `name`, or else the only one that starts with it; None if there is none, or no name."""
    if name in ids:
        return name
    starting = sorted({one for one in ids if name and one.startswith(name)})
    if len(starting) > 1:
        raise RefusedError(f"{len(starting)} {what} start with {name}: {some(starting)}. Give more of the id.")
    return next(iter(starting), None)


def latest(
    runs_ago: int,
    runs: Sequence[Run],
    place: str,
    kind: str = "",
    otherwise: str = "name a file, a directory or an s3:// URI",
) -> Run:
    """The run so many runs ago of `runs`, the latest first. Raises RefusedError if there are not so many in `place`.

    `kind` is what these runs have in common, such as that they measured, and `otherwise` what to do if there is none.
    """
    if not runs:
        raise RefusedError(f"There is no run in {place} yet: {otherwise}.")
    if runs_ago >= len(runs):
        raise RefusedError(
            f"latest~{runs_ago} does not exist: {place} has {len(runs)} {'run' if len(runs) == 1 else 'runs'}{kind}, "
            f"the oldest is latest~{len(runs) - 1}."
        )
    return runs[runs_ago]


def some(names: Sequence[str]) -> str:
    """The first five names, and a sign if there are more."""
    return ", ".join([*names[:5], *(["…"] if len(names) > 5 else [])])


def _known(ids: Sequence[str], place: str) -> str:
    return f"Runs in {place}: {some(sorted(ids, reverse=True))}." if ids else f"There is no run in {place} yet."
