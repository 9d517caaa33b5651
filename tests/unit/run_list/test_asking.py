"""What AWS tells of runs, and what is said of what it does not tell."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from benchmarks.run_list import asking
from tests.support import listed_runs
from tests.support.aws_fakes import aws_error
from tests.support.listed_runs import OWN_BUCKET, REGION, Account

DENIED = aws_error(
    "UnauthorizedOperation", "You are not authorized to perform: ec2:DescribeInstances", "DescribeInstances"
)
KEY = f"{listed_runs.folder('r1').key}i-1/1/results.json"


def test_instances_and_results_are_found_with_whose_they_are() -> None:
    account = Account({REGION: [listed_runs.shape("r1")], "us-east-1": [listed_runs.shape("r2", "i-2")]}, {KEY: b""})
    answer = asking.ask(account, [REGION, "us-east-1"], ["mine"], REGION)
    assert (answer.account, answer.owner, answer.unknown) == ("123456789012", "alice", ())
    assert [(one.region, one.instance["InstanceId"]) for one in answer.seen] == [(REGION, "i-1"), ("us-east-1", "i-2")]
    assert [folder.uri for folder in answer.folders] == [f"s3://mine/{listed_runs.folder('r1').key}"]
    assert answer.endpoints == {REGION: None, "us-east-1": None}


def test_each_region_is_asked_once() -> None:
    account = Account({"us-east-1": []})
    asking.ask(account, [REGION, "us-east-1"], ["mine"], REGION)
    assert sorted(account.asked, key=str) == [("ec2", REGION), ("ec2", "us-east-1"), ("s3", None), ("sts", None)]


def test_the_endpoint_of_a_sandbox_is_known() -> None:
    answer = asking.ask(Account(endpoint="http://127.0.0.1:5000"), [REGION], [])
    assert answer.endpoints == {REGION: "http://127.0.0.1:5000"}


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (NoCredentialsError(), "No AWS credentials were found: "),
        (aws_error("ExpiredToken", "It has expired", "GetCallerIdentity"), "AWS does not accept the credentials (Exp"),
    ],
)
def test_without_credentials_one_sentence_says_that_nothing_is_asked(error: Exception, why: str) -> None:
    account = Account(identity=error)
    (sentence,) = asking.ask(account, [REGION, "us-east-1"], ["mine"], REGION).unknown
    assert sentence.startswith(f"Only what is known here is shown, since AWS cannot be asked: {why}")
    assert account.asked == [("sts", None)]


def test_a_region_that_refuses_keeps_no_other_from_being_asked() -> None:
    account = Account({REGION: DENIED, "us-east-1": [listed_runs.shape("r2")]})
    answer = asking.ask(account, [REGION, "us-east-1"], [])
    assert list(answer.endpoints) == ["us-east-1"]
    assert len(answer.seen) == 1
    (sentence,) = answer.unknown
    assert sentence.startswith(f"{REGION} cannot be asked: Your AWS user lacks the permission ec2:DescribeInstances: ")


def test_a_bucket_that_does_not_exist_is_said_and_the_accounts_own_need_not() -> None:
    account = Account({}, list_objects_v2=aws_error("NoSuchBucket", "", "ListObjectsV2"))
    answer = asking.ask(account, [], ["mine"], REGION)
    assert answer.unknown == ("s3://mine cannot be asked: There is no bucket mine: check s3://mine/results/.",)


def test_the_accounts_own_bucket_is_read_if_it_is_the_accounts_own() -> None:
    listed: list[dict[str, Any]] = []

    def list_objects(**asked: Any) -> list[dict[str, Any]]:
        listed.append(asked)
        return [{}]

    account = Account({}, head_bucket={}, list_objects_v2=list_objects)
    asking.ask(account, [], [], REGION)
    assert account.s3.called("head_bucket") == [{"Bucket": OWN_BUCKET, "ExpectedBucketOwner": "123456789012"}]
    assert [one["Bucket"] for one in listed] == [OWN_BUCKET]

    stranger = Account({}, head_bucket=aws_error("403", "Forbidden", "HeadBucket"))
    (sentence,) = asking.ask(stranger, [], [], REGION).unknown
    assert sentence.startswith(f"s3://{OWN_BUCKET} cannot be asked: Your AWS user lacks the permission HeadBucket: ")


def test_a_bucket_that_a_run_names_is_asked_once() -> None:
    account = Account({}, list_objects_v2=[{}])
    asking.ask(account, [], [OWN_BUCKET], REGION)
    assert account.s3.called("head_bucket") == []


def test_a_folder_has_results_if_there_is_something_of_an_attempt_that_they_are_read_from() -> None:
    request = f"{listed_runs.folder('r2').key}run.json"
    # An instance that could upload nothing that it had measured says so.
    lost = [f"{listed_runs.folder('r3').key}i-1/1/{name}" for name in ("toolchain.json", "host.json")]
    account = Account({}, {KEY: b"", request: b"", **dict.fromkeys(lost, b"")})
    found = {one.run.run_id: one for one in asking.ask(account, [], ["mine"]).folders}
    has = {run_id: folder.has_results() for run_id, folder in found.items()}
    assert has == {"r1": True, "r2": False, "r3": False}
