"""What a lost instance has uploaded by itself is brought back, verified, and nothing that is here is lost for it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from benchmarks.errors import FailedError
from benchmarks.results import attempt_results, fetching, publishing
from benchmarks.results.fetching import Fetched
from benchmarks.runs import attempts, failures, record_files
from benchmarks.runs.records import Attempt
from tests.support import host_uploads, records
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.host_uploads import files, manifest, objects, plan
from tests.support.result_bucket import KEY, Bucket

URI = f"s3://mine/{KEY}"
PLAN = plan(expected=2)


def gone(*states: str) -> FakeClient:
    """EC2, by which the instance is in these states, the last one at last."""
    answers = [{"Reservations": [{"Instances": [{"InstanceId": "i-1", "State": {"Name": one}}]}]} for one in states]
    return FakeClient(describe_instances=answers or {"Reservations": []})


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that has begun an attempt, and followed nothing of it."""
    suite = PLAN.measurements[0].suite
    attempts.write(tmp_path / "r1/i-1", Attempt(number=1, suite=suite, suite_digest="asked"))
    record_files.write(tmp_path / "r1", records.instances("i-1"))
    return tmp_path / "r1"


def fetched(bucket: Bucket, run: Path, *states: str, sleep: Any = None) -> Fetched:
    def not_waited(_seconds: float) -> None:
        raise AssertionError("nothing is to be waited for")

    return fetching.fetch(bucket.client, gone(*states), run, "i-1", 1, PLAN, sleep or not_waited)


def bucket_of(named: dict[str, bytes], *ids: str, **said: Any) -> Bucket:
    bucket = Bucket()
    bucket.objects = objects(named, manifest(named, **said))
    return bucket


def test_everything_is_brought_back_reported_and_published_without_being_sent_again(run: Path) -> None:
    named = files("mul", "sum")
    bucket = bucket_of(named)
    found = fetched(bucket, run, "terminated")
    assert found == Fetched(
        ("toolchain.json", "build.json", "benchmark.log", "activity", "criterion.tar.gz"),
        f"What i-1 has uploaded by itself was fetched from {URI}, and verified: toolchain.json, build.json, "
        "benchmark.log, activity, criterion.tar.gz. It had measured to its end, so that nothing is lost.",
        complete=True,
    )
    for name, content in named.items():
        assert (run / "i-1/1" / name).read_bytes() == content
    results = attempt_results.of_attempt(run, "i-1", 1, PLAN)
    assert [(one.id, one.samples is not None) for one in results.measurements] == [("mul", True), ("sum", True)]
    attempt_results.write(run, "i-1", 1, PLAN)
    changed, uri = publishing.publish(bucket, run, "i-1", 1, PLAN)
    assert (changed, uri) == (True, URI)
    sent = {put["Key"].removeprefix(KEY) for put in bucket.client.called("put_object")}
    assert sent == {"results.json", "manifest.json"}


def test_what_was_collected_later_goes_beside_what_the_host_has_uploaded(run: Path) -> None:
    named = files("mul")
    bucket = bucket_of(named)
    for name, content in named.items():
        (run / "i-1/1" / name).write_bytes(content + b"more" if name == "benchmark.log" else content)
    before = dict(bucket.objects)
    _, uri = publishing.publish(bucket, run, "i-1", 1, PLAN)
    assert uri == f"{URI[:-1]}.2/"
    assert before.items() <= bucket.objects.items()
    assert {put["Key"].rpartition("/")[0] for put in bucket.client.called("put_object")} == {KEY[:-1] + ".2"}


def test_a_log_that_was_followed_in_part_is_completed_and_what_is_whole_is_kept(run: Path) -> None:
    named = files("mul", "sum")
    bucket = bucket_of(named)
    attempt = run / "i-1/1"
    (attempt / "benchmark.log").write_bytes(named["benchmark.log"][:100])
    (attempt / "toolchain.json").write_bytes(b"mine")
    found = fetched(bucket, run, "terminated")
    assert "benchmark.log" in found.files
    assert (attempt / "benchmark.log").read_bytes() == named["benchmark.log"]
    assert (attempt / "toolchain.json").read_bytes() == b"mine"
    again = fetched(bucket, run, "terminated")
    assert (again.files, again.said) == ((), f"All that i-1 has uploaded to {URI} is here already.")


def test_a_log_of_which_more_is_here_is_kept(run: Path) -> None:
    named = files("mul")
    longer = named["benchmark.log"] + b"the attempt was continued\n"
    (run / "i-1/1/benchmark.log").write_bytes(longer)
    assert "benchmark.log" not in fetched(bucket_of(named), run, "terminated").files
    assert (run / "i-1/1/benchmark.log").read_bytes() == longer
    assert not [path.name for path in (run / "i-1/1").iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize(
    ("left", "unpacked"),
    [(100, False), (None, False), (None, True)],
    ids=["cut off on the way", "not unpacked", "unpacked in part"],
)
def test_what_an_ended_controller_has_left_of_the_samples_is_completed(
    run: Path, left: int | None, unpacked: bool
) -> None:
    named = files("mul", "sum")
    attempt = run / "i-1/1"
    (attempt / "criterion.tar.gz").write_bytes(named["criterion.tar.gz"][:left])
    (attempt / "stopped-services").write_text("apt-da")
    if unpacked:
        (attempt / "criterion/all/mul").mkdir(parents=True)
    failures.record_failure(run, "i-1", "Fetch the archive", "i-1 is terminated.", "collect", 1)
    named["stopped-services"] = b"apt-daily.timer\n"
    found = fetched(bucket_of(named), run, "terminated")
    assert (found.complete, failures.failures(run)) == (True, ())
    assert ("criterion.tar.gz" in found.files) is (left is not None)
    for name, content in named.items():
        assert (attempt / name).read_bytes() == content
    results = attempt_results.of_attempt(run, "i-1", 1, PLAN)
    assert [(one.id, one.samples is not None) for one in results.measurements] == [("mul", True), ("sum", True)]


def test_what_cannot_be_brought_as_a_whole_leaves_the_failure(run: Path) -> None:
    named = files("mul", "sum")
    bucket = bucket_of(named)
    del bucket.objects[f"{KEY}criterion.tar.gz"]
    (run / "i-1/1/criterion.tar.gz").write_bytes(named["criterion.tar.gz"][:100])
    failures.record_failure(run, "i-1", "Fetch the archive", "i-1 is terminated.", "collect", 1)
    found = fetched(bucket, run, "terminated")
    assert not found.complete
    assert "nothing is lost" not in found.said
    assert len(failures.failures(run)) == 1


@pytest.mark.parametrize("whole", [True, False])
def test_samples_of_an_attempt_that_was_continued_are_kept_if_they_are_whole(run: Path, whole: bool) -> None:
    older, newer = files("mul"), files("mul", "sum")
    attempt = run / "i-1/1"
    (attempt / "benchmark.log").write_bytes(older["benchmark.log"] + b"the attempt was continued\n")
    here = newer["criterion.tar.gz"][: None if whole else -100]
    (attempt / "criterion.tar.gz").write_bytes(here)
    found = fetched(bucket_of(older), run, "terminated")
    assert ("criterion.tar.gz" in found.files) is not whole
    names = {path.name for path in (attempt / "criterion/all").iterdir()}
    assert names >= ({"mul", "sum"} if whole else {"mul"})
    assert found.complete is not whole


@pytest.mark.parametrize("left", [100, None])
def test_of_an_upload_that_was_cut_off_the_archive_replaces_only_a_part(run: Path, left: int | None) -> None:
    named = files("mul", "sum")
    bucket = Bucket()
    bucket.objects = objects(named, None)
    (run / "i-1/1/criterion.tar.gz").write_bytes(named["criterion.tar.gz"][:left])
    found = fetched(bucket, run, "terminated")
    assert ("criterion.tar.gz" in found.files) is (left is not None)
    assert (run / "i-1/1/criterion.tar.gz").read_bytes() == named["criterion.tar.gz"]
    assert (run / "i-1/1/criterion/all").is_dir()


def test_a_log_that_was_damaged_here_is_replaced_by_what_the_host_has_uploaded(run: Path) -> None:
    named = files("mul", "sum")
    (run / "i-1/1/benchmark.log").write_bytes(b"\0" * 5000)
    assert fetched(bucket_of(named), run, "terminated").complete
    assert (run / "i-1/1/benchmark.log").read_bytes() == named["benchmark.log"]


def test_the_last_copy_that_is_whole_is_fetched(run: Path) -> None:
    first, second = files("mul"), files("mul", "sum")
    bucket = bucket_of(first)
    copies = [f"{KEY[:-1]}.{copy}/" for copy in (2, 3)]
    bucket.objects |= objects(second, manifest(second), copies[0]) | objects(files("other"), None, copies[1])
    assert copies[0] in fetched(bucket, run, "terminated").said
    assert (run / "i-1/1/benchmark.log").read_bytes() == second["benchmark.log"]


def test_what_was_published_from_here_is_not_what_the_host_has_uploaded(run: Path) -> None:
    bucket = Bucket()
    for name, content in files("mul").items():
        (run / "i-1/1" / name).write_bytes(content)
    publishing.publish(bucket, run, "i-1", 1, PLAN)
    assert fetched(bucket, run, "terminated") == Fetched()


def test_an_attempt_with_another_number_is_another_one(run: Path) -> None:
    bucket = Bucket()
    named = files("mul")
    bucket.objects = objects(named, manifest(named), KEY.replace("/i-1/1/", "/i-1/11/"))
    assert fetched(bucket, run, "terminated") == Fetched()


def test_that_a_host_was_lost_after_it_had_measured_is_no_failure_any_more(run: Path) -> None:
    failures.record_failure(run, "i-1", "Measure", "i-1 is terminated.", "", 1)
    failures.record_failure(run, "i-1", "Wait", "i-1 does not answer.", "collect", 1)
    failures.record_failure(run, "i-1", "Upload", "S3 is down.", "publish", 1)
    failures.record_failure(run, "i-2", "Measure", "i-2 is terminated.", "", 1)
    named = files("mul", "sum")
    assert fetched(bucket_of(named), run, "terminated").complete
    assert [one.sentence for one in failures.failures(run)] == ["S3 is down.", "i-2 is terminated."]
    assert attempt_results.of_attempt(run, "i-1", 1, PLAN).partial is None


@pytest.mark.parametrize(
    "said",
    [{"run": ("success", "killed", "TERM", "spot-notice")}, {"run": None}, {"build": ("timeout", "killed", "TERM")}],
)
def test_what_was_cut_short_stays_a_failure_and_is_partial(run: Path, said: dict[str, Any]) -> None:
    failures.record_failure(run, "i-1", "Measure", "EC2 took back the spot instance i-1.", "", 1)
    named = files("mul")
    found = fetched(bucket_of(named, **said), run, "terminated")
    assert not found.complete
    assert found.said.endswith("activity, criterion.tar.gz.")
    assert len(failures.failures(run)) == 1
    assert attempt_results.of_attempt(run, "i-1", 1, PLAN).partial == (
        "1 of 2 benchmarks were measured: EC2 took back the spot instance i-1."
    )


@pytest.mark.parametrize("name", ["criterion.tar.gz", "benchmark.log"])
def test_an_attempt_of_which_something_could_not_be_uploaded_is_not_complete(run: Path, name: str) -> None:
    failures.record_failure(run, "i-1", "Measure", "i-1 is terminated.", "", 1)
    named = {other: content for other, content in files("mul", "sum").items() if other != name}
    found = fetched(bucket_of(named, missing=(name,)), run, "terminated")
    assert not found.complete
    assert found.said.endswith(f" It could not upload {name} before it was gone.")
    assert len(failures.failures(run)) == 1
    again = fetched(bucket_of(named, missing=(name,)), run, "terminated")
    assert (
        again.said
        == f"All that i-1 has uploaded to {URI} is here already. It could not upload {name} before it was gone."
    )


def test_what_a_host_that_was_cut_off_has_uploaded_counts_and_it_is_said(run: Path) -> None:
    bucket = Bucket()
    named = {"benchmark.log": files("mul")["benchmark.log"]}
    bucket.objects = objects(named, None)
    found = fetched(bucket, run, "terminated")
    assert found.files == ("benchmark.log",)
    assert found.said.endswith(" It was cut off while it uploaded: there may be more that is lost.")
    assert not found.complete


def test_an_instance_that_goes_down_is_waited_for_until_it_has_uploaded_all(run: Path) -> None:
    named = files("mul", "sum")
    bucket, waited = Bucket(), []

    def uploads(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            bucket.objects = objects(named, manifest(named))

    assert fetched(bucket, run, "shutting-down", sleep=uploads).complete
    assert waited == [fetching.INTERVAL] * 2


def test_it_is_not_waited_for_longer_than_it_may_take_to_go_down(run: Path) -> None:
    waited: list[float] = []
    assert fetched(Bucket(), run, "shutting-down", sleep=waited.append) == Fetched()
    assert sum(waited) == fetching.LONGEST_WAIT


def test_what_was_uploaded_before_the_end_was_noticed_is_found(run: Path) -> None:
    named = files("mul", "sum")
    bucket = Bucket()

    def ends(_seconds: float) -> None:
        bucket.objects = objects(named, manifest(named))

    assert fetched(bucket, run, "shutting-down", "terminated", sleep=ends).complete


@pytest.mark.parametrize("states", [("running",), ("terminated",), ()])
def test_nothing_is_waited_for_where_nothing_will_come(run: Path, states: tuple[str, ...]) -> None:
    assert fetched(Bucket(), run, *states) == Fetched()


def test_if_ec2_cannot_be_asked_what_is_there_is_fetched(run: Path) -> None:
    named = files("mul")
    ec2 = FakeClient(describe_instances=aws_error("UnauthorizedOperation", "no", "DescribeInstances"))
    assert fetching.fetch(bucket_of(named).client, ec2, run, "i-1", 1, PLAN).files


def test_other_content_than_the_host_has_uploaded_fails_and_what_is_here_stays(run: Path) -> None:
    named = files("mul")
    bucket = bucket_of(named)
    bucket.objects[f"{KEY}criterion.tar.gz"] = b"other"
    with pytest.raises(FailedError) as failed:
        fetched(bucket, run, "terminated")
    assert str(failed.value) == (
        f"What i-1 has uploaded could not be fetched from {URI}: criterion.tar.gz is not what the instance has "
        f"uploaded, by its checksum. What was brought back before is kept in {run}, and ./inv bench --run-id r1 "
        f"--runs-dir {run.parent} with the same parameters fetches the rest."
    )
    assert (run / "i-1/1/benchmark.log").read_bytes() == named["benchmark.log"]
    assert not (run / "i-1/1/criterion.tar.gz").exists()
    assert not [path.name for path in (run / "i-1/1").iterdir() if path.name.endswith(".part")]


def test_an_archive_that_cannot_be_unpacked_is_named_and_leaves_nothing_half_done(run: Path) -> None:
    named = {**files("mul"), "criterion.tar.gz": host_uploads.archive("mul")[:-20]}
    with pytest.raises(FailedError, match=r"criterion\.tar\.gz cannot be unpacked: "):
        fetched(bucket_of(named), run, "terminated")
    assert not (run / "i-1/1/criterion").exists()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            aws_error("AccessDenied", "Access Denied", "ListObjectsV2"),
            "Your AWS user lacks the permission ",
        ),
        (
            aws_error("NoSuchBucket", "It is gone", "ListObjectsV2"),
            "AWS refused ListObjectsV2 (NoSuchBucket): ",
        ),
        (aws_error("SlowDown", "Slow down", "ListObjectsV2"), "AWS refused ListObjectsV2 (SlowDown): Slow down."),
        (aws_error("ExpiredToken", "", "ListObjectsV2"), "AWS does not accept the credentials (ExpiredToken): "),
    ],
)
def test_what_s3_refuses_is_a_sentence_with_the_next_step(run: Path, error: Exception, sentence: str) -> None:
    bucket = Bucket()
    bucket.client.answers["list_objects_v2"] = error
    with pytest.raises(FailedError) as failed:
        fetched(bucket, run, "terminated")
    assert str(failed.value).startswith(f"What i-1 has uploaded could not be fetched from {URI}: {sentence}")
    assert str(failed.value).endswith(" with the same parameters fetches the rest.")


class _BreaksOff(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise botocore.exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_download_that_breaks_off_is_repeated(run: Path, times: int) -> None:
    named = files("mul", "sum")
    bucket = bucket_of(named)
    got = bucket.client.answers["get_object"]
    bucket.client.answers["get_object"] = [*({"Body": _BreaksOff()} for _ in range(times)), got]
    if times < fetching.TRIES:
        assert fetched(bucket, run, "terminated").complete
        assert hashlib.sha256((run / "i-1/1/benchmark.log").read_bytes()).digest()
    else:
        with pytest.raises(FailedError, match="AWS's answer broke off"):
            fetched(bucket, run, "terminated")


def test_whether_the_log_is_uploaded_is_asked_of_its_own_attempt(run: Path) -> None:
    bucket = bucket_of(files("mul"))
    target = PLAN.destination
    assert target
    assert fetching.is_uploaded(bucket.client, target, run, "i-1", 1, PLAN)
    assert not fetching.is_uploaded(bucket.client, target, run, "i-1", 2, PLAN)
    assert not fetching.is_uploaded(Bucket().client, target, run, "i-1", 1, PLAN)
