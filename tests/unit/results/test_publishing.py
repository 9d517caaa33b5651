"""What is published, and where to."""

from __future__ import annotations

import shlex
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from benchmarks.aws import anonymous
from benchmarks.errors import FailedError
from benchmarks.results import publishing
from benchmarks.runs import record_files, run_directory
from benchmarks.runs.records import Manifest
from tests.support import records
from tests.support.aws_fakes import aws_error
from tests.support.events import brief
from tests.support.result_bucket import KEY, Bucket, plan, published


def test_everything_arrives_byte_for_byte_under_the_hosts_key(host: Path) -> None:
    bucket = Bucket()
    changed, uri = publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    assert changed
    names = {"benchmark.log", "criterion.tar.gz", "toolchain.json", "manifest.json"}
    assert bucket.objects == {KEY + name: (host / name).read_bytes() for name in names}
    assert uri == published(host).uri == f"s3://mine/{KEY}"
    assert published(host).keys == {name: KEY + name for name in names}


def test_publishing_again_uploads_nothing(host: Path) -> None:
    bucket = Bucket()
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    before = len(bucket.client.called("put_object"))
    changed, _ = publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    assert not changed
    assert len(bucket.client.called("put_object")) == before


def test_a_dry_run_uploads_and_writes_nothing_and_knows_whether_it_would(host: Path) -> None:
    bucket = Bucket()
    would, uri = publishing.publish(bucket, host.parents[1], "i-1", 1, plan(), dry=True)
    assert would
    assert uri == f"s3://mine/{KEY}"
    assert bucket.objects == {}
    assert not (host / "manifest.json").exists()
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    assert not publishing.publish(bucket, host.parents[1], "i-1", 1, plan(), dry=True)[0]


def test_a_host_that_failed_early_publishes_what_there_is(tmp_path: Path) -> None:
    bucket = Bucket()
    publishing.publish(bucket, tmp_path / "r1", "i-1", 1, plan())
    assert bucket.objects.keys() == {KEY + "manifest.json"}
    assert published(tmp_path / "r1/i-1/1").link.endswith("manifest.json")


def test_a_machine_one_has_is_named_with_its_cores(host: Path) -> None:
    host.parent.rename(host.parents[1] / "box")
    _, uri = publishing.publish(Bucket(), host.parents[1], "box", 1, plan(launches=()))
    assert uri == "s3://mine/results/plonky2/2026-05-19T081500Z_host-box_4c_1.0.0_r1/box/1/"


def test_each_host_is_published_in_the_folder_of_its_own_type(host: Path) -> None:
    launches = tuple(
        records.launch_plan(host=number, instance_type=name, cores=number)
        for number, name in enumerate(("c8g.large", "c7i.large"), 1)
    )
    record_files.write(host.parents[1], records.instances("i-2", "i-1"))
    _, uri = publishing.publish(Bucket(), host.parents[1], "i-1", 1, plan(launches=launches))
    assert uri == "s3://mine/results/plonky2/2026-05-19T081500Z_c7i.large_2c_1.0.0_r1/i-1/1/"
    manifest = record_files.read(Manifest, host)
    assert manifest and manifest.launch == launches[1]


def test_an_instance_of_unknown_type_is_not_published_as_another_type(host: Path) -> None:
    launches = tuple(records.launch_plan(host=number, instance_type=f"c{number}i.large") for number in (1, 2))
    _, uri = publishing.publish(Bucket(), host.parents[1], "i-1", 1, plan(launches=launches))
    assert uri == "s3://mine/results/plonky2/2026-05-19T081500Z_host-i-1_4c_1.0.0_r1/i-1/1/"


def test_the_link_opens_the_log_and_is_for_its_owner_alone(host: Path) -> None:
    bucket = Bucket()
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    operation, what, seconds = bucket.link
    assert (operation, what["Key"]) == ("get_object", KEY + "benchmark.log")
    assert 6.9 * 86400 < seconds <= 7 * 86400
    assert published(host).link == f"https://mine/{KEY}benchmark.log"
    assert stat.S_IMODE((host / "published.json").stat().st_mode) == 0o600


def test_the_link_is_plain_and_has_no_end_where_anyone_may_read(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anonymous, "opens", lambda url: url == f"https://mine/{KEY}benchmark.log")
    bucket = Bucket()
    bucket.client.answers["get_bucket_policy_status"] = {"PolicyStatus": {"IsPublic": True}}
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    assert published(host).link == f"https://mine/{KEY}benchmark.log"
    assert (published(host).link_until, published(host).link_note) == (None, "")


def test_a_bucket_that_was_to_be_public_and_is_not_is_told(host: Path) -> None:
    made = plan()
    assert made.destination
    public = replace(made, destination=replace(made.destination, public=True))
    publishing.publish(Bucket(), host.parents[1], "i-1", 1, public)
    assert published(host).link_until
    assert published(host).link_note == "(its bucket was to be public, but S3 does not open the plain link)"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (aws_error("ExpiredToken", "", "PutObject"), "AWS does not accept the credentials (ExpiredToken): "),
        (aws_error("SlowDown", "Please reduce your request rate.", "PutObject"), "AWS refused PutObject (SlowDown): "),
        (aws_error("NoSuchBucket", "It is gone.", "PutObject"), "AWS refused PutObject (NoSuchBucket): It is gone."),
    ],
)
def test_what_cannot_be_published_is_kept_and_the_way_on_is_told(tmp_path: Path, error: Exception, why: str) -> None:
    told = publishing.failure(tmp_path / "it's/r1", plan(), error)
    quoted = shlex.quote(f"{tmp_path}/it's")
    assert told.startswith(f"The results could not be published to the bucket mine: {why}")
    assert told.endswith(
        f" What was measured is kept in {tmp_path}/it's/r1, and ./inv bench --run-id r1 --runs-dir "
        f"{quoted} with the same parameters publishes it."
    )


def test_a_run_in_the_usual_place_is_continued_by_its_id_alone() -> None:
    told = publishing.failure(run_directory.default_directory() / "r1", plan(), FailedError("It is odd."))
    assert told.endswith("/runs/r1, and ./inv bench --run-id r1 with the same parameters publishes it.")


def test_where_it_was_published_is_told_without_the_link(host: Path) -> None:
    _, uri = publishing.publish(Bucket(), host.parents[1], "i-1", 1, plan())
    assert brief(host.parents[1]) == [("published", "i-1", 1, uri)]
