"""Uploading a host's files to S3 under a key that says what they are.

Checksums: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
Presigned links: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.aws.session import Connect, lifetime_of_credentials
from benchmarks.results import manifest
from benchmarks.results.link import link_end
from benchmarks.results.manifest import MANIFEST
from benchmarks.results.uploads import choose_folder, send, upload_of
from benchmarks.runs import attempts, run_directory

FILES = ("benchmark.log", "criterion.tar.gz", "toolchain.json")
# What of PUBLISHED is shown to users.
SHOWN = ("uri", "link", "link_until", "link_note")


def prefix(suite: str, started: datetime, machine: str, cores: int, run_id: str) -> str:
    """`results/<suite>/<date>/<UTC>_<machine>_<cores>c_<run id>`; `machine` is an instance type, or a host's name."""
    return f"results/{suite}/{started:%Y-%m-%d}/{started:%Y%m%dT%H%M%SZ}_{machine}_{cores}c_{run_id}"


def publish(
    connect: Connect, run_dir: Path, host: str, attempt: int, plan: Mapping[str, Any], *, dry: bool = False
) -> tuple[bool, dict[str, Any]]:
    """Upload what there is of an attempt on a host; whether anything was uploaded, and where it is.

    With `dry` nothing is uploaded or written, and only the first is asked: would anything be?
    Raises FailedError where S3 has other content than was sent, OSError where the directory cannot be written.
    """
    s3 = connect("s3")
    target = plan["publish"]
    directory = run_dir / host / str(attempt)
    machine, cores = _machine(host, directory, plan)
    suite = manifest.suite_of(run_dir / host, attempt, plan)
    base = prefix(suite["name"], datetime.fromisoformat(target["started"]), machine, cores, run_dir.name)
    uploads = [upload_of(directory / name) for name in FILES if (directory / name).exists()]
    if not dry:
        run_directory.write_record(directory, MANIFEST, manifest.manifest(run_dir, host, attempt, plan, uploads))
        # Last, so that where it is everything is.
        uploads.append(upload_of(directory / MANIFEST))
    wanted = f"{base}/{host}/{attempt}"
    folder, missing = choose_folder(s3, target, wanted, uploads)
    if dry:
        return bool(missing), {"uri": f"s3://{target['bucket']}/{folder}/"}
    # Somebody else may publish at the same time, and be faster: then a place is chosen again.
    while not all(send(s3, target, f"{folder}/{upload.path.name}", upload) for upload in missing):
        folder, missing = choose_folder(s3, target, wanted, uploads)

    keys = {upload.path.name: f"{folder}/{upload.path.name}" for upload in uploads}
    until, note = link_end(datetime.now(UTC), *lifetime_of_credentials())
    main_file = "benchmark.log" if "benchmark.log" in keys else MANIFEST
    link = s3.generate_presigned_url(
        "get_object",
        Params={"Bucket": target["bucket"], "Key": keys[main_file]},
        ExpiresIn=max(1, int((until - datetime.now(UTC)).total_seconds())),
    )
    published = {
        "bucket": target["bucket"],
        "prefix": f"{folder}/",
        "uri": f"s3://{target['bucket']}/{folder}/",
        "keys": keys,
        "link": link,
        "link_until": until.isoformat(timespec="minutes"),
        "link_note": note,
    }
    # The link is a key to the log until it expires.
    path = directory / attempts.PUBLISHED
    path.touch(mode=0o600)
    path.write_text(json.dumps(published, indent=2) + "\n")
    return bool(missing), published


def _machine(host: str, directory: Path, plan: Mapping[str, Any]) -> tuple[str, int]:
    if plan["launch"]:
        return plan["launch"]["instance_type"], plan["launch"]["cores"]
    record = run_directory.recall(directory, "toolchain.json") or {}
    return f"host-{host}", int(record.get("host", {}).get("cpus_usable", 0))
