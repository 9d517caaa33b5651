"""Which folders in S3 have results, by the keys of their objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.results import result_keys
from benchmarks.results.result_keys import AttemptFolder, RunFolder
from benchmarks.runs import run_layout
from benchmarks.runs.result_records import Results

# What one folder needs: the record, or else what it is made from.
_ALTERNATIVES = ((Results.FILE,), (run_layout.ARCHIVE, run_layout.LOG))


@dataclass(frozen=True)
class Folder:
    """A folder with results: the keys to read, that of its log, and the run and attempt that it is of, if of any."""

    key: str
    wanted: tuple[str, ...]
    log: str | None = None
    run: RunFolder | None = None
    attempt: AttemptFolder | None = None


def folders(keys: Sequence[str], prefix: str) -> Iterator[Folder]:
    """The folders with results below a prefix, which ends where the name of a folder does."""
    found: dict[str, dict[str, str]] = {}
    for key in keys:
        folder, slash, name = key.rpartition("/")
        if f"{folder}{slash}".startswith(as_folder(prefix)):
            found.setdefault(f"{folder}{slash}", {})[name] = key
    for folder, named in found.items():
        wanted = next((some for some in _ALTERNATIVES if named.keys() & set(some)), ())
        if wanted:
            run = result_keys.run_of(folder)
            attempt = result_keys.attempt_of(folder, run) if run else None
            existing = tuple(named[name] for name in wanted if name in named)
            yield Folder(folder, existing, named.get(run_layout.LOG), run, attempt)


def last_attempts(found: Iterable[Folder]) -> Iterator[Folder]:
    """Of each host of a run, the folder of its last attempt; folders that are of no run, all of them."""
    last: dict[object, Folder] = {}
    for folder in found:
        of = (folder.run, folder.attempt.host) if folder.attempt else folder.key
        if of not in last or _order(folder) > _order(last[of]):
            last[of] = folder
    yield from last.values()


def as_folder(prefix: str) -> str:
    return prefix if not prefix or prefix.endswith("/") else f"{prefix}/"


def _order(folder: Folder) -> AttemptFolder:
    return folder.attempt or AttemptFolder("", 0)
