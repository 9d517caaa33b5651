"""Uploading a host's files to S3, under a key that names suite, date, machine and run.

Checksums: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.aws import aws_errors
from benchmarks.aws.session import Client, Connect
from benchmarks.errors import FailedError
from benchmarks.results import link, manifest
from benchmarks.results.result_keys import AttemptFolder, RunFolder
from benchmarks.results.uploads import Upload, choose_folder, send, upload_of
from benchmarks.runs import event_records, events, planned_hosts, record_files, run_directory, run_layout
from benchmarks.runs.records import Build, Destination, Instances, Manifest, Preflight, Published, Toolchain
from benchmarks.runs.result_records import Results

FILES = (
    *(run_layout.LOG, run_layout.ARCHIVE, run_layout.ACTIVITY, run_layout.PAGE),
    *(Toolchain.FILE, Build.FILE, Results.FILE),
)

# Between one try and the next, as long as another upload is in the way. One of a few megabytes takes seconds.
_PAUSES = (1, 1, 2, 4, 8, 16, 30, 30)  # seconds


def publish(
    connect: Connect,
    run_dir: Path,
    host: str,
    attempt: int,
    plan: Preflight,
    *,
    dry: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[bool, str]:
    """Upload the files of an attempt. Returns whether anything was uploaded, and the URI of the folder.

    Writes the records Manifest and Published. With `dry`, nothing is uploaded or written.
    Raises FailedError if S3's checksum of a file differs, or it neither takes nor shows a file; OSError if the
    directory cannot be written.
    """
    s3 = connect("s3")
    target = plan.destination
    assert target
    directory = run_layout.attempt(run_layout.host(run_dir, host), attempt)
    run = run_folder(run_dir, host, attempt, plan)
    uploads = [upload_of(directory, name) for name in FILES if (directory / name).exists()]
    if not dry:
        record_files.write(directory, manifest.make(run_dir, host, attempt, plan, uploads))
        # Last, so that a folder with a manifest is complete.
        uploads.append(upload_of(directory, Manifest.FILE))

    def folder_of(copy: int) -> str:
        return f"{run.key}{AttemptFolder(host, attempt, copy).key}"

    if dry:
        folder, missing = choose_folder(s3, target, folder_of, uploads)
        return bool(missing), f"s3://{target.bucket}/{folder}"
    changed, folder = _send_all(s3, target, folder_of, uploads, sleep)
    published = _published(s3, target, folder, uploads)
    record_files.write(directory, published)
    events.note(run_dir, event_records.Published(host=host, attempt=attempt, uri=published.uri))
    return changed, published.uri


def _send_all(
    s3: Client,
    target: Destination,
    folder_of: Callable[[int], str],
    uploads: Sequence[Upload],
    sleep: Callable[[float], None],
) -> tuple[bool, str]:
    """Upload what is missing; return whether anything was, and the folder. Raises FailedError if S3 never takes it.

    Another process may upload to the same folder at the same time: then a folder is chosen again. Until its object is
    there, S3 neither takes another nor shows one: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    """
    changed, refused = False, ""
    for pause in (0, *_PAUSES):
        sleep(pause)
        folder, missing = choose_folder(s3, target, folder_of, uploads)
        for upload in missing:
            if not send(s3, target, f"{folder}{upload.name}", upload):
                refused = f"{folder}{upload.name}"
                break
            changed = True
        else:
            return changed, folder
    raise FailedError(
        f"S3 does not take {refused}, and shows no such object either, as while another upload of it is under way. "
        "Publish it again."
    )


def failure(run_dir: Path, plan: Preflight, error: Exception) -> str:
    """Why results could not be published, as a sentence; botocore has repeated what may pass by then."""
    assert plan.destination
    return (
        f"The results could not be published to the bucket {plan.destination.bucket}: {aws_errors.sentence(error)} "
        f"What was measured is kept in {run_dir}, and {run_directory.continue_command(run_dir)} with the same "
        "parameters publishes it."
    )


def _published(s3: Client, target: Destination, folder: str, uploads: Sequence[Upload]) -> Published:
    bucket = target.bucket
    keys = {upload.name: f"{folder}{upload.name}" for upload in uploads}
    shown = keys[run_layout.LOG if run_layout.LOG in keys else Manifest.FILE]
    made = link.make(s3, bucket, shown, expected_public=target.public)
    return Published(
        bucket=bucket,
        prefix=folder,
        uri=f"s3://{bucket}/{folder}",
        keys=keys,
        link=made.url,
        link_until=made.until,
        link_note=made.note,
    )


def run_folder(run_dir: Path, host: str, attempt: int, plan: Preflight) -> RunFolder:
    """The folder of the run to which an attempt belongs: that of its host's type.

    An instance whose type is not known, since its record is lost, is named like a machine of the user's own.
    """
    host_directory = run_layout.host(run_dir, host)
    suite = manifest.suite_of(host_directory, attempt, plan)
    launch = planned_hosts.launch(plan, record_files.recall(Instances, run_dir), host)
    if launch:
        machine, cores = launch.instance_type, launch.cores
    else:
        toolchain = record_files.recall(Toolchain, run_layout.attempt(host_directory, attempt))
        machine, cores = f"host-{host}", toolchain.host.cpus_usable if toolchain else 0
    return RunFolder(suite.name, plan.started, machine, cores, suite.source.ref, run_dir.name)
