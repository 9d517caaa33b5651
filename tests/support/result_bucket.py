"""A bucket for results, and the plan of a run that publishes to it."""

from __future__ import annotations

import base64
import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.runs import record_files
from benchmarks.runs.records import PlannedMeasurement, Preflight, Published
from tests.support import records
from tests.support.aws_fakes import FakeClient, aws_error

NOW = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
TOOLCHAIN = records.toolchain(cpus_usable=4)
FOLDER = "results/plonky2/2026-05-19T081500Z_c7i.large_1c_1.0.0_r1/"
KEY = f"{FOLDER}i-1/1/"


def plan(**changes: Any) -> Preflight:
    planned = PlannedMeasurement(suite=records.suite(name="plonky2"), suite_digest="asked")
    return records.preflight(**{"started": NOW, "measurements": (planned,), **changes})


def published(host: Path) -> Published:
    """What is recorded of where the files of an attempt are."""
    found = record_files.read(Published, host)
    assert found
    return found


class Bucket:
    """S3 as far as uploading goes; `corrupt` keeps something else than was sent."""

    def __init__(self, corrupt: bool = False) -> None:
        self.objects: dict[str, bytes] = {}
        self.corrupt = corrupt
        self.loses_answers = False
        self.foreign: set[str] = set()  # keys of objects without a checksum, as others upload them
        self.busy = 0  # how often another upload is still under way
        self.client = FakeClient(
            put_object=self._put,
            head_object=self._head,
            get_object=self._get,
            list_objects_v2=self._list,
            get_bucket_policy_status=aws_error("NoSuchBucketPolicy"),
        )
        self.client.generate_presigned_url = self._link  # type: ignore[attr-defined]

    def __call__(self, service: str, region: str | None = None) -> FakeClient:
        assert service == "s3"
        return self.client

    def _put(self, *, Key: str, Body: Any, IfNoneMatch: str, **_more: Any) -> dict[str, Any]:  # noqa: N803
        assert IfNoneMatch == "*"
        if self.busy:
            self.busy -= 1
            raise aws_error("ConditionalRequestConflict", "A conflicting operation occurred.", "PutObject")
        if Key in self.objects:
            raise aws_error("PreconditionFailed", "At least one of the pre-conditions did not hold", "PutObject")
        self.objects[Key] = b"something else" if self.corrupt else Body.read()
        if self.loses_answers:
            # botocore sends it again, and is told that it is there.
            raise aws_error("PreconditionFailed", "At least one of the pre-conditions did not hold", "PutObject")
        return {}

    def _head(self, *, Key: str, **_more: Any) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise aws_error("404", "Not Found", "HeadObject")
        if Key in self.foreign:
            return {}
        return {"ChecksumSHA256": base64.b64encode(hashlib.sha256(self.objects[Key]).digest()).decode()}

    def _get(self, *, Key: str, **_more: Any) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise aws_error("NoSuchKey", "The specified key does not exist.", "GetObject")
        return {"Body": io.BytesIO(self.objects[Key])}

    def _list(self, *, Prefix: str, ExpectedBucketOwner: str, **_more: Any) -> dict[str, Any]:  # noqa: N803
        assert ExpectedBucketOwner == "123456789012"
        found = [{"Key": key} for key in sorted(self.objects) if key.startswith(Prefix)]
        return {"Contents": found} if found else {}

    def _link(self, operation: str, Params: dict[str, str], ExpiresIn: int) -> str:  # noqa: N803
        self.link = (operation, Params, ExpiresIn)
        return f"https://{Params['Bucket']}/{Params['Key']}"
