"""Uploading a host's files to S3, under a key that names suite, date, machine and run.

Checksums: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.aws import aws_errors
from benchmarks.aws.session import Client, Connect
from benchmarks.results import link, manifest
from benchmarks.results.result_keys import AttemptFolder, RunFolder
from benchmarks.results.uploads import Upload, choose_folder, send, upload_of
from benchmarks.runs import event_records, events, record_files, run_directory, run_layout
from benchmarks.runs.records import Build, Destination, Manifest, Preflight, Published, Toolchain
from benchmarks.runs.result_records import Results

FILES = (
    *(run_layout.LOG, run_layout.ARCHIVE, run_layout.ACTIVITY, run_layout.PAGE),
    *(Toolchain.FILE, Build.FILE, Results.FILE),
)


def publish(
    connect: Connect, run_dir: Path, host: str, attempt: int, plan: Preflight, *, dry: bool = False
) -> tuple[bool, str]:
    """Upload the files of an attempt. Returns whether anything was uploaded, and the URI of the folder.

    Writes the records Manifest and Published. With `dry`, nothing is uploaded or written.
    Raises FailedError if S3's checksum of a file differs, OSError if the directory cannot be written.
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

    folder, missing = choose_folder(s3, target, folder_of, uploads)
    if dry:
        return bool(missing), f"s3://{target.bucket}/{folder}"
    # Another process may upload to the same folder at the same time: then choose a folder again.
    while not all(send(s3, target, f"{folder}{upload.name}", upload) for upload in missing):
        folder, missing = choose_folder(s3, target, folder_of, uploads)
    published = _published(s3, target, folder, uploads)
    record_files.write(directory, published)
    events.note(run_dir, event_records.Published(host=host, attempt=attempt, uri=published.uri))
    return bool(missing), published.uri


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
    """The folder of the run to which an attempt belongs."""
    host_directory = run_layout.host(run_dir, host)
    suite = manifest.suite_of(host_directory, attempt, plan)
    if plan.launch:
        machine, cores = plan.launch.instance_type, plan.launch.cores
    else:
        toolchain = record_files.recall(Toolchain, run_layout.attempt(host_directory, attempt))
        machine, cores = f"host-{host}", toolchain.host.cpus_usable if toolchain else 0
    return RunFolder(suite.name, plan.started, machine, cores, suite.source.ref, run_dir.name)
