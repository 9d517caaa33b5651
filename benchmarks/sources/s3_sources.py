"""Results in S3: of published runs, of an object, or of everything below a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from benchmarks import hints
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.results.labelled import Labelled, place_in_run
from benchmarks.results.result_keys import RunFolder
from benchmarks.runs import run_layout, run_words
from benchmarks.runs.result_records import Results
from benchmarks.sources import at_once, s3_folder_reading, s3_folders, s3_manifests, s3_objects
from benchmarks.sources.places import SCHEME
from benchmarks.sources.s3_folders import Folder


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
        is_whole = partial(s3_manifests.is_whole, s3, bucket)
        found = list(s3_folders.last_attempts(s3_folders.folders(keys, prefix), is_whole))
    if not any(folder.wanted for folder in found):
        raise RefusedError(f"There are no results below {uri}: {_why(keys, prefix)}.")
    return tuple(one for _, one in s3_folder_reading.read(s3, bucket, found, several=len(found) > 1))


def of_runs(s3: Client, bucket: str, runs: Sequence[RunFolder], host: str = "") -> tuple[Labelled, ...]:
    """The results of the last attempt on each host of published runs, or on one `host`; `HOST/ATTEMPT` names another.

    A host is named by its id or the unique start of that. Labels are RUN, RUN/HOST if it has several, or
    RUN/HOST/ATTEMPT. The hosts of a run are sorted by type and name. Raises RefusedError if there is no such host or
    attempt, if several hosts' ids start so, if S3 refuses or cannot be reached, and if what is alone cannot be read.
    """
    listed = at_once.each_of(runs, lambda run: _folders(s3, bucket, run), "Looking for results")
    attempts = [folder for folders in listed for folder in folders]
    host = _in_full(host, attempts)
    of_host = (folder for folder in attempts if _is_of(folder, host))
    chosen = list(s3_folders.last_attempts(of_host, partial(s3_manifests.is_whole, s3, bucket)))
    if attempts and not chosen:
        raise RefusedError(_no_host(bucket, host, attempts))
    hosts = Counter(_run(folder.run) for folder in chosen)
    without = [_nothing(bucket, run) for run in runs if not hosts[_run(run)]] if not (attempts and host) else []
    read = s3_folder_reading.read(s3, bucket, chosen, several=len(chosen) + len(without) > 1)
    order = {name: number for number, name in enumerate(hosts)}
    named = [(order[_run(folder.run)], replace(one, label=_name(folder, host, hosts))) for folder, one in read]
    return (*(one for _, one in sorted(named, key=lambda one: (one[0], place_in_run(one[1])))), *without)


def _folders(s3: Client, bucket: str, run: RunFolder) -> list[Folder]:
    return [one for one in s3_folders.folders(list(s3_objects.keys(s3, bucket, run.key)), run.key) if one.attempt]


def _run(folder: RunFolder | None) -> tuple[object, ...]:
    """What tells a run from others."""
    return (folder.started, folder.run_id) if folder else ()


def _in_full(host: str, attempts: Sequence[Folder]) -> str:
    """`HOST` or `HOST/ATTEMPT` with the host's id in full, if there is one."""
    name, slash, attempt = host.partition("/")
    return run_words.host(name, [folder.attempt.host for folder in attempts if folder.attempt]) + slash + attempt


def _is_of(folder: Folder, host: str) -> bool:
    attempt = folder.attempt
    names = (attempt.host, f"{attempt.host}/{attempt.attempt}", attempt.key.rstrip("/")) if attempt else ()
    return host == "" or host.rstrip("/") in names


def _no_host(bucket: str, host: str, attempts: Sequence[Folder]) -> str:
    known = list(dict.fromkeys(folder.attempt.key.rstrip("/") for folder in attempts if folder.attempt))
    run_id = next(folder.run.run_id for folder in attempts if folder.run)
    hint = hints.nearest(host, known)
    return f"The run {run_id} has no {host} in {SCHEME}{bucket}.{hint} It has {run_words.some(known)}."


def _name(folder: Folder, host: str, hosts: Mapping[tuple[object, ...], int]) -> str:
    assert folder.run and folder.attempt
    if host:
        return f"{folder.run.run_id}/{host.rstrip('/')}"
    several = hosts[_run(folder.run)] > 1
    return f"{folder.run.run_id}/{folder.attempt.host}" if several else folder.run.run_id


def _nothing(bucket: str, run: RunFolder) -> Labelled:
    sentence = f"The run {run.run_id} has no results in {SCHEME}{bucket}/{run.key}."
    return Labelled(run.run_id, Results(measurements=(), problems=(sentence,)))


def _why(keys: Sequence[str], prefix: str) -> str:
    if not keys:
        return "it has no objects"
    if not any(key.startswith(s3_folders.as_folder(prefix)) for key in keys):
        return f"there are objects such as {keys[0]}, and the name of a folder has to be given in full"
    return f"no folder there has {Results.FILE}, {run_layout.LOG} or {run_layout.ARCHIVE}"
