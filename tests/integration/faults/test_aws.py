"""AWS is overloaded, refuses, or does not accept the credentials any more, while a run is under way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.pages import policy_page
from tests.integration.conftest import Account, Tool, inv, wait_for
from tests.integration.faults.conftest import Faults, attempt, check_whole
from tests.support.aws_clients import client

Order = Callable[[list[dict[str, Any]]], None]
SLOW = {"service": "s3", "action": "PutObject", "error": "SlowDown"}
DENIED = {
    "service": "s3",
    "action": "PutObject",
    "error": "AccessDenied",
    "status": 403,
    "message": "User: arn:aws:iam::123456789012:user/me is not authorized to perform: s3:PutObject on resource: x",
}
# What each service answers to who asks too often.
TOO_OFTEN = {
    "ec2": {"error": "RequestLimitExceeded"},
    "pricing": {"error": "ThrottlingException"},
    "servicequotas": {"error": "TooManyRequestsException"},
    "s3": {"error": "SlowDown"},
    "sts": {"error": "Throttling"},
}


def throttled() -> list[dict[str, Any]]:
    """Each call that a run may make is refused twice for its rate."""
    statements = json.loads(policy_page.RUN.read_text())["Statement"]
    calls = {tuple(action.split(":")) for statement in statements for action in statement["Action"]}
    calls |= {("sts", "GetCallerIdentity"), ("s3", "HeadObject"), ("s3", "ListObjectsV2")}
    return [
        {"service": service, "action": action, "times": 2, **TOO_OFTEN[service]}
        for service, action in sorted(calls)
        if service in TOO_OFTEN
    ]


def refused_uploads(account: Account) -> int:
    asked = account.admin("GET", "requests")
    return sum(one["action"] == "PutObject" and one["error"] == "SlowDown" for one in asked)


@pytest.mark.fault("AWS answers every call twice with its rate limit", code=0, seconds=240)
@pytest.mark.fault("S3 answers `SlowDown` for a while to every upload", code=0, seconds=120)
def test_an_overloaded_aws_is_outlived(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, faults: Order, measures: Callable[[], None]
) -> None:
    faults_met.strikes("AWS answers every call twice with its rate limit")
    faults(throttled())
    run = tool.start(run_id, suite=tool.suite("some", environment={"TINY_SECONDS": "4"}))
    measures()
    throttling = {one["action"] for one in account.admin("GET", "faults")}
    assert not throttling & {"DescribeInstances", "RunInstances", "GetCallerIdentity", "DescribeInstanceTypes"}
    faults_met.strikes("S3 answers `SlowDown` for a while to every upload")
    before = refused_uploads(account)
    faults([SLOW, *(one for one in throttled() if one["action"] in throttling)])
    wait_for(lambda: refused_uploads(account) >= before + 4, "uploads to be refused")
    faults([one for one in throttled() if one["action"] in throttling])
    output, _ = run.communicate(timeout=180)
    faults_met.ends(run.returncode, output)
    check_whole(account, tool, run_id)


def remove_bucket(account: Account, name: str) -> None:
    """Delete a bucket with its objects, again where an upload comes between emptying it and deleting it."""
    s3 = account.client("s3")

    def removed() -> bool:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
            for one in page.get("Contents", ()):
                s3.delete_object(Bucket=name, Key=one["Key"])
        try:
            s3.delete_bucket(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketNotEmpty":
                raise
            return False
        return True

    wait_for(removed, f"the bucket {name} to be deleted")


@pytest.mark.fault("S3 denies the first upload, before the launch", code=2, seconds=60)
@pytest.mark.fault("The bucket is deleted while it measures", code=1, seconds=120)
@pytest.mark.fault("S3 denies every upload", code=1, seconds=60)
def test_what_s3_does_not_take_is_kept_and_published_later(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, faults: Order, measures: Callable[[], None]
) -> None:
    bucket = f"benchmarks-{account.facts['account_id']}-{account.facts['region']}"
    some = tool.suite("some", environment={"TINY_SECONDS": "4"})
    faults_met.strikes("S3 denies the first upload, before the launch")
    faults([DENIED])
    never = tool.bench(run_id, suite=some)
    faults_met.ends(never.result.code, never.result.output)
    assert f"Nothing can be published to the bucket {bucket}" in never.result.output
    assert account.instances(run_id) == []
    assert not never.directory.exists()
    account.admin("DELETE", "faults")

    run = tool.start(run_id, suite=some)
    measures()
    faults_met.strikes("The bucket is deleted while it measures")
    remove_bucket(account, bucket)
    output, _ = run.communicate(timeout=180)
    faults_met.ends(run.returncode, output)
    assert f"The results could not be published to the bucket {bucket}: " in output
    assert f"./inv bench.setup --bucket {bucket} creates it." in output
    assert f"./inv bench.attach {run_id} --runs-dir {tool.runs} brings back and publishes" in output
    assert account.states(run_id) == ["terminated"]
    assert json.loads((attempt(tool, run_id) / "results.json").read_text())["partial"] is None

    administrator = {**account.environment, **account.facts["environment"]}
    setup = ("bench.setup", "--yes", "--allow-from", "127.0.0.0/8", "--runs-dir", str(tool.runs / "setup"))
    made = inv(*setup, environment=administrator)
    assert made.code == 0, made.output
    faults_met.strikes("S3 denies every upload")
    faults([DENIED])
    refused = tool.attach(run_id)
    faults_met.ends(refused.result.code, refused.result.output)
    assert f"The results could not be published to the bucket {bucket}: " in refused.result.output
    assert "lacks the permission s3:PutObject" in refused.result.output
    assert account.uploaded(run_id) == {}
    account.admin("DELETE", "faults")
    other = tool.bench(run_id, suite=tool.suite("other", arguments=["x"]))
    assert other.result.code == 2, other.result.output
    assert "has ended, and its instance with it: leave run_id out to start a new run." in other.result.output
    later = tool.bench(run_id, suite=some)
    assert later.result.code == 0, later.result.output
    check_whole(account, tool, run_id)


@pytest.mark.fault("The credentials expire while it measures", code=1, seconds=120)
def test_new_credentials_bring_back_what_was_measured_with_those_that_expired(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, measures: Callable[[], None]
) -> None:
    keys = account.runner.variables
    own = {"access_key_id": keys["AWS_ACCESS_KEY_ID"], "secret_access_key": keys["AWS_SECRET_ACCESS_KEY"]}
    made = client({**account.facts, **own}, "sts").get_session_token()["Credentials"]
    temporary = {
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["SessionToken"],
    }
    for_an_hour = replace(tool, account=replace(account, runner=replace(account.runner, variables=temporary)))
    run = for_an_hour.start(run_id, suite=tool.suite("some", environment={"TINY_SECONDS": "6"}))
    measures()
    (instance,) = account.instances(run_id)
    faults_met.strikes()
    account.admin("PUT", f"keys/{made['AccessKeyId']}/end")
    output, _ = run.communicate(timeout=180)
    faults_met.ends(run.returncode, output)
    assert "The run failed: The results could not be published to the bucket" in output
    assert "AWS does not accept the credentials (ExpiredToken): " in output
    assert "It is not known whether instances of the run still exist." in output
    assert f"It may be that {instance['InstanceId']} (c7i.large) still runs: it costs $0.0852 an hour and" in output
    assert f"./inv bench.attach {run_id} --runs-dir {tool.runs}" in output
    assert "Ended" not in output
    assert account.states(run_id) == ["running"]
    assert json.loads((attempt(tool, run_id) / "results.json").read_text())["partial"] is None

    back = tool.attach(run_id)
    assert back.result.code == 0, back.result.output
    assert account.states(run_id) == ["terminated"]
    check_whole(account, tool, run_id)
