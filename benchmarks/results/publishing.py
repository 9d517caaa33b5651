"""Uploading a host's files to S3, under a key that names suite, date, machine and run.

Checksums: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.aws.session import Client, Connect
from benchmarks.results import link, manifest
from benchmarks.results.uploads import Upload, choose_folder, send, upload_of
from benchmarks.runs import record_files, run_layout
from benchmarks.runs.records import Build, Manifest, Preflight, Published, Toolchain
from benchmarks.runs.result_records import Results

FILES = (
    *(run_layout.LOG, run_layout.ARCHIVE, run_layout.ACTIVITY, run_layout.PAGE),
    *(Toolchain.FILE, Build.FILE, Results.FILE),
)


def prefix(suite: str, started: datetime, machine: str, cores: int, run_id: str) -> str:
    """`results/<suite>/<date>/<UTC>_<machine>_<cores>c_<run id>`; `machine` is an instance type or a host's name."""
    return f"results/{suite}/{started:%Y-%m-%d}/{started:%Y%m%dT%H%M%SZ}_{machine}_{cores}c_{run_id}"


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
    machine, cores = _machine(host, directory, plan)
    suite = manifest.suite_of(run_layout.host(run_dir, host), attempt, plan)
    base = prefix(suite.name, plan.started, machine, cores, run_dir.name)
    uploads = [upload_of(directory, name) for name in FILES if (directory / name).exists()]
    if not dry:
        record_files.write(directory, manifest.make(run_dir, host, attempt, plan, uploads))
        # Last, so that a folder with a manifest is complete.
        uploads.append(upload_of(directory, Manifest.FILE))
    wanted = f"{base}/{host}/{attempt}"
    folder, missing = choose_folder(s3, target, wanted, uploads)
    if dry:
        return bool(missing), f"s3://{target.bucket}/{folder}/"
    # Another process may upload to the same folder at the same time: then choose a folder again.
    while not all(send(s3, target, f"{folder}/{upload.name}", upload) for upload in missing):
        folder, missing = choose_folder(s3, target, wanted, uploads)
    published = _published(s3, target.bucket, folder, uploads)
    record_files.write(directory, published)
    return bool(missing), published.uri


def _published(s3: Client, bucket: str, folder: str, uploads: Sequence[Upload]) -> Published:
    keys = {upload.name: f"{folder}/{upload.name}" for upload in uploads}
    signed = link.sign(s3, bucket, keys[run_layout.LOG if run_layout.LOG in keys else Manifest.FILE])
    return Published(
        bucket=bucket,
        prefix=f"{folder}/",
        uri=f"s3://{bucket}/{folder}/",
        keys=keys,
        link=signed.url,
        link_until=signed.until,
        link_note=signed.note,
    )


def _machine(host: str, directory: Path, plan: Preflight) -> tuple[str, int]:
    if plan.launch:
        return plan.launch.instance_type, plan.launch.cores
    toolchain = record_files.recall(Toolchain, directory)
    return f"host-{host}", toolchain.host.cpus_usable if toolchain else 0
