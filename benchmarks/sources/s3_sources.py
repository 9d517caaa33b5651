"""Results in S3: of published runs, of an object, or of everything below a folder."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from benchmarks import hints
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.results.labelled import Labelled, S3Object
from benchmarks.results.result_keys import RunFolder
from benchmarks.runs import run_layout
from benchmarks.runs.result_records import Results
from benchmarks.sources import file_sources, run_words, s3_folders, s3_objects
from benchmarks.sources.places import SCHEME
from benchmarks.sources.s3_folders import Folder

Item = TypeVar("Item")
Result = TypeVar("Result")

# As many as botocore keeps connections.
_AT_ONCE = 10


@dataclass(frozen=True)
class Fetched:
    """A folder with results, and the file or directory to which they were downloaded, or why they could not be."""

    folder: Folder
    label: str
    path: Path
    problem: str | None = None


def of_uri(s3: Client, uri: str) -> tuple[Labelled, ...]:
    """The results of an object, or of everything below a folder; of hosts of runs, those of the last attempt there.

    Raises RefusedError if there are none, if S3 refuses or cannot be reached, and for objects that cannot be read.
    """
    bucket, prefix = s3_objects.split(uri)
    keys = list(s3_objects.keys(s3, bucket, prefix))
    # A key that ends with a slash is what S3's console makes of an empty folder.
    if prefix in keys and not prefix.endswith("/"):
        log = str(PurePosixPath(prefix).with_name(run_layout.LOG))
        found = [Folder(prefix, (prefix,), log if log in keys else None)]
    else:
        found = list(s3_folders.last_attempts(s3_folders.folders(keys, prefix)))
    if not found:
        raise RefusedError(f"There are no results below {uri}: {_why(keys, prefix)}.")
    with tempfile.TemporaryDirectory() as scratch:
        fetched = _each_of(found, lambda folder: _fetch(s3, bucket, folder, Path(scratch)))
        return tuple(one for each in fetched for one in _read(bucket, each, several=len(found) > 1))


def of_runs(s3: Client, bucket: str, runs: Sequence[RunFolder], host: str = "") -> tuple[Labelled, ...]:
    """The results of the last attempt on each host of published runs, or on one `host`; `HOST/ATTEMPT` names another.

    Labels are RUN, RUN/HOST if it has several, or RUN/HOST/ATTEMPT. Raises RefusedError if there is no such host or
    attempt, if S3 refuses or cannot be reached, and if what is alone cannot be read.
    """
    with tempfile.TemporaryDirectory() as scratch:
        fetched = _each_of(
            runs, lambda run: [_fetch(s3, bucket, one, Path(scratch)) for one in _folders(s3, bucket, run, host)]
        )
        read = [
            (run, list(_of_run(bucket, run, folders, len(runs) > 1)))
            for run, folders in zip(runs, fetched, strict=True)
        ]
    hosts = Counter(run.run_id for run, found in read for _ in found)
    return tuple(
        replace(one, label=_name(run, folder, host, hosts[run.run_id] > 1))
        for run, found in read
        for folder, one in found
    )


def _folders(s3: Client, bucket: str, run: RunFolder, host: str) -> list[Folder]:
    """The folders of a run to read. Raises RefusedError if it has results, but none of this host and attempt."""
    keys = list(s3_objects.keys(s3, bucket, run.key))
    found = [folder for folder in s3_folders.folders(keys, run.key) if folder.attempt]
    chosen = [folder for folder in found if _is_of(folder, host)]
    if found and not chosen:
        known = [f"{folder.attempt.host}/{folder.attempt.attempt}" for folder in found if folder.attempt]
        raise RefusedError(
            f"The run {run.run_id} has no {host} in {SCHEME}{bucket}.{hints.nearest(host, known)} "
            f"It has {run_words.some(known)}."
        )
    return list(s3_folders.last_attempts(chosen))


def _of_run(
    bucket: str, run: RunFolder, fetched: Sequence[Fetched], several: bool
) -> Iterator[tuple[Folder, Labelled]]:
    if not fetched:
        sentence = f"The run {run.run_id} has no results in {SCHEME}{bucket}/{run.key}."
        yield Folder(run.key, ()), Labelled(run.run_id, Results(measurements=(), problems=(sentence,)))
    for each in fetched:
        for one in _read(bucket, each, several=several or len(fetched) > 1):
            yield each.folder, one


def _is_of(folder: Folder, host: str) -> bool:
    attempt = folder.attempt
    return attempt is not None and host in ("", attempt.host, f"{attempt.host}/{attempt.attempt}")


def _name(run: RunFolder, folder: Folder, host: str, several: bool) -> str:
    if host:
        return f"{run.run_id}/{host}"
    return f"{run.run_id}/{folder.attempt.host}" if several and folder.attempt else run.run_id


def _each_of(items: Sequence[Item], fetch: Callable[[Item], Result]) -> Iterator[Result]:
    """What `fetch` makes of each item, in their order. Some are fetched at once, with progress on a terminal."""
    console = Console(stderr=True)
    executor = ThreadPoolExecutor(_AT_ONCE)
    begun: deque[Future[Result]] = deque()
    try:
        for item in track(
            items,
            description="Reading results",
            console=console,
            transient=True,
            disable=len(items) == 1 or not console.is_terminal,
        ):
            begun.append(executor.submit(fetch, item))
            if len(begun) == _AT_ONCE:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        # Otherwise Ctrl-C would wait for what is not begun yet.
        executor.shutdown(cancel_futures=True)


def _why(keys: Sequence[str], prefix: str) -> str:
    if not keys:
        return "it has no objects"
    if not any(key.startswith(s3_folders.as_folder(prefix)) for key in keys):
        return f"there are objects such as {keys[0]}, and the name of a folder has to be given in full"
    return f"no folder there has {Results.FILE}, {run_layout.LOG} or {run_layout.ARCHIVE}"


def _fetch(s3: Client, bucket: str, folder: Folder, scratch: Path) -> Fetched:
    """Download the objects of a folder to a directory of their own; one alone is read by itself."""
    alone = len(folder.wanted) == 1
    label = f"{SCHEME}{bucket}/{folder.wanted[0] if alone else PurePosixPath(folder.wanted[0]).parent}"
    # A single object may have any name, even `..`.
    names = [f"object{PurePosixPath(key).suffix}" if alone else PurePosixPath(key).name for key in folder.wanted]
    try:
        directory = Path(tempfile.mkdtemp(dir=scratch))
        for key, name in zip(folder.wanted, names, strict=True):
            s3_objects.download(s3, bucket, key, directory / name)
    except RefusedError as error:
        return Fetched(folder, label, directory, str(error))
    return Fetched(folder, label, directory / names[0] if alone else directory)


def _read(bucket: str, fetched: Fetched, *, several: bool) -> tuple[Labelled, ...]:
    """Read what was downloaded, and remove it. What cannot be read of several does not spoil the others.

    Not in the thread that has downloaded it: msgspec crashes if two threads decode a type for the first time.
    """
    try:
        if fetched.problem:
            raise RefusedError(fetched.problem)
        read = file_sources.of_path(fetched.path, fetched.label)
    except RefusedError as error:
        if not several:
            raise
        return (Labelled(fetched.label, Results(measurements=(), problems=(str(error),))),)
    finally:
        shutil.rmtree(fetched.path.parent if fetched.path.is_file() else fetched.path, ignore_errors=True)
    log = S3Object(bucket, fetched.folder.log) if fetched.folder.log else None
    return tuple(replace(one, log=log) for one in read)
