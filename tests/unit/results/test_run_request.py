"""What is asked of a run: its first object in S3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from msgspec.structs import replace

from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from benchmarks.results import run_request
from benchmarks.results.run_request import Uploaded
from benchmarks.runs import record_files
from benchmarks.runs.records import Preflight, RunRequest, Values
from tests.support import records
from tests.support.aws_fakes import aws_error
from tests.support.result_bucket import FOLDER, Bucket, plan

KEY = f"{FOLDER}run.json"


def asked(**changes: Any) -> Values:
    given = {"region": "eu-central-1", "instance_type": "c7i.large", "key_file": "/home/me/key", **changes}
    return spec.with_defaults("benchmark", given)


def uploaded(s3: Bucket, run_dir: Path, made: Preflight | None = None, **changes: Any) -> Uploaded:
    run_dir.mkdir(exist_ok=True)
    return run_request.upload(s3.client, run_dir, made or plan(), asked(**changes))


def test_request_and_plan_are_the_first_object_of_the_runs_folder(tmp_path: Path) -> None:
    bucket = Bucket()
    assert uploaded(bucket, tmp_path / "r1", suite="plonky2") == Uploaded(True, (f"s3://mine/{KEY}",))
    assert bucket.objects == {KEY: (tmp_path / "r1/run.json").read_bytes()}
    found = record_files.read(RunRequest, tmp_path / "r1")
    assert found
    assert (found.run_id, found.started, found.tool) == ("r1", plan().started, "benchmarks 0.1.0")
    assert found.parameters["instance_type"] == "c7i.large"
    assert found.plan.launches == plan().launches
    assert found.plan.measurements == plan().measurements


TYPES = (("c7i.large", 1), ("c8g.large", 2), ("c7i.large", 1))
SWEEP = plan(
    launches=tuple(
        records.launch_plan(host=number, instance_type=name, cores=cores)
        for number, (name, cores) in enumerate(TYPES, 1)
    )
)
OF_C8G = FOLDER.replace("c7i.large_1c", "c8g.large_2c")


def test_each_type_of_a_run_has_a_folder_with_the_request_of_all(tmp_path: Path) -> None:
    bucket = Bucket()
    uris = tuple(f"s3://mine/{folder}run.json" for folder in (FOLDER, OF_C8G))
    assert uploaded(bucket, tmp_path / "r1", SWEEP) == Uploaded(True, uris)
    assert set(bucket.objects) == {f"{folder}run.json" for folder in (FOLDER, OF_C8G)}
    assert len(set(bucket.objects.values())) == 1
    assert uploaded(bucket, tmp_path / "r1", SWEEP) == Uploaded(False, uris)


def test_a_folder_that_was_not_written_is_written_the_next_time(tmp_path: Path) -> None:
    bucket = Bucket()
    uploaded(bucket, tmp_path / "r1", SWEEP)
    del bucket.objects[f"{OF_C8G}run.json"]
    assert uploaded(bucket, tmp_path / "r1", SWEEP).changed
    assert f"{OF_C8G}run.json" in bucket.objects


def test_it_has_neither_keys_nor_paths_nor_account(tmp_path: Path) -> None:
    bucket = Bucket()
    uploaded(bucket, tmp_path / "r1", suite="/home/me/mine.yml", runs_dir="/home/me/runs")
    text = bucket.objects[KEY].decode()
    assert "/home/me" not in text
    assert "123456789012" not in text
    assert json.loads(text)["parameters"]["suite"] == "mine.yml"


def test_the_same_request_is_written_once_whatever_a_later_call_has_found(tmp_path: Path) -> None:
    bucket = Bucket()
    uploaded(bucket, tmp_path / "r1")
    again = replace(plan(), existing=("i-1",), gone=(2,), warnings=("It may switch itself off.",))
    assert uploaded(bucket, tmp_path / "r1", again) == Uploaded(False, (f"s3://mine/{KEY}",))
    assert len(bucket.client.called("put_object")) == 1


def test_a_request_that_has_changed_is_another_copy_and_replaces_nothing(tmp_path: Path) -> None:
    bucket = Bucket()
    uploaded(bucket, tmp_path / "r1")
    first = bucket.objects[KEY]
    second = f"{FOLDER}run.2.json"
    assert uploaded(bucket, tmp_path / "r1", rustflags="-C opt-level=2") == Uploaded(True, (f"s3://mine/{second}",))
    assert uploaded(bucket, tmp_path / "r1", rustflags="-C opt-level=2") == Uploaded(False, (f"s3://mine/{second}",))
    assert bucket.objects[KEY] == first
    assert json.loads(bucket.objects[second])["parameters"]["rustflags"] == "-C opt-level=2"


DENIED = aws_error("AccessDenied", "User: me is not authorized to perform: s3:PutObject on it", "PutObject")
POLICY = (
    "Your AWS user lacks the permission s3:PutObject: ask for the policy in docs/iam-policy.md. AWS said: User: me is "
    "not authorized to perform: s3:PutObject on it."
)


@pytest.mark.parametrize(
    ("error", "bucket_asked", "sentence"),
    [
        (DENIED, None, f"Nothing can be published to the bucket mine: {POLICY}"),
        (
            aws_error("NoSuchBucket", "It does not exist", "PutObject"),
            None,
            "The bucket mine is gone, so nothing could be published: run ./inv bench.setup.",
        ),
        (
            aws_error("NoSuchBucket", "It does not exist", "PutObject"),
            "mine",
            "The bucket mine is gone, so nothing could be published: check --bucket.",
        ),
        (
            aws_error("KMS.DisabledException", "The key is disabled", "PutObject"),
            None,
            "Nothing can be published to the bucket mine: AWS refused PutObject (KMS.DisabledException): The key is "
            "disabled.",
        ),
    ],
)
def test_what_s3_refuses_is_refused_before_anything_is_launched(
    tmp_path: Path, error: Exception, bucket_asked: str | None, sentence: str
) -> None:
    bucket = Bucket()
    bucket.client.answers["put_object"] = error
    with pytest.raises(RefusedError) as refused:
        uploaded(bucket, tmp_path / "r1", bucket=bucket_asked)
    assert str(refused.value) == sentence


def of_status(status: int, code: str = "SlowDown") -> botocore.exceptions.ClientError:
    said = {"Code": code, "Message": "Reduce your request rate"}
    answer: Any = {"Error": said, "ResponseMetadata": {"HTTPStatusCode": status}}
    return botocore.exceptions.ClientError(answer, "HeadObject")


@pytest.mark.parametrize(
    "error",
    [of_status(503), of_status(500, "500"), botocore.exceptions.EndpointConnectionError(endpoint_url="https://x")],
)
def test_what_may_pass_is_a_warning_and_no_reason_to_stop(tmp_path: Path, error: Exception) -> None:
    bucket = Bucket()
    bucket.client.answers["head_object"] = error
    done = uploaded(bucket, tmp_path / "r1")
    assert not done.changed
    (warning,) = done.warnings
    assert warning.startswith(
        f"What was asked of the run could not be written to s3://mine/{KEY}, and the run goes on: AWS "
    )
    assert warning.endswith(" Until S3 takes objects again, results are on the instance and on this machine alone.")
    assert (tmp_path / "r1/run.json").is_file()


def test_a_run_with_an_instance_goes_on_whatever_s3_says(tmp_path: Path) -> None:
    bucket = Bucket()
    bucket.client.answers["put_object"] = DENIED
    there = replace(plan(), existing=("i-1",))
    assert POLICY in uploaded(bucket, tmp_path / "r1", there).warnings[0]
