"""What botocore's own errors mean: those that it raises itself, most of them while it looks for credentials.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from __future__ import annotations

from botocore import exceptions

SIGN_IN = (
    "The sign-in to AWS is missing or over ({why}): sign in again by aws sso login, with --profile NAME for a profile."
)
LOG_IN = "The sign-in to AWS is missing or over ({why}): sign in again by aws login, with --profile NAME for a profile."
NOT_OBTAINED = (
    "The AWS credentials could not be obtained ({why}): check the profile in ~/.aws/config, or sign in again."
)
MFA_AGAIN = "The role's temporary credentials are over, and only a new MFA code renews them: run the command again."
NO_PROFILE = "{why}: set AWS_PROFILE to a profile of ~/.aws/config, or unset it."
BAD_CONFIGURATION = "The AWS configuration cannot be used ({why}): check ~/.aws/config, or the file in AWS_CONFIG_FILE."
NOT_REACHED = (
    "AWS cannot be reached: {why}. Check the network and the region's name, and behind a proxy HTTPS_PROXY and "
    "AWS_CA_BUNDLE."
)
BROKEN_OFF = "AWS's answer broke off or was damaged on its way ({why}): try again."
BAD_REGION = "The AWS region cannot be used ({why}): check --region and AWS_REGION, such as eu-central-1."
OTHER = "AWS could not be asked: {why}."

_UNREACHED = (exceptions.ConnectionError, exceptions.HTTPClientError)
_BROKEN = (exceptions.IncompleteReadError, exceptions.ChecksumError, exceptions.FlexibleChecksumError)
# The first that fits counts.
_MEANINGS: tuple[tuple[str, tuple[type[Exception], ...]], ...] = (
    (SIGN_IN, (exceptions.SSOError, exceptions.TokenRetrievalError, exceptions.NoAuthTokenError)),
    (LOG_IN, (exceptions.LoginError,)),
    (MFA_AGAIN, (exceptions.RefreshWithMFAUnsupportedError,)),
    (NOT_OBTAINED, (exceptions.CredentialRetrievalError, exceptions.MetadataRetrievalError)),
    (NO_PROFILE, (exceptions.ProfileNotFound,)),
    (
        BAD_CONFIGURATION,
        (
            exceptions.ConfigNotFound,
            exceptions.ConfigParseError,
            exceptions.InvalidConfigError,
            exceptions.UnknownCredentialError,
            exceptions.UnknownTokenProviderError,
        ),
    ),
    (BROKEN_OFF, _BROKEN),
    (BAD_REGION, (exceptions.InvalidRegionError, exceptions.NoRegionError, exceptions.UnknownRegionError)),
    (NOT_REACHED, _UNREACHED),
)


def may_pass(error: Exception) -> bool:
    """Whether an error may pass by itself: AWS was not reached, or its answer broke off."""
    # Some of those of credentials are errors of HTTP too.
    of_credentials = any(isinstance(error, kinds) for text, kinds in _MEANINGS if text not in (BROKEN_OFF, NOT_REACHED))
    return isinstance(error, (*_UNREACHED, *_BROKEN)) and not of_credentials


def meaning(error: exceptions.BotoCoreError) -> str:
    """What an error means and what to do about it, as a sentence for the user."""
    text = next((text for text, kinds in _MEANINGS if isinstance(error, kinds)), OTHER)
    return text.format(why=" ".join(str(error).split()).rstrip("."))
