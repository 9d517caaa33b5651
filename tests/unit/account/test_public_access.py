"""Results become public only where they can, and a bucket is left as it was where they cannot."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from benchmarks.account import bucket_policy, public_access
from benchmarks.account import survey as account_survey
from benchmarks.errors import RefusedError
from tests.support.account_answers import BUCKET, COMPLETE, ONLY_ADD, TARGET, complete
from tests.support.aws_fakes import FakeClient, aws_error

ACCOUNT = TARGET.account
BLOCKS_ALL = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
OPEN = BLOCKS_ALL | {"BlockPublicPolicy": False, "RestrictPublicBuckets": False}
ABSENT = aws_error("NoSuchPublicAccessBlockConfiguration")
READS = bucket_policy.anyone_reads(TARGET.partition, TARGET.bucket)
WANTED = [ONLY_ADD, READS]
PUBLIC = replace(TARGET, public=True)
OPENED = replace(
    BUCKET, blocks_public_access=False, admits_public=True, policy={**bucket_policy.EMPTY, "Statement": WANTED}
)
REFUSED = aws_error(
    "AccessDenied",
    "User: x is not authorized to perform: s3:PutBucketPolicy on resource: y because public policies are prevented by "
    "the BlockPublicPolicy setting in S3 Block Public Access.",
    "PutBucketPolicy",
)


def bucket(block: Any = BLOCKS_ALL, policy: Any = bucket_policy.EMPTY, put: Any = None) -> FakeClient:
    return FakeClient(
        get_public_access_block=block if isinstance(block, Exception) else {"PublicAccessBlockConfiguration": block},
        put_public_access_block={},
        get_bucket_policy={"Policy": json.dumps(policy)},
        put_bucket_policy=put or {},
    )


def blocks(s3: FakeClient) -> list[Any]:
    return [call["PublicAccessBlockConfiguration"] for call in s3.called("put_public_access_block")]


def no_sleep(_seconds: float) -> None:
    pass


def test_anyone_reads_results_and_lists_nothing() -> None:
    assert READS["Action"] == "s3:GetObject"
    assert READS["Resource"] == f"arn:aws:s3:::{TARGET.bucket}/results/*"


def test_a_bucket_is_opened_to_policies_and_stays_closed_to_acls() -> None:
    s3 = bucket()
    assert public_access.add(s3, TARGET.bucket, ACCOUNT, WANTED)
    assert blocks(s3) == [OPEN]
    assert [name for name, _ in s3.calls if name.startswith("put")] == ["put_public_access_block", "put_bucket_policy"]
    assert json.loads(s3.called("put_bucket_policy")[0]["Policy"])["Statement"] == WANTED


@pytest.mark.parametrize("block", [OPEN, ABSENT])
def test_a_bucket_that_is_public_is_left_alone(block: Any) -> None:
    s3 = bucket(block, {"Statement": WANTED})
    assert not public_access.add(s3, TARGET.bucket, ACCOUNT, WANTED)
    assert not [name for name, _ in s3.calls if name.startswith("put")]


def test_a_dry_run_changes_nothing_and_knows_whether_it_would() -> None:
    for s3, would in [
        (bucket(), True),
        (bucket(policy={"Statement": WANTED}), True),
        (bucket(aws_error("NoSuchBucket")), True),
        (bucket(OPEN, {"Statement": WANTED}), False),
    ]:
        assert public_access.add(s3, TARGET.bucket, ACCOUNT, WANTED, dry=True) is would
        assert not [name for name, _ in s3.calls if name.startswith("put")]


def test_a_block_that_has_just_ended_is_waited_for() -> None:
    slept: list[float] = []
    s3 = bucket(put=[REFUSED, REFUSED, {}])
    assert public_access.add(s3, TARGET.bucket, ACCOUNT, WANTED, sleep=slept.append)
    assert (len(slept), blocks(s3)) == (2, [OPEN])


def test_a_policy_that_stays_refused_is_told_as_the_accounts_block_and_the_bucket_is_closed_again() -> None:
    s3 = bucket(put=REFUSED)
    with pytest.raises(RefusedError, match=r"^Results cannot be public, since the account 123456789012 or its organ"):
        public_access.add(s3, TARGET.bucket, ACCOUNT, WANTED, sleep=no_sleep)
    assert blocks(s3) == [OPEN, BLOCKS_ALL]


def test_another_error_is_told_as_it_is_and_the_bucket_is_closed_again() -> None:
    s3 = bucket(put=aws_error("AccessDenied", "perform: s3:PutBucketPolicy", "PutBucketPolicy"))
    with pytest.raises(ClientError, match="s3:PutBucketPolicy"):
        public_access.add(s3, TARGET.bucket, ACCOUNT, WANTED, sleep=no_sleep)
    assert (len(s3.called("put_bucket_policy")), blocks(s3)) == (1, [OPEN, BLOCKS_ALL])


def test_without_an_answer_the_bucket_is_closed_again() -> None:
    s3 = bucket(put=ReadTimeoutError(endpoint_url="https://s3"))
    with pytest.raises(ReadTimeoutError):
        public_access.add(s3, TARGET.bucket, ACCOUNT, WANTED, sleep=no_sleep)
    assert blocks(s3) == [OPEN, BLOCKS_ALL]


@pytest.mark.parametrize(
    ("block", "written"),
    [
        (BLOCKS_ALL, [ONLY_ADD]),
        (OPEN, [READS, ONLY_ADD]),
        (ABSENT, [READS, ONLY_ADD]),
        (aws_error("AccessDenied"), [READS, ONLY_ADD]),
    ],
)
def test_a_statement_that_is_blocked_is_dropped_where_the_policy_is_written_again(block: Any, written: Any) -> None:
    s3 = bucket(block, {"Statement": [READS]})
    assert public_access.add_to_private(s3, TARGET.bucket, ACCOUNT, [ONLY_ADD])
    (put,) = s3.called("put_bucket_policy")
    assert json.loads(put["Policy"])["Statement"] == written
    assert blocks(s3) == []


def test_a_policy_that_lacks_nothing_is_not_written_to_drop_a_statement() -> None:
    s3 = bucket(BLOCKS_ALL, {"Statement": WANTED})
    assert not public_access.add_to_private(s3, TARGET.bucket, ACCOUNT, [ONLY_ADD])
    assert s3.called("put_bucket_policy") == []


OLD = {"Sid": "Old", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::mine/*"}
REOPENS = rf"^The bucket {TARGET.bucket} cannot be opened, since the statement Old in its policy would let everybody in"


@pytest.mark.parametrize("dry", [False, True])
def test_a_statement_that_the_block_keeps_without_effect_is_not_opened_again(dry: bool) -> None:
    s3 = bucket(policy={"Statement": [OLD, READS]})
    with pytest.raises(RefusedError, match=REOPENS):
        public_access.add(s3, TARGET.bucket, ACCOUNT, WANTED, dry=dry)
    assert not [name for name, _ in s3.calls if name.startswith("put")]


def test_a_statement_that_has_its_effect_already_keeps_nothing_from_being_opened() -> None:
    for block in (BLOCKS_ALL | {"RestrictPublicBuckets": False}, OPEN, ABSENT):
        s3 = bucket(block, {"Statement": [OLD]})
        assert public_access.add(s3, TARGET.bucket, ACCOUNT, WANTED)
        assert json.loads(s3.called("put_bucket_policy")[0]["Policy"])["Statement"] == [OLD, *WANTED]


@pytest.mark.parametrize(("restricts", "refused"), [(True, True), (False, False), (None, False)])
def test_what_would_be_opened_again_is_refused_before_anything_is_created(
    monkeypatch: pytest.MonkeyPatch, restricts: bool | None, refused: bool
) -> None:
    found = replace(BUCKET, restricts_public=restricts, policy={"Statement": [OLD]})
    monkeypatch.setattr("benchmarks.account.bucket.find", lambda *_: found)
    existing, unseen = account_survey.find_each(account_that(ABSENT), PUBLIC)
    assert (existing.bucket is None, "bucket" in unseen) == (refused, refused)
    if refused:
        assert "take it out of the policy" in unseen["bucket"].why
        assert not unseen["bucket"].is_denied
    assert account_survey.find_each(account_that(ABSENT), TARGET)[0].bucket == found


def test_a_policy_of_the_users_own_that_is_blocked_is_told_as_the_cause() -> None:
    for block in (BLOCKS_ALL, OPEN, ABSENT):
        s3 = bucket(block, {"Statement": [OLD]}, put=REFUSED)
        with pytest.raises(
            RefusedError, match=r"^S3 does not take the policy of the bucket .* with the statement Old,"
        ):
            public_access.add_to_private(s3, TARGET.bucket, ACCOUNT, [ONLY_ADD])


def test_setups_statement_that_the_account_blocks_is_dropped_once_s3_refuses_it() -> None:
    s3 = bucket(OPEN, {"Statement": [READS]}, put=[REFUSED, {}])
    assert public_access.add_to_private(s3, TARGET.bucket, ACCOUNT, [ONLY_ADD])
    assert json.loads(s3.called("put_bucket_policy")[-1]["Policy"])["Statement"] == [ONLY_ADD]


def account_that(answer: Any) -> Any:
    control = FakeClient(get_public_access_block=answer)
    others = complete()
    return lambda service, region=None: control if service == "s3control" else others(service)


@pytest.mark.parametrize("setting", ["BlockPublicPolicy", "RestrictPublicBuckets"])
def test_an_account_that_blocks_is_refused_before_anything_is_changed(setting: str) -> None:
    block = dict.fromkeys(BLOCKS_ALL, False) | {setting: True}
    connect = account_that({"PublicAccessBlockConfiguration": block})
    with pytest.raises(RefusedError, match=r"leave public out, or ask your administrator .* by its S3 policy\.$"):
        account_survey.find_existing(connect, PUBLIC)
    account_survey.find_existing(connect, TARGET)


@pytest.mark.parametrize(
    "answer",
    [
        ABSENT,
        aws_error("AccessDenied"),
        {"PublicAccessBlockConfiguration": OPEN},
    ],
)
def test_an_account_that_does_not_block_or_does_not_tell_is_accepted(answer: Any) -> None:
    account_survey.find_existing(account_that(answer), PUBLIC)


@pytest.mark.parametrize(
    "found",
    [
        BUCKET,
        replace(OPENED, admits_public=False),
        replace(OPENED, admits_public=None),
        replace(OPENED, policy=None),
        replace(OPENED, policy=BUCKET.policy),
    ],
)
def test_results_that_are_to_be_public_and_are_not_are_missing(found: Any) -> None:
    survey = account_survey.survey(PUBLIC, replace(COMPLETE, bucket=found))
    assert [need.name for need in survey.missing] == ["public_rule"]
    assert survey.bucket_statements == (ONLY_ADD, READS)


def test_what_public_results_show_is_told_before_and_after() -> None:
    for found, missing in [(BUCKET, ["public_rule"]), (OPENED, [])]:
        survey = account_survey.survey(PUBLIC, replace(COMPLETE, bucket=found))
        assert [need.name for need in survey.missing] == missing
        (note,) = survey.notes
        assert f"the bucket's name {TARGET.bucket} and the key with suite, start, machine" in note
    needs = {need.text for need in account_survey.survey(PUBLIC, replace(COMPLETE, bucket=None)).missing}
    assert {f"S3 bucket {TARGET.bucket}", "its rule: anyone may read results/"} <= needs


def test_results_that_are_public_stay_so_and_it_is_told_how_to_end_it() -> None:
    survey = account_survey.survey(TARGET, replace(COMPLETE, bucket=OPENED))
    assert survey.missing == ()
    assert survey.bucket_statements == (ONLY_ADD,)
    assert f"S3 bucket {TARGET.bucket}" in [need.text for need in survey.needs]
    (note,) = survey.notes
    assert note.startswith(f"Anyone reads results/ in the bucket {TARGET.bucket}, as --public has set up; to make it")
    assert f"aws s3api put-public-access-block --bucket {TARGET.bucket} --public-access-block-configuration " in note
