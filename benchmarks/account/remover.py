"""Removes what teardown has planned to remove, one thing after the other."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import botocore.exceptions

from benchmarks.account import bucket_contents, bucket_policy, made_by_setup, remains, removal, users
from benchmarks.account.teardown_place import Place
from benchmarks.aws import aws_errors
from benchmarks.aws.aws_errors import code
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import Client, Connect
from benchmarks.errors import FailedError
from benchmarks.runs.records import Removal, Teardown

# How long AWS may take until one change is known to the call that depends on it, in seconds:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
SETTLING = 30.0
TIMEOUT = 600.0  # seconds until instances that are shutting down have freed the security group
# What each service answers of a thing that is not there any more.
_GONE = frozenset(
    {"InvalidGroup.NotFound", "InvalidGroupId.NotFound", "InvalidPermission.NotFound", "NoSuchBucket", "NoSuchEntity"}
    | {"InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateId.NotFoundException"}
    | {"NoSuchBucketPolicy", "NoSuchLifecycleConfiguration", "NoSuchUpload"}
)
# Answers that pass when what was changed before is known everywhere, or another change of the same thing is over.
_SETTLING_CODES = frozenset({"DeleteConflict", "ConcurrentModification", "OperationAborted"})
_IN_USE = "DependencyViolation"


@dataclass(frozen=True)
class Outcome:
    """The texts of what was removed, and a sentence on each thing that could not be."""

    removed: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remover:
    """Removes things from one account and region. `told` hears of progress; `sleep` is a parameter for tests."""

    connect: Connect
    survey: Teardown
    timeout: float = TIMEOUT
    told: Callable[[str], None] = lambda _text: None
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic

    def remove_all(self) -> Outcome:
        """Remove everything that the survey lists. What cannot be removed keeps nothing else from being removed."""
        removed: list[str] = []
        failures: list[str] = []
        for one in self.survey.removals:
            try:
                self._remove(one)
            except aws_errors.errors() as error:
                failures.append(f"Not removed: {one.text}: {aws_errors.sentence(error)}")
            else:
                removed.append(one.text)
                self.told(f"removed  {one.text}")
        return Outcome(tuple(removed), tuple(failures))

    def _remove(self, one: Removal) -> None:
        ec2, iam, s3 = (partial(self.connect, service) for service in ("ec2", "iam", "s3"))
        actions: Mapping[str, Callable[[], object]] = {
            "launch_template": lambda: ec2().delete_launch_template(LaunchTemplateId=one.id),
            "security_group": lambda: self._delete_group(ec2(), one.id),
            "ssh_rules": lambda: _revoke_rules(ec2(), one.id),
            "instance_profile": lambda: self._delete_profile(iam()),
            "profile_role": lambda: iam().remove_role_from_instance_profile(InstanceProfileName=NAME, RoleName=one.id),
            "policy": lambda: iam().delete_role_policy(RoleName=NAME, PolicyName=one.id),
            "role": lambda: self._settled(lambda: iam().delete_role(RoleName=one.id)),
            "results": lambda: self._delete_results(s3(), one.id),
            "bucket": lambda: self._settled(lambda: s3().delete_bucket(**self._owned(one.id))),
            "upload_rule": lambda: _remove_upload_rule(s3(), self._owned(one.id)),
            "bucket_policy": lambda: _remove_statements(s3(), self._owned(one.id)),
        }
        _unless_gone(actions[one.kind])

    def _owned(self, bucket: str) -> dict[str, str]:
        return {"Bucket": bucket, "ExpectedBucketOwner": self.survey.account}

    def _settled(self, call: Callable[[], object]) -> None:
        """Repeat a call while it fails because of a change that is not known everywhere yet."""
        deadline = self.now() + SETTLING
        while True:
            try:
                call()
                return
            except botocore.exceptions.ClientError as error:
                if code(error) not in _SETTLING_CODES or self.now() > deadline:
                    raise
            self.sleep(1)

    def _delete_profile(self, iam: Client) -> None:
        """Only a profile without a role can be deleted.

        https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html
        """
        profile = iam.get_instance_profile(InstanceProfileName=NAME)["InstanceProfile"]
        if any(one["RoleName"] == NAME for one in profile.get("Roles", [])):
            _unless_gone(lambda: iam.remove_role_from_instance_profile(InstanceProfileName=NAME, RoleName=NAME))
        self._settled(lambda: iam.delete_instance_profile(InstanceProfileName=NAME))

    def _delete_group(self, ec2: Client, group: str) -> None:
        """Delete the group, once instances that are shutting down have freed it."""
        began, said = self.now(), False
        while True:
            try:
                ec2.delete_security_group(GroupId=group)
                return
            except botocore.exceptions.ClientError as error:
                if code(error) != _IN_USE:
                    raise
            found = users.find(ec2, self.survey.region, group)
            waited = self.now() - began
            if found.alive or waited > (self.timeout if found.ending else SETTLING):
                using = [*found.alive, *(f"{id}, which is shutting down" for id in found.ending)]
                raise FailedError(f"it is in use by {'; '.join(using) or 'something that EC2 does not show'}.")
            if found.ending and not said:
                said = True
                self.told(f"waiting for {', '.join(found.ending)} to shut down, which takes bare metal minutes …")
            self.sleep(2)

    def _delete_results(self, s3: Client, bucket: str) -> None:
        def told(count: int) -> None:
            if count >= bucket_contents.BATCH:
                self.told(f"deleted  {count:,} objects and versions of {bucket} so far")

        bucket_contents.empty(s3, bucket, self.survey.account, told)


def _unless_gone(call: Callable[[], object]) -> None:
    """Call it; that what it is about is gone already is as good."""
    try:
        call()
    except botocore.exceptions.ClientError as error:
        if code(error) not in _GONE:
            raise


def _revoke_rules(ec2: Client, group: str) -> None:
    for found in ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]:
        for rule in made_by_setup.ssh_permissions(found):
            _unless_gone(partial(ec2.revoke_security_group_ingress, GroupId=group, IpPermissions=[rule]))


def _remove_upload_rule(s3: Client, bucket: Mapping[str, str]) -> None:
    """Take setup's rule out of the lifecycle configuration, which each call replaces as a whole.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
    """
    found = s3.get_bucket_lifecycle_configuration(**bucket)
    rules = [rule for rule in found["Rules"] if not made_by_setup.is_upload_rule(rule)]
    if rules:
        kept = {key: found[key] for key in ("TransitionDefaultMinimumObjectSize",) if key in found}
        s3.put_bucket_lifecycle_configuration(**bucket, LifecycleConfiguration={"Rules": rules}, **kept)
    else:
        s3.delete_bucket_lifecycle(**bucket)


def _remove_statements(s3: Client, bucket: Mapping[str, str]) -> None:
    """Take setup's statements out of the bucket's policy; without any statement there is no policy.

    Raises BlockedError and ClientError.
    """
    policy = json.loads(s3.get_bucket_policy(**bucket)["Policy"])
    kept = [one for one in bucket_policy.statements(policy) if not made_by_setup.is_statement(one)]
    if kept:
        bucket_policy.put(s3, bucket["Bucket"], bucket["ExpectedBucketOwner"], {**policy, "Statement": kept})
    else:
        s3.delete_bucket_policy(**bucket)


def still_there(
    connect: Connect,
    place: Place,
    survey: Teardown,
    sleep: Callable[[float], None] = time.sleep,
    timeout: float = SETTLING,
) -> tuple[str, ...]:
    """What AWS still shows of what was removed, after it had some time to forget it. Raises RefusedError."""
    removed = {(one.kind, one.id) for one in survey.removals}
    deadline = time.monotonic() + timeout
    while True:
        now = removal.plan(place, remains.find(connect, place)).removals
        left = tuple(one.text for one in now if (one.kind, one.id) in removed)
        if not left or time.monotonic() > deadline:
            return left
        sleep(1)


def result(outcome: Outcome, left: Sequence[str]) -> Mapping[str, Any]:
    """The result of removing as Ansible takes it: a failure that names everything that is left, or a sentence."""
    if outcome.failures:
        return {"failed": True, "msg": "\n".join(outcome.failures)}
    if left:
        return {"failed": True, "msg": f"AWS still shows {' and '.join(left)}: run it again."}
    return {"sentence": "Everything listed to be removed is gone."}
