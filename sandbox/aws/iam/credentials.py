"""Who may call: the sandbox's own key, keys issued by IAM and STS, and no other.

Errors as https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (AuthFailure),
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (InvalidAccessKeyId, SignatureDoesNotMatch) and
https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html (InvalidClientTokenId) have them.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sandbox.aws import moto_repairs
from sandbox.aws.iam import signature
from sandbox.aws.protocol import AwsError, Backend, Call, Reply, answer, result_of
from sandbox.settings import Settings

ROLE_SECONDS = 6 * 3600  # as EC2 hands out role credentials

# Code, message and HTTP status by kind of service.
Errors = Mapping[str, tuple[str, str, int]]

# Each kind of service's error for an unknown key, a wrong signature and expired credentials.
UNKNOWN: Errors = {
    "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    "s3": ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
    "query": ("InvalidClientTokenId", "The security token included in the request is invalid.", 403),
    "json": ("UnrecognizedClientException", "The security token included in the request is invalid.", 400),
}
MISMATCH: Errors = {
    "ec2": UNKNOWN["ec2"],
    "s3": (
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing "
        "method.",
        403,
    ),
    "query": (
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.",
        403,
    ),
    "json": (
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.",
        400,
    ),
}
MISSING: Errors = {
    "ec2": ("MissingParameter", "The request must contain the parameter AWSAccessKeyId", 400),
    "s3": ("AccessDenied", "Access Denied", 403),
    "query": ("MissingAuthenticationToken", "Request is missing Authentication Token", 403),
    "json": ("MissingAuthenticationTokenException", "Missing Authentication Token", 400),
}
PAST: Errors = {
    "ec2": ("RequestExpired", "Request has expired.", 400),
    "s3": ("ExpiredToken", "The provided token has expired.", 400),
    "query": ("ExpiredToken", "The security token included in the request is expired", 403),
    "json": ("ExpiredTokenException", "The security token included in the request is expired", 400),
}
URL_PAST = ("AccessDenied", "Request has expired", 403)


@dataclass(frozen=True)
class Key:
    """A secret key, and the session token and expiry of a temporary one.

    `owner` is the access key of which a session token has the permissions:
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html.
    """

    secret: str
    token: str | None = None
    expires: datetime | None = None
    owner: str | None = None


def kind_of(call: Call) -> str:
    """The family of error codes that a call's service uses."""
    if call.header("x-amz-target"):
        return "json"
    if call.service == "ec2" or call.form.get("Version", "").startswith("2016-11-15"):
        return "ec2"
    return "query" if call.form.get("Action") else "s3"


class Keyring:
    """The valid keys. Thread-safe."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._settings = settings
        self._now = now
        self._lock = threading.Lock()
        self._keys = {settings.access_key_id: Key(settings.secret_access_key)}

    def check(self, call: Call) -> None:
        """Raise AwsError if a request is not signed with one of these keys."""
        kind = kind_of(call)
        if not call.access_key:
            raise AwsError(*MISSING[kind])
        if call.region and not moto_repairs.known_region(call.region):
            code, _, status = MISMATCH[kind]
            raise AwsError(code, f"Credential should be scoped to a valid region, not '{call.region}'.", status)
        key = self._keys.get(call.access_key)
        if key is None or (call.region and self._settings.is_off(call.region)):
            raise AwsError(*UNKNOWN[kind])
        token = call.header("x-amz-security-token") or call.query.get("X-Amz-Security-Token")
        token = token or call.query.get("x-amz-security-token") or ""
        if key.token is not None and not hmac.compare_digest(key.token.encode(), token.encode()):
            raise AwsError(*UNKNOWN[kind])
        if signature.presigned(call):
            ends = signature.expires(call)
            if ends is None or ends <= self._now():
                raise AwsError(*URL_PAST)
        if not signature.matches(call, key.secret):
            raise AwsError(*MISMATCH[kind])
        if key.expires is not None and key.expires <= self._now():
            raise AwsError(*PAST[kind])
        if not signature.body_matches(call):
            raise AwsError(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
                400,
            )

    def owner(self, access_key_id: str) -> str:
        """The access key whose permissions a key has: its own, but for a session token's."""
        key = self._keys.get(access_key_id)
        return access_key_id if key is None or key.owner is None else key.owner

    def add(self, access_key_id: str, key: Key) -> None:
        with self._lock:
            self._keys[access_key_id] = key

    def end(self, access_key_id: str) -> None:
        """Have temporary credentials expire now. Raises AwsError for an unknown key."""
        with self._lock:
            if access_key_id not in self._keys:
                raise AwsError(*UNKNOWN["query"])
            self._keys[access_key_id] = replace(self._keys[access_key_id], expires=self._now())

    def learn(self, call: Call, reply: Reply) -> None:
        """Add or remove the keys that a call to IAM or STS created or deleted."""
        if not reply.ok or call.service not in {"iam", "sts"}:
            return
        if call.action == "DeleteAccessKey":
            with self._lock:
                self._keys.pop(call.parameters.get("AccessKeyId", ""), None)
        elif call.action == "CreateAccessKey":
            made = result_of(call, reply)["AccessKey"]
            self.add(made["AccessKeyId"], Key(made["SecretAccessKey"]))
        elif call.action.startswith("AssumeRole") or call.action == "GetFederationToken":
            self.take(result_of(call, reply)["Credentials"])
        elif call.action == "GetSessionToken":
            self.take(result_of(call, reply)["Credentials"], self.owner(call.access_key))

    def take(self, made: Mapping[str, Any], owner: str | None = None) -> None:
        """Add temporary credentials, in the shape that STS returns."""
        key = Key(made["SecretAccessKey"], made["SessionToken"], made["Expiration"], owner)
        self.add(made["AccessKeyId"], key)


def role_credentials(settings: Settings, region: str, role: str, instance_id: str, moto: Backend) -> dict[str, Any]:
    """A role's credentials for an instance, in the shape that STS returns. Raises AwsError.

    The session is named after the instance, as in EC2:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html.
    """
    call = Call.internal("sts", region, settings.account_id).with_parameters(
        {
            "RoleArn": f"arn:aws:iam::{settings.account_id}:role/{role}",
            "RoleSessionName": instance_id,
            "DurationSeconds": ROLE_SECONDS,
        },
        "AssumeRole",
    )
    made: dict[str, Any] = result_of(call, moto(call))["Credentials"]
    return made


def caller_identity(settings: Settings, moto: Backend) -> Callable[[Call], Reply]:
    """GetCallerIdentity: the sandbox's own key belongs to an IAM user; moto knows the others."""

    def answer_identity(call: Call) -> Reply:
        if call.access_key != settings.access_key_id:
            return moto(call)
        account = settings.account_id
        identity = {
            "UserId": "AIDASANDBOXUSER000000",
            "Account": account,
            "Arn": f"arn:aws:iam::{account}:user/sandbox",
        }
        return answer(call, identity)

    return answer_identity
