"""What of a bucket is read and held against it, and its rule that aborts uploads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.account import bucket, bucket_policy
from benchmarks.account import survey as account_survey
from benchmarks.account.bucket import Bucket
from tests.support.account_answers import BUCKET, COMPLETE, TARGET, connector, error


def test_what_may_not_be_read_of_a_bucket_is_not_held_against_it() -> None:
    unknown = Bucket(TARGET.bucket, "eu-central-1", blocks_public_access=None, disables_acls=None, lifecycle=None)
    survey = account_survey.survey(TARGET, replace(COMPLETE, bucket=unknown))
    assert survey.missing == ()
    (note,) = survey.notes
    assert "may not be read (s3:GetBucketPolicy), so whether instances may only add results is not known" in note


ABORT = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}
EXPIRE = {"ID": "mine", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 9}}


@pytest.mark.parametrize(
    ("rules", "aborts"),
    [
        ([], False),
        ([EXPIRE], False),
        ([{"Status": "Enabled", "Prefix": "", **ABORT}], True),
        ([{"Status": "Enabled", "Filter": {}, **ABORT}], True),
        ([{"Status": "Enabled", "Prefix": "logs/", **ABORT}], False),
        ([{"Status": "Enabled", "Filter": {"Prefix": "logs/"}, **ABORT}], False),
        ([{"Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}}, **ABORT}], False),
        ([{"Status": "Disabled", "Filter": {}, **ABORT}], False),
    ],
)
def test_rule_for_all_objects_is_enough(rules: list[dict[str, Any]], aborts: bool) -> None:
    assert bucket.aborts_uploads(rules) is aborts
    assert bucket.with_upload_rule(rules) == (rules if aborts else [*rules, bucket.UPLOAD_RULE])


def test_own_rule_that_was_disabled_is_enabled_again() -> None:
    disabled = {**bucket.UPLOAD_RULE, "Status": "Disabled"}
    assert bucket.with_upload_rule([disabled, EXPIRE]) == [EXPIRE, bucket.UPLOAD_RULE]


def test_bucket_is_read_as_far_as_the_user_may() -> None:
    connect = connector(
        head_bucket={"BucketRegion": "eu-west-1"},
        get_public_access_block=error("AccessDenied"),
        get_bucket_ownership_controls={"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        get_bucket_lifecycle_configuration=error("NoSuchLifecycleConfiguration"),
        get_bucket_policy=error("NoSuchBucketPolicy"),
    )
    found = Bucket(TARGET.bucket, "eu-west-1", None, True, [], bucket_policy.EMPTY, admits_public=None)
    assert account_survey.find_existing(connect, TARGET).bucket == found


OLD = {"Sid": "Old", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::mine/*"}
NARROW = {**OLD, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}


@pytest.mark.parametrize(
    ("has", "missing", "refused"),
    [
        ({}, ["add_rule"], True),
        ({"refuses_public": False}, ["add_rule"], False),
        ({"refuses_public": None}, ["add_rule"], False),
        ({"policy": None}, ["add_rule"], False),
        ({"policy": {"Statement": [NARROW]}}, ["add_rule"], False),
        ({"policy": {"Statement": [{**OLD, "Sid": "BenchmarksAnyoneReadsResults"}]}}, ["add_rule"], False),
        ({}, ["add_rule", "public_rule"], False),
        ({}, ["launch_template"], False),
    ],
)
def test_policy_that_s3_would_not_take_again_is_known_before(
    has: dict[str, Any], missing: list[str], refused: bool
) -> None:
    found = replace(BUCKET, **{"refuses_public": True, "policy": {"Statement": [OLD]}, **has})
    told = bucket.refusal(found, missing)
    sentence = f"S3 does not take the policy of the bucket {BUCKET.name} with the statement Old,"
    assert told.startswith(sentence) is refused
    assert bool(told) is refused
    assert bucket.refusal(None, missing) == ""
