"""Whether a caller may do what a call asks, by the policies in moto's IAM and on buckets.

The sandbox's own user may do everything that no bucket policy denies. Anybody else may do what their policies allow;
where the sandbox does not know what a call needs, it says so instead of letting it pass. Denials as
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html words them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.aws.iam import ec2_needs, iam_needs, s3_needs
from sandbox.aws.iam.credentials import kind_of
from sandbox.aws.iam.needs import Need
from sandbox.aws.iam.policies import Decision, Statement, bucket_statements, decide, identity_statements
from sandbox.aws.moto_repairs import Buckets, Ec2, Identities
from sandbox.aws.protocol import AwsError, Call
from sandbox.settings import Settings

# Calls that need no permission, and cannot be denied either:
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html and
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
FREE = frozenset({("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")})
# Calls of other services that need the action of their name and know no resource.
PLAIN = frozenset(
    {
        ("pricing", "GetAttributeValues"),
        ("pricing", "GetProducts"),
        ("servicequotas", "GetAWSDefaultServiceQuota"),
        ("servicequotas", "GetServiceQuota"),
    }
)
EVERYTHING = identity_statements(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
READ_OBJECT = frozenset({"GetObject", "HeadObject"})
# Code and HTTP status of a denial by kind of service; S3's and IAM's are alike.
DENIALS = {"ec2": ("UnauthorizedOperation", 403), "json": ("AccessDeniedException", 400)}


class DeniedError(AwsError):
    """A policy does not allow what a call asks, as distinct from a denial that was ordered as a fault."""


@dataclass(frozen=True)
class Caller:
    """Who calls: the ARN of a user or of a role's session, its aws:PrincipalArn, and its identity policies."""

    arn: str
    principal_arn: str
    statements: tuple[Statement, ...]
    is_restricted: bool = True


class Authorization:
    """Checks calls against policies. Raises DeniedError for what is denied, NotImplementedError for what is unknown."""

    def __init__(self, settings: Settings, owner: Callable[[str], str]) -> None:
        self._settings = settings
        self._owner = owner
        self._identities = Identities(settings.account_id)
        self._buckets = Buckets(settings.account_id)

    def check(self, call: Call) -> None:
        """Raise unless the caller may do what the call asks."""
        if (call.service, call.action) in FREE:
            return
        caller = self._caller(call)
        policies = self._bucket_statements(call)
        if not caller.is_restricted and not policies:
            return
        for need in self._needs(call, caller):
            self._check(call, caller, need, policies)
        self._check_absence(call, caller, policies)

    def _caller(self, call: Call) -> Caller:
        key = self._owner(call.access_key)
        if key == self._settings.access_key_id:
            arn = f"arn:aws:iam::{self._settings.account_id}:user/sandbox"
            return Caller(arn, arn, EVERYTHING, is_restricted=False)
        if user := self._identities.user(key):
            return Caller(user[0], user[0], _read(user[1]))
        if session := self._identities.session(key):
            return Caller(session[0], session[1], _read(session[2]))
        raise NotImplementedError(f"the policies of the key {key}")

    def _needs(self, call: Call, caller: Caller) -> list[Need]:
        if not caller.is_restricted and s3_needs.permission(call.action) is None:
            return []
        if call.service == "s3":
            return s3_needs.needs(call)
        if call.service == "ec2":
            return ec2_needs.needs(call, Ec2(self._settings.account_id, call.region), self._identities)
        if call.service == "iam":
            return iam_needs.needs(call, self._settings.account_id, self._identities)
        if (call.service, call.action) in PLAIN:
            return [Need(f"{call.service}:{call.action}")]
        raise NotImplementedError(f"the permissions for {call.service} {call.action}")

    def _check(self, call: Call, caller: Caller, need: Need, policies: tuple[Statement, ...]) -> None:
        decision = self._decide(call, caller, need, policies)
        if decision is not Decision.ALLOW:
            code, status = DENIALS.get(kind_of(call), ("AccessDenied", 403))
            raise DeniedError(code, denial(code, caller.arn, need, decision), status)

    def _decide(self, call: Call, caller: Caller, need: Need, policies: tuple[Statement, ...]) -> Decision:
        context = {
            "aws:principalarn": (caller.principal_arn,),
            "aws:requestedregion": (call.region,),
            "aws:resourceaccount": (self._settings.account_id,),
            "aws:securetransport": ("true",),  # the sandbox's plain HTTP stands for AWS's HTTPS
            **need.context,
        }
        return decide((*caller.statements, *policies), need.action, need.resource, caller.arn, context)

    def _bucket_statements(self, call: Call) -> tuple[Statement, ...]:
        if call.service != "s3":
            return ()
        policy = self._buckets.policy(call.path.lstrip("/").partition("/")[0])
        return () if policy is None else bucket_statements(policy)

    def _check_absence(self, call: Call, caller: Caller, policies: tuple[Statement, ...]) -> None:
        """Who may not list a bucket is not told that an object is missing: 403 instead of 404.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        """
        if call.service != "s3" or call.action not in READ_OBJECT:
            return
        bucket, _, key = call.path.lstrip("/").partition("/")
        if not self._buckets.has_object(bucket, key):
            self._check(call, caller, Need("s3:ListBucket", f"arn:aws:s3:::{bucket}"), policies)


def permission(call: Call) -> str | None:
    """The action in policies that a call is named after; None for one that needs none, or whose action is unknown."""
    if call.service == "s3":
        return s3_needs.permission(call.action)
    return None if not call.action or (call.service, call.action) in FREE else f"{call.service}:{call.action}"


def denial(code: str, arn: str, need: Need, decision: Decision) -> str:
    """The sentence of a denial."""
    on = "" if need.resource == "*" else f" on resource: {need.resource}"
    why = (
        f"because no identity-based policy allows the {need.action} action"
        if decision is Decision.IMPLICIT_DENY
        else "with an explicit deny"
    )
    sentence = f"User: {arn} is not authorized to perform: {need.action}{on} {why}"
    return (
        f"You are not authorized to perform this operation. {sentence}" if code == "UnauthorizedOperation" else sentence
    )


def _read(policies: list[str]) -> tuple[Statement, ...]:
    return tuple(statement for policy in policies for statement in identity_statements(policy))
