"""Uploading a host's files to S3 under a key that says what they are.

Checksums: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
Presigned links: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.exceptions

from benchmarks import __version__, runs
from benchmarks.aws import Client, Connect, code, lifetime_of_credentials
from benchmarks.errors import FailedError

FILES = ("benchmark.log", "criterion.tar.gz", "toolchain.json")
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
    """`<suite>/<date>/<UTC>_<machine>_<cores>c_<run id>`; `machine` is an instance type, or a host's name."""
    return f"{suite}/{started:%Y-%m-%d}/{started:%Y%m%dT%H%M%SZ}_{machine}_{cores}c_{run_id}"


def manifest(run_id: str, host: str, directory: Path, plan: Mapping[str, Any], uploads: list[Upload]) -> dict[str, Any]:
    """What was run on what, and what was uploaded."""
    return {
        "tool": f"benchmarks {__version__}",
        "run_id": run_id,
        "host": host,
        "started": plan["started"],
        "suite": plan["suite"],
        "launch": plan["launch"],
        "toolchain": runs.read_record(directory, "toolchain.json"),
        "failures": [failure.sentence for failure in runs.failures(directory.parent) if failure.host == host],
        "files": {
            upload.path.name: {"sha256": upload.sha256, "bytes": upload.path.stat().st_size} for upload in uploads
        },
    }


def publish(
    connect: Connect, run_id: str, host: str, directory: Path, plan: Mapping[str, Any], *, dry: bool = False
) -> tuple[bool, dict[str, Any]]:
    """Upload what there is of a host; whether anything was uploaded, and where it is.

    With `dry` nothing is uploaded or written, and only the first is asked: would anything be?
    Raises FailedError where S3 has other content than was sent.
    """
    s3 = connect("s3")
    target = plan["publish"]
    machine, cores = _machine(host, directory, plan)
    base = prefix(target["suite"], datetime.fromisoformat(target["started"]), machine, cores, run_id)
    uploads = [_upload_of(directory / name) for name in FILES if (directory / name).exists()]
    if dry:
        places = {upload: _place(target, f"{base}/{host}/{upload.path.name}") for upload in uploads}
        missing = any(_stored(s3, place) != upload.encoded for upload, place in places.items())
        return missing, {"uri": f"s3://{target['bucket']}/{base}/{host}/"}
    directory.mkdir(parents=True, exist_ok=True)
    content = json.dumps(manifest(run_id, host, directory, plan, uploads), indent=2) + "\n"
    (directory / "manifest.json").write_text(content)
    uploads.append(_upload_of(directory / "manifest.json"))

    keys = {upload.path.name: f"{base}/{host}/{upload.path.name}" for upload in uploads}
    sent = [_send(s3, target, keys[upload.path.name], upload) for upload in uploads]

    until, note = link_end(datetime.now(UTC), *lifetime_of_credentials())
    main_file = "benchmark.log" if "benchmark.log" in keys else "manifest.json"
    link = s3.generate_presigned_url(
        "get_object",
        Params={"Bucket": target["bucket"], "Key": keys[main_file]},
        ExpiresIn=max(1, int((until - datetime.now(UTC)).total_seconds())),
    )
    published = {
        "bucket": target["bucket"],
        "prefix": f"{base}/{host}/",
        "uri": f"s3://{target['bucket']}/{base}/{host}/",
        "keys": keys,
        "link": link,
        "link_until": until.isoformat(timespec="minutes"),
        "link_note": note,
    }
    # The link is a key to the log until it expires.
    path = directory / "published.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(published, indent=2) + "\n")
    return any(sent), published


def _machine(host: str, directory: Path, plan: Mapping[str, Any]) -> tuple[str, int]:
    if plan["launch"]:
        return plan["launch"]["instance_type"], plan["launch"]["cores"]
    record = runs.read_record(directory, "toolchain.json") or {}
    return f"host-{host}", int(record.get("host", {}).get("cpus_usable", 0))


def _upload_of(path: Path) -> Upload:
    return Upload(path, hashlib.sha256(path.read_bytes()).hexdigest())


def _place(target: Mapping[str, Any], key: str) -> dict[str, str]:
    """What names an object in every call: its bucket's owner too."""
    return {"Bucket": target["bucket"], "Key": key, "ExpectedBucketOwner": target["account"]}


def _send(s3: Client, target: Mapping[str, Any], key: str, upload: Upload) -> bool:
    """Upload one file unless it is there; whether it was uploaded."""
    place = _place(target, key)
    if _stored(s3, place) == upload.encoded:
        return False
    kind = mimetypes.guess_type(upload.path.name)[0] or "text/plain; charset=utf-8"
    with upload.path.open("rb") as body:
        s3.put_object(**place, Body=body, ChecksumSHA256=upload.encoded, ContentType=kind)
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
