"""Uploading a host's files to S3 under a key that says what they are.

Checksums: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
Presigned links: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.exceptions

from benchmarks import __version__
from benchmarks.aws.session import Client, Connect, code, lifetime_of_credentials
from benchmarks.errors import FailedError
from benchmarks.runs import attempts, run_directory

MANIFEST = "manifest.json"
FILES = ("benchmark.log", "criterion.tar.gz", "toolchain.json")
# What of PUBLISHED is shown to users.
SHOWN = ("uri", "link", "link_until", "link_note")
# The longest that a signature of version 4 is accepted.
LINK_LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Upload:
    """A file and the SHA-256 of its content, in hex."""

    path: Path
    sha256: str

    @property
    def encoded(self) -> str:
        """The checksum as S3 writes it."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


def prefix(suite: str, started: datetime, machine: str, cores: int, run_id: str) -> str:
    """`results/<suite>/<date>/<UTC>_<machine>_<cores>c_<run id>`; `machine` is an instance type, or a host's name."""
    return f"results/{suite}/{started:%Y-%m-%d}/{started:%Y%m%dT%H%M%SZ}_{machine}_{cores}c_{run_id}"


def manifest(
    run_dir: Path, host: str, attempt: int, plan: Mapping[str, Any], uploads: Sequence[Upload]
) -> dict[str, Any]:
    """What was run on what, and what was uploaded. The one that is there is kept while the files are those it names."""
    directory = run_dir / host / str(attempt)
    files = {u.path.name: {"sha256": u.sha256, "bytes": u.path.stat().st_size} for u in uploads}
    earlier = run_directory.recall(directory, MANIFEST)
    if isinstance(earlier, dict) and earlier.get("files") == files:
        return earlier
    return {
        "tool": f"benchmarks {__version__}",
        "run_id": run_dir.name,
        "host": host,
        "attempt": attempt,
        "started": plan["started"],
        "suite": _suite(run_dir / host, attempt, plan),
        "launch": plan["launch"],
        "toolchain": run_directory.recall(directory, "toolchain.json"),
        "failures": [failure.sentence for failure in run_directory.failures(run_dir) if failure.is_of(host, attempt)],
        "files": files,
    }


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
    suite = _suite(run_dir / host, attempt, plan)
    base = prefix(suite["name"], datetime.fromisoformat(target["started"]), machine, cores, run_dir.name)
    uploads = [_upload_of(directory / name) for name in FILES if (directory / name).exists()]
    if not dry:
        run_directory.write_record(directory, MANIFEST, manifest(run_dir, host, attempt, plan, uploads))
        # Last, so that where it is everything is.
        uploads.append(_upload_of(directory / MANIFEST))
    wanted = f"{base}/{host}/{attempt}"
    folder, missing = _folder(s3, target, wanted, uploads)
    if dry:
        return bool(missing), {"uri": f"s3://{target['bucket']}/{folder}/"}
    # Somebody else may publish at the same time, and be faster: then a place is chosen again.
    while not all(_send(s3, target, f"{folder}/{upload.path.name}", upload) for upload in missing):
        folder, missing = _folder(s3, target, wanted, uploads)

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


def _suite(host_directory: Path, attempt: int, plan: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an attempt has measured, which need not be what is asked for now."""
    record = attempts.read(host_directory, attempt)
    suite: Mapping[str, Any] = record.suite if record else plan["suite"]
    return suite


def _folder(
    s3: Client, target: Mapping[str, Any], wanted: str, uploads: Sequence[Upload]
) -> tuple[str, tuple[Upload, ...]]:
    """Where the files go, and those of them that are not there yet.

    An object is written once and never replaced: what has come to be known of an attempt since it was published, as the
    rest of a log, goes beside it, to `<attempt>.2` and so on.
    """
    for number in itertools.count(1):
        folder = wanted if number == 1 else f"{wanted}.{number}"
        stored = {upload: _stored(s3, _place(target, f"{folder}/{upload.path.name}")) for upload in uploads}
        if all(found in (None, upload.encoded) for upload, found in stored.items()):
            return folder, tuple(upload for upload, found in stored.items() if found is None)
    raise AssertionError("unreachable")


def _machine(host: str, directory: Path, plan: Mapping[str, Any]) -> tuple[str, int]:
    if plan["launch"]:
        return plan["launch"]["instance_type"], plan["launch"]["cores"]
    record = run_directory.recall(directory, "toolchain.json") or {}
    return f"host-{host}", int(record.get("host", {}).get("cpus_usable", 0))


def _upload_of(path: Path) -> Upload:
    return Upload(path, hashlib.sha256(path.read_bytes()).hexdigest())


def _place(target: Mapping[str, Any], key: str) -> dict[str, str]:
    """What names an object in every call: its bucket's owner too."""
    return {"Bucket": target["bucket"], "Key": key, "ExpectedBucketOwner": target["account"]}


def _send(s3: Client, target: Mapping[str, Any], key: str, upload: Upload) -> bool:
    """Upload one file where there is none, and see that it has arrived; whether it is there and not another.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    place = _place(target, key)
    kind = mimetypes.guess_type(upload.path.name)[0] or "text/plain; charset=utf-8"
    with upload.path.open("rb") as body:
        try:
            s3.put_object(**place, Body=body, ChecksumSHA256=upload.encoded, ContentType=kind, IfNoneMatch="*")
        except botocore.exceptions.ClientError as error:
            # It is there: because an answer was lost, or because somebody else was faster, which the checksum tells.
            if code(error) not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise
            return _stored(s3, place) == upload.encoded
    if (stored := _stored(s3, place)) != upload.encoded:
        raise FailedError(f"S3 has another checksum for {key} than was sent: {stored} instead of {upload.encoded}.")
    return True


def _stored(s3: Client, place: Mapping[str, str]) -> str | None:
    try:
        return s3.head_object(**place, ChecksumMode="ENABLED").get("ChecksumSHA256")  # type: ignore[no-any-return]
    except botocore.exceptions.ClientError as error:
        if code(error) in ("404", "NoSuchKey", "NotFound"):
            return None
        raise


def link_end(now: datetime, temporary: bool, credentials_end: datetime | None) -> tuple[datetime, str]:
    """Until when a link signed now opens, and what is to be said of that: it ends with what signed it."""
    longest = now + LINK_LIFETIME
    if temporary and credentials_end is None:
        return longest, "or until the temporary credentials that signed it expire"
    return min(longest, credentials_end or longest), ""
