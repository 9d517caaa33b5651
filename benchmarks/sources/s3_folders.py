"""Which folders in S3 have results, by the keys of their objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.results import host_files, result_keys
from benchmarks.results.result_keys import AttemptFolder, RunFolder
from benchmarks.runs import run_layout
from benchmarks.runs.records import Build, HostManifest, Manifest, Toolchain
from benchmarks.runs.result_records import Results

# What one folder needs: the record, or else what it is made from.
_ALTERNATIVES = ((Results.FILE,), (run_layout.ARCHIVE, run_layout.LOG))
# And what an instance has uploaded by itself, with which they are made as on the controller.
_OF_HOST = (*host_files.NAMES, HostManifest.FILE)


@dataclass(frozen=True)
class Folder:
    """A folder with results: the keys to read, that of its log, and the run and attempt that it is of, if of any.

    `said` is the key of an attempt's manifest, which is uploaded last: by whoever publishes, or by the instance itself,
    which may name what it could not upload. Without one an attempt is not complete. `later` is the key of a later
    attempt on the same host that is not complete. `to_make` is whether its results have to be made from the files of an
    attempt.
    """

    key: str
    wanted: tuple[str, ...]
    log: str | None = None
    run: RunFolder | None = None
    attempt: AttemptFolder | None = None
    complete: bool = True
    said: str | None = None
    later: str | None = None
    to_make: bool = False

    @property
    def is_of_a_build(self) -> bool:
        """Whether an instance has uploaded it while it built: with the toolchain, and without what was built."""
        names = {key.removeprefix(self.key) for key in self.wanted}
        return self.to_make and Toolchain.FILE in names and not names & {Build.FILE, run_layout.ARCHIVE}


def folders(keys: Sequence[str], prefix: str) -> Iterator[Folder]:
    """The folders with results, and those of attempts, below a prefix, which ends where the name of a folder does."""
    found: dict[str, dict[str, str]] = {}
    for key in keys:
        run = result_keys.run_of(key)
        attempt = result_keys.attempt_of(key, run) if run else None
        folder = f"{run.key}{attempt.key}" if run and attempt else key[: key.rfind("/") + 1]
        if folder.startswith(as_folder(prefix)):
            found.setdefault(folder, {})[key.removeprefix(folder)] = key
    for folder, named in found.items():
        wanted = next((some for some in _ALTERNATIVES if named.keys() & set(some)), ())
        run = result_keys.run_of(folder)
        attempt = result_keys.attempt_of(folder, run) if run else None
        to_make = bool(attempt and wanted != (Results.FILE,) and Manifest.FILE not in named)
        if wanted or attempt:
            existing = tuple(named[name] for name in (_OF_HOST if to_make and wanted else wanted) if name in named)
            said = next((named[name] for name in (Manifest.FILE, HostManifest.FILE) if name in named), None)
            log, complete = named.get(run_layout.LOG), not attempt or said is not None
            yield Folder(folder, existing, log, run, attempt, complete, said, to_make=to_make)


def last_attempts(found: Iterable[Folder], is_whole: Callable[[Folder], bool]) -> Iterator[Folder]:
    """Of each host of a run, the folder of its last complete attempt, else of the last; of other folders, all.

    Keys do not tell what an instance could not upload. `is_whole` tells it of a folder that only an instance has
    written, and is asked only where there is another folder to choose.
    """
    attempts: dict[object, list[Folder]] = {}
    for folder in found:
        of_host = (
            (folder.run.started, folder.run.run_id, folder.attempt.host) if folder.run and folder.attempt else folder
        )
        attempts.setdefault(of_host, []).append(folder)
    for of_one in attempts.values():
        judged = of_one if len(of_one) == 1 else [_judged(folder, is_whole) for folder in of_one]
        *_, last = sorted(judged, key=_order)
        *_, chosen = sorted(judged, key=lambda folder: (folder.complete, _order(folder)))
        yield chosen if chosen is last else replace(chosen, later=last.key)


def _judged(folder: Folder, is_whole: Callable[[Folder], bool]) -> Folder:
    by_host = folder.complete and folder.said and folder.said.endswith(f"/{HostManifest.FILE}")
    return replace(folder, complete=is_whole(folder)) if by_host else folder


def as_folder(prefix: str) -> str:
    return prefix if not prefix or prefix.endswith("/") else f"{prefix}/"


def _order(folder: Folder) -> AttemptFolder:
    return folder.attempt or AttemptFolder("", 0)
