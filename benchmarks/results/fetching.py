"""Fetches from S3 what an instance has uploaded of an attempt by itself, when it is gone before that was collected."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.aws import aws_errors, instances
from benchmarks.aws.session import Client
from benchmarks.errors import FailedError, RefusedError
from benchmarks.host import checksums, growing_files
from benchmarks.host.systemd_units import UnitStatus
from benchmarks.readers import criterion_archive
from benchmarks.results import host_files, host_uploads, publishing, result_keys, run_folders
from benchmarks.results.uploads import object_of
from benchmarks.runs import failures, record_files, run_directory, run_layout
from benchmarks.runs.records import Destination, HostManifest, Manifest, Preflight

# An instance that goes down uploads meanwhile; it is waited for, but not longer than EC2 lets a system shut down.
LONGEST_WAIT = 150.0  # seconds
INTERVAL = 3.0  # seconds
TRIES = 3  # of a download that breaks off
_GOING_DOWN = ("shutting-down", "stopping")
_BLOCK = 2**20  # bytes
# The stages, as failures name them, that fail if a host is lost that has measured to its end all the same.
_OF_LOSS = ("", "collect", "finish")


@dataclass(frozen=True)
class Fetched:
    """What was fetched of an attempt: the names of files, and a sentence for the user, empty if nothing is there.

    `complete` is whether the instance has measured to its end, and all that it has uploaded is here.
    """

    files: tuple[str, ...] = ()
    said: str = ""
    complete: bool = False


@dataclass(frozen=True)
class _Folder:
    """What an instance has uploaded of an attempt: the key of its folder, and the names of objects there."""

    key: str
    names: frozenset[str]

    @property
    def is_whole(self) -> bool:
        return HostManifest.FILE in self.names


def is_uploaded(s3: Client, target: Destination, run_dir: Path, host: str, attempt: int, plan: Preflight) -> bool:
    """Whether S3 has the log of an attempt. Raises what AWS does."""
    found = _folder(s3, target, run_dir, host, attempt, plan)
    return found is not None and run_layout.LOG in found.names


def fetch(
    s3: Client,
    ec2: Client,
    run_dir: Path,
    host: str,
    attempt: int,
    plan: Preflight,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Bring what a host has uploaded of an attempt into the attempt's directory, verified by its checksums.

    What is here as the host has uploaded it is kept, and so is what is newer; a part is replaced by the whole. If the
    host has measured to its end, that it was lost later is no failure of the run any more. Raises FailedError if S3
    refuses or what it has is damaged, and OSError if the directory cannot be written; all that is here stays.
    """
    target = plan.destination
    assert target
    directory = run_layout.attempt(run_layout.host(run_dir, host), attempt)
    place = f"s3://{target.bucket}/{run_folders.key_of_attempt(run_dir, host, attempt, plan)}"
    try:
        found = _wait(lambda: _folder(s3, target, run_dir, host, attempt, plan), lambda: _state(ec2, host), sleep)
        if not found:
            return Fetched()
        place = f"s3://{target.bucket}/{found.key}"
        directory.mkdir(parents=True, exist_ok=True)
        manifest = _manifest(s3, target, found, directory)
        files = tuple(_bring(s3, target, found, manifest, directory))
    except aws_errors.errors() as error:
        raise FailedError(_failure(run_dir, host, place, error)) from None
    missing = host_files.missing(manifest) if manifest else ()
    complete = bool(manifest and _ended_well(manifest) and not missing and not lacking(directory, manifest))
    if complete:
        failures.forget_loss(run_dir, host, attempt, _OF_LOSS)
    return Fetched(files, _sentence(host, place, files, complete, manifest is not None, missing), complete)


def _folder(s3: Client, target: Destination, run_dir: Path, host: str, attempt: int, plan: Preflight) -> _Folder | None:
    """The folder of the last copy that the host has uploaded whole, else of the last; not what was only published."""
    run = publishing.run_folder(run_dir, host, attempt, plan)
    copies: dict[int, set[str]] = {}
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=target.bucket, Prefix=f"{run.key}{host}/{attempt}", ExpectedBucketOwner=target.account
    )
    for item in (item for page in pages for item in page.get("Contents", ())):
        its = result_keys.attempt_of(item["Key"], run)
        if its and (its.host, its.attempt) == (host, attempt):
            copies.setdefault(its.copy, set()).add(item["Key"].removeprefix(f"{run.key}{its.key}"))
    copies = {copy: names for copy, names in copies.items() if HostManifest.FILE in names or Manifest.FILE not in names}
    if not copies:
        return None
    last = max(copies, key=lambda copy: (HostManifest.FILE in copies[copy], copy))
    return _Folder(run_folders.key_of_attempt(run_dir, host, attempt, plan, last), frozenset(copies[last]))


def _state(ec2: Client, host: str) -> str:
    """The state of the instance, empty if EC2 does not say."""
    try:
        found = instances.find(ec2, host)
    except aws_errors.errors():
        return ""
    return str(found["State"]["Name"]) if found else ""


def _wait(
    look: Callable[[], _Folder | None], state: Callable[[], str], sleep: Callable[[float], None]
) -> _Folder | None:
    """The host's folder, as soon as it is whole; while the host goes down, it is waited for."""
    waited = 0.0
    while True:
        # Asked first: what it uploads before it is gone is then seen.
        going_down = state() in _GOING_DOWN
        found = look()
        if (found and found.is_whole) or not going_down or waited >= LONGEST_WAIT:
            return found
        sleep(INTERVAL)
        waited += INTERVAL


def _manifest(s3: Client, target: Destination, found: _Folder, directory: Path) -> HostManifest | None:
    if not found.is_whole:
        return None
    _download(s3, target, f"{found.key}{HostManifest.FILE}", directory / HostManifest.FILE)
    return record_files.recall(HostManifest, directory)


def _bring(
    s3: Client, target: Destination, found: _Folder, manifest: HostManifest | None, directory: Path
) -> list[str]:
    """Download what is not here as a whole, unpack the archive, and return the names. Raises FailedError."""
    brought = []
    for name in (name for name in host_files.NAMES if name in found.names):
        path, wanted = directory / name, host_files.listed(manifest).get(name) if manifest else None
        if _is_here(name, directory, manifest):
            continue
        part = path.with_name(f".{name}.{os.getpid()}.part")
        try:
            _download(s3, target, f"{found.key}{name}", part)
            if wanted and checksums.sha256(part) != wanted:
                raise FailedError(f"{name} is not what the instance has uploaded, by its checksum.")
            # Without its checksum, what was collected is at least as new.
            if (
                wanted is None
                and path.exists()
                and name in growing_files.NAMES
                and not growing_files.continues(part, path)
            ):
                continue
            if name == run_layout.ARCHIVE:
                _unpack(part, directory)
            part.replace(path)
            brought.append(name)
        finally:
            part.unlink(missing_ok=True)
    return brought


def _is_here(name: str, directory: Path, manifest: HostManifest | None) -> bool:
    """Whether nothing of a file is to be fetched. The archive is then unpacked. Raises FailedError, and OSError.

    What a controller that was ended has left may be a part of a file, or an archive of which a part was unpacked.
    """
    path = directory / name
    if not path.exists():
        return False
    if name in host_uploads.COPIED:
        return True
    if manifest is None or name not in manifest.files:
        # Nobody says what it should be.
        return name not in growing_files.NAMES and (name != run_layout.ARCHIVE or _is_unpacked(directory))
    if name in growing_files.NAMES:
        return host_files.begins_with(path, manifest.files[name])
    if checksums.sha256(path) == host_files.listed(manifest)[name]:
        if name == run_layout.ARCHIVE:
            _unpack(path, directory)
        return True
    # The attempt may have been continued after the upload, and collected.
    return _has_newer_log(directory, manifest) and (name != run_layout.ARCHIVE or _is_unpacked(directory))


def _has_newer_log(directory: Path, manifest: HostManifest) -> bool:
    log, uploaded = directory / run_layout.LOG, manifest.files.get(run_layout.LOG)
    if uploaded is None or not host_files.begins_with(log, uploaded):
        return False
    return log.stat().st_size > uploaded.bytes


def _is_unpacked(directory: Path) -> bool:
    """Whether the archive that is here is whole. It is unpacked then."""
    try:
        _unpack(directory / run_layout.ARCHIVE, directory)
    except FailedError:
        return False
    return True


def _unpack(archive: Path, directory: Path) -> None:
    """Raises FailedError for an archive that cannot be unpacked."""
    try:
        criterion_archive.unpack_fetched(archive, directory, run_layout.ARCHIVE)
    except RefusedError as error:
        raise FailedError(str(error)) from None


def _download(s3: Client, target: Destination, key: str, path: Path) -> None:
    """Write an object to a file. botocore checks S3's own checksum, but does not repeat what breaks off meanwhile."""
    for left in reversed(range(TRIES)):
        try:
            with path.open("wb") as file:
                body = s3.get_object(**object_of(target, key), ChecksumMode="ENABLED")["Body"]
                while block := body.read(_BLOCK):
                    file.write(block)
            return
        except aws_errors.of_aws() as error:
            if not (left and aws_errors.may_pass(error)):
                raise


def _ended_well(manifest: HostManifest) -> bool:
    return all(UnitStatus(False, words, 0, b"").succeeded for words in (manifest.build, manifest.run))


def lacking(directory: Path, manifest: HostManifest) -> list[str]:
    """The names of files that are not here as the instance has uploaded them; records are the controller's own."""
    differing = host_files.differing(directory, manifest)
    grown = [
        n for n in differing if n in growing_files.NAMES and host_files.begins_with(directory / n, manifest.files[n])
    ]
    kept = [name for name in differing if name in host_uploads.COPIED and (directory / name).exists()]
    return [name for name in differing if name not in (*grown, *kept)]


def _sentence(
    host: str, place: str, files: tuple[str, ...], complete: bool, whole: bool, missing: tuple[str, ...]
) -> str:
    lost = f" It could not upload {' and '.join(missing)} before it was gone." if missing else ""
    if not files:
        return f"All that {host} has uploaded to {place} is here already.{lost}"
    rest = (
        " It had measured to its end, so that nothing is lost."
        if complete
        else lost
        if whole
        else " It was cut off while it uploaded: there may be more that is lost."
    )
    return f"What {host} has uploaded by itself was fetched from {place}, and verified: {', '.join(files)}.{rest}"


def _failure(run_dir: Path, host: str, place: str, error: Exception) -> str:
    again = run_directory.continue_command(run_dir)
    return (
        f"What {host} has uploaded could not be fetched from {place}: {aws_errors.sentence(error)} What was brought "
        f"back before is kept in {run_dir}, and {again} with the same parameters fetches the rest."
    )
