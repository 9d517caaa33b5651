"""The credentials in use: those that must be asked for at a terminal, and when temporary ones end.

botocore's credential chain: https://docs.aws.amazon.com/boto3/latest/guide/credentials.html
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from benchmarks.aws import renewals
from benchmarks.aws.renewals import Renewal
from benchmarks.errors import RefusedError

KEY, SECRET, TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
# As `aws configure export-credentials --format env` names it, in ISO 8601.
EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"
CA_BUNDLE = "AWS_CA_BUNDLE"
PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
NO_TERMINAL = (
    "The AWS profile {profile} asks for an MFA code, and there is no terminal here to type it: get credentials first, "
    'by eval "$(aws configure export-credentials --profile {profile} --format env)" and unset AWS_PROFILE.'
)
NO_CODE = "No MFA code was typed for the AWS profile {profile}: run it again, and type the code that the device shows."
NOT_GIVEN = "The AWS profile {profile} gave no credentials: {reason}."


@dataclass(frozen=True)
class Lifetime:
    """How long the credentials are good for. `end` is in UTC, None for permanent ones and if it is not known.

    Those that botocore renews are good for longer: for as long as what they are renewed with, `renewal`.
    """

    temporary: bool = False
    renewed: bool = False  # whether botocore gets new ones before they end
    end: datetime | None = None
    renewal: Renewal = field(default_factory=Renewal)


def settle(environment: MutableMapping[str, str] = os.environ) -> None:
    """Get credentials that must be asked for at the terminal, once, and put them into the environment.

    Child processes have no terminal, and botocore would ask again for every client. All other credentials are left to
    botocore, which renews them. The profile is removed from the environment, since amazon.aws refuses both together;
    its region and CA bundle are kept. Raises RefusedError without a terminal, and if AWS gives no credentials.
    """
    if environment.get(KEY):
        return
    import botocore.exceptions
    import botocore.session

    session = botocore.session.Session()
    profile = session.get_config_variable("profile") or "default"
    if not asks(session.full_config.get("profiles", {}), profile):
        return
    if not _has_terminal():
        raise RefusedError(NO_TERMINAL.format(profile=profile))
    try:
        found: Any = session.get_credentials()
        frozen: Any = found.get_frozen_credentials()
    except EOFError:
        raise RefusedError(NO_CODE.format(profile=profile)) from None
    except botocore.exceptions.ClientError as error:
        reason = str(error.response["Error"].get("Message", error)).rstrip(".")
        raise RefusedError(NOT_GIVEN.format(profile=profile, reason=reason)) from None
    except botocore.exceptions.ParamValidationError as error:
        # An empty code, or one that is too short, is refused by botocore.
        raise RefusedError(NOT_GIVEN.format(profile=profile, reason=" ".join(str(error).split()))) from None
    kept = {"AWS_DEFAULT_REGION": session.get_config_variable("region")}
    kept[CA_BUNDLE] = session.get_config_variable("ca_bundle")
    for name, value in kept.items():
        if value:
            environment.setdefault(name, value)
    environment.update({KEY: frozen.access_key, SECRET: frozen.secret_key, TOKEN: frozen.token})
    if end := _end_of(found):
        environment[EXPIRATION] = end.isoformat()
    for name in PROFILE_VARIABLES:
        environment.pop(name, None)


def share_ca_bundle(environment: MutableMapping[str, str] = os.environ) -> None:
    """Put the CA bundle that botocore would use into the environment: amazon.aws's modules read no other.

    botocore takes the profile's `ca_bundle`, else the variable REQUESTS_CA_BUNDLE. A profile that cannot be read is
    left to whoever asks AWS next, who tells.
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html
    """
    if environment.get(CA_BUNDLE):
        return
    import botocore.exceptions
    import botocore.session

    found = environment.get("REQUESTS_CA_BUNDLE")
    with suppress(botocore.exceptions.BotoCoreError):
        found = botocore.session.Session().get_config_variable("ca_bundle") or found
    if found:
        environment[CA_BUNDLE] = found


def asks(profiles: Mapping[str, Mapping[str, Any]], name: str) -> bool:
    """Whether a profile's credentials, or those of a profile that they come from, need an MFA code.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html#cli-configure-role-mfa
    """
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        profile = profiles.get(name, {})
        if "role_arn" not in profile or "web_identity_token_file" in profile:
            return False
        if profile.get("mfa_serial"):
            return True
        name = str(profile.get("source_profile", name))
        if "aws_access_key_id" in profiles.get(name, {}):
            return False
    return False


def of_environment(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The environment's credentials as boto3's session takes them; {} if it has none. Raises PartialCredentialsError.

    Without the time of their end: with it, botocore would try to renew them from the same environment, and fail with
    an error of its own instead of AWS's.
    """
    import botocore.credentials

    without_end = {name: value for name, value in environment.items() if name != EXPIRATION}
    found = botocore.credentials.EnvProvider(without_end).load()
    if not found:
        return {}
    return {
        "aws_access_key_id": found.access_key,
        "aws_secret_access_key": found.secret_key,
        "aws_session_token": found.token,
    }


def lifetime(environment: Mapping[str, str] = os.environ) -> Lifetime:
    """How long the credentials in use are good for. Raises BotoCoreError and ClientError."""
    if given := of_environment(environment):
        return Lifetime(bool(given["aws_session_token"]), end=_time(environment.get(EXPIRATION)))
    import botocore.credentials
    import botocore.session

    found = botocore.session.Session().get_credentials()
    if found is None or not found.get_frozen_credentials().token:
        return Lifetime()
    return Lifetime(
        temporary=True,
        renewed=isinstance(found, botocore.credentials.RefreshableCredentials),
        end=_end_of(found),
        renewal=renewals.of(found),
    )


def _end_of(credentials: Any) -> datetime | None:
    # botocore shows the time nowhere else. Only credentials that it gets itself have it.
    end = getattr(credentials, "_expiry_time", None)
    return end.astimezone(UTC) if end else None


def _time(text: str | None) -> datetime | None:
    with suppress(ValueError):
        found = datetime.fromisoformat(text or "")
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _has_terminal() -> bool:
    """Whether this process can ask at a terminal, as getpass does."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
