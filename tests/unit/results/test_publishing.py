"""What is uploaded, where to, and how it is proven to have arrived."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import FailedError
from benchmarks.results import publishing
from benchmarks.results.link import link_end
from benchmarks.runs import failures
from tests.support.aws_fakes import FakeClient, aws_error

NOW = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
KEY = "results/plonky2/2026-05-19/20260519T081500Z_c7i.large_1c_r1/i-1/1/"


def plan(launch: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "started": NOW.isoformat(),
        "suite": {"name": "plonky2"},
        "launch": {"instance_type": "c7i.large", "cores": 1} if launch is None else launch,
        "publish": {"bucket": "mine", "account": "123456789012", "suite": "plonky2", "started": NOW.isoformat()},
    }


class Bucket:
    """S3 as far as uploading goes; `corrupt` keeps something else than was sent."""

    def __init__(self, corrupt: bool = False) -> None:
        self.objects: dict[str, bytes] = {}
        self.corrupt = corrupt
        self.loses_answers = False
        self.client = FakeClient(put_object=self._put, head_object=self._head)
        self.client.generate_presigned_url = self._link  # type: ignore[attr-defined]

    def __call__(self, service: str, region: str | None = None) -> FakeClient:
        assert service == "s3"
        return self.client

    def _put(self, *, Key: str, Body: Any, IfNoneMatch: str, **_more: Any) -> dict[str, Any]:  # noqa: N803
        assert IfNoneMatch == "*"
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
        return {"ChecksumSHA256": base64.b64encode(hashlib.sha256(self.objects[Key]).digest()).decode()}

    def _link(self, operation: str, Params: dict[str, str], ExpiresIn: int) -> str:  # noqa: N803
        self.link = (operation, Params, ExpiresIn)
        return f"https://{Params['Bucket']}/{Params['Key']}"


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """The directory of an attempt that was measured."""
    directory = tmp_path / "r1/i-1/1"
    directory.mkdir(parents=True)
    (directory / "benchmark.log").write_bytes(b"log\r\n\xff")
    (directory / "criterion.tar.gz").write_bytes(b"archive")
    (directory / "toolchain.json").write_text(json.dumps({"host": {"cpus_usable": 4}}))
    return directory


def test_a_prefix_says_what_was_run_when_and_on_what() -> None:
    assert publishing.prefix("plonky2", NOW, "c7i.large", 1, "r1") == KEY.removesuffix("/i-1/1/")


def test_everything_arrives_byte_for_byte_under_the_hosts_key(host: Path) -> None:
    bucket = Bucket()
    changed, published = publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    assert changed
    names = {"benchmark.log", "criterion.tar.gz", "toolchain.json", "manifest.json"}
    assert bucket.objects == {KEY + name: (host / name).read_bytes() for name in names}
    assert published["uri"] == f"s3://mine/{KEY}"
    assert published["keys"] == {name: KEY + name for name in names}


def test_every_upload_carries_its_checksum_and_names_the_buckets_owner(host: Path) -> None:
    bucket = Bucket()
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    for put in bucket.client.called("put_object"):
        content = (host / put["Key"].rpartition("/")[2]).read_bytes()
        assert base64.b64decode(put["ChecksumSHA256"]) == hashlib.sha256(content).digest()
    owners = {call.get("ExpectedBucketOwner") for name, call in bucket.client.calls if name.endswith("object")}
    assert owners == {"123456789012"}


def test_publishing_again_uploads_nothing(host: Path) -> None:
    bucket = Bucket()
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    before = len(bucket.client.called("put_object"))
    changed, _ = publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    assert not changed
    assert len(bucket.client.called("put_object")) == before


def test_a_dry_run_uploads_and_writes_nothing_and_knows_whether_it_would(host: Path) -> None:
    bucket = Bucket()
    would, published = publishing.publish(bucket, host.parents[1], "i-1", 1, plan(), dry=True)
    assert would
    assert published == {"uri": f"s3://mine/{KEY}"}
    assert bucket.objects == {}
    assert not (host / "manifest.json").exists()
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    assert not publishing.publish(bucket, host.parents[1], "i-1", 1, plan(), dry=True)[0]


def test_an_object_is_never_replaced_and_what_is_new_goes_beside_it(host: Path) -> None:
    bucket = Bucket()
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    before = dict(bucket.objects)
    (host / "benchmark.log").write_bytes(b"more")
    for _ in range(2):
        _, published = publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
        assert published["keys"]["benchmark.log"] == KEY.removesuffix("/") + ".2/benchmark.log"
    assert bucket.objects[published["keys"]["benchmark.log"]] == b"more"
    assert before.items() <= bucket.objects.items()
    assert len(bucket.objects) == 2 * len(before)


def test_an_answer_that_was_lost_is_no_failure(host: Path) -> None:
    bucket = Bucket()
    bucket.loses_answers = True
    _, published = publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    assert bucket.objects[published["keys"]["benchmark.log"]] == b"log\r\n\xff"


def test_a_manifest_is_kept_as_long_as_its_files_are_the_same(host: Path) -> None:
    bucket = Bucket()
    failures.record_failure(host.parents[1], "i-1", "Measure", "The benchmark run failed.")
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    failures.forget_failures(host.parents[1])
    assert not publishing.publish(bucket, host.parents[1], "i-1", 1, plan())[0]
    assert json.loads((host / "manifest.json").read_text())["failures"] == ["The benchmark run failed."]


def test_other_content_than_was_sent_fails(host: Path) -> None:
    with pytest.raises(FailedError, match=r"^S3 has another checksum for results/.*/benchmark\.log than was sent: "):
        publishing.publish(Bucket(corrupt=True), host.parents[1], "i-1", 1, plan())


def test_the_manifest_says_what_was_run_on_what_and_what_failed(host: Path) -> None:
    failures.record_failure(host.parents[1], "i-1", "Build", "The build failed.")
    failures.record_failure(host.parents[1], "i-2", "Build", "Another host's.")
    publishing.publish(Bucket(), host.parents[1], "i-1", 1, plan())
    manifest = json.loads((host / "manifest.json").read_text())
    assert (manifest["run_id"], manifest["host"], manifest["started"]) == ("r1", "i-1", NOW.isoformat())
    assert manifest["launch"] == {"instance_type": "c7i.large", "cores": 1}
    assert manifest["toolchain"] == {"host": {"cpus_usable": 4}}
    assert manifest["failures"] == ["The build failed."]
    log = {"sha256": hashlib.sha256(b"log\r\n\xff").hexdigest(), "bytes": 6}
    assert manifest["files"]["benchmark.log"] == log


def test_a_host_that_failed_early_publishes_what_there_is(tmp_path: Path) -> None:
    bucket = Bucket()
    _, published = publishing.publish(bucket, tmp_path / "r1", "i-1", 1, plan())
    assert bucket.objects.keys() == {KEY + "manifest.json"}
    assert published["link"].endswith("manifest.json")


def test_a_machine_one_has_is_named_with_its_cores(host: Path) -> None:
    host.parent.rename(host.parents[1] / "box")
    _, published = publishing.publish(Bucket(), host.parents[1], "box", 1, {**plan(), "launch": None})
    assert published["prefix"] == "results/plonky2/2026-05-19/20260519T081500Z_host-box_4c_r1/box/1/"


def test_the_link_opens_the_log_and_is_for_its_owner_alone(host: Path) -> None:
    bucket = Bucket()
    _, published = publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    operation, what, seconds = bucket.link
    assert (operation, what["Key"]) == ("get_object", KEY + "benchmark.log")
    assert 6.9 * 86400 < seconds <= 7 * 86400
    assert published["link"] == f"https://mine/{KEY}benchmark.log"
    assert stat.S_IMODE((host / "published.json").stat().st_mode) == 0o600
    assert json.loads((host / "published.json").read_text()) == published


@pytest.mark.parametrize(
    ("temporary", "end", "until", "note"),
    [
        (False, None, NOW + timedelta(days=7), ""),
        (True, NOW + timedelta(hours=1), NOW + timedelta(hours=1), ""),
        (True, NOW + timedelta(days=30), NOW + timedelta(days=7), ""),
        (True, None, NOW + timedelta(days=7), "or until the temporary credentials that signed it expire"),
    ],
)
def test_a_link_ends_with_the_credentials_that_signed_it(
    temporary: bool, end: datetime | None, until: datetime, note: str
) -> None:
    assert link_end(NOW, temporary, end) == (until, note)
