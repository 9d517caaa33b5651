"""botocore's own errors in a user's words."""

from __future__ import annotations

import inspect

import pytest
from botocore import exceptions

from benchmarks.aws import aws_errors, botocore_errors


@pytest.mark.parametrize(
    ("error", "begin", "end"),
    [
        (exceptions.UnauthorizedSSOTokenError(), "The sign-in to AWS is missing or over (The SSO session", "sso login"),
        (exceptions.SSOTokenLoadError(error_msg="none."), "The sign-in to AWS is missing or over (", "aws sso login"),
        (exceptions.TokenRetrievalError(provider="sso", error_msg="x"), "The sign-in to AWS is missing", "sso login"),
        (exceptions.LoginRefreshRequired(), "The sign-in to AWS is missing or over (Your session", "by aws login"),
        (exceptions.LoginTokenLoadError(error_msg="x"), "The sign-in to AWS is missing or over (", "by aws login"),
        (exceptions.LoginInsufficientPermissions(), "The sign-in to AWS is missing or over (", "by aws login"),
        (
            exceptions.CredentialRetrievalError(provider="custom-process", error_msg="it failed"),
            "The AWS credentials could not be obtained (Error when retrieving credentials from custom-process: it",
            "or sign in again.",
        ),
        (exceptions.MetadataRetrievalError(error_msg="x"), "The AWS credentials could not be obtained (", "again."),
        (exceptions.RefreshWithMFAUnsupportedError(), "The role's temporary credentials are over", "command again."),
        (exceptions.ProfileNotFound(profile="a"), "The config profile (a) could not be found: set AWS_PROFILE", "it."),
        (exceptions.ConfigParseError(path="/c"), "The AWS configuration cannot be used (Unable to parse", "FILE."),
        (exceptions.InvalidConfigError(error_msg="x"), "The AWS configuration cannot be used (x)", "AWS_CONFIG_FILE."),
        (
            exceptions.InfiniteLoopConfigError(source_profile="a", visited_profiles=["a"]),
            "The AWS configuration cannot be used (Infinite loop",
            "AWS_CONFIG_FILE.",
        ),
        (
            exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
            "AWS's answer broke off or was damaged on its way (1 read, but total bytes expected is 2)",
            "try again.",
        ),
        (
            exceptions.InvalidRegionError(region_name="a b"),
            "The AWS region cannot be used (Provided region_name",
            "AWS_",
        ),
        (
            exceptions.ParamValidationError(report="a\nb."),
            "AWS could not be asked: Parameter validation failed: a b.",
            "",
        ),
    ],
)
def test_an_error_of_botocore_says_what_to_do(error: exceptions.BotoCoreError, begin: str, end: str) -> None:
    said = aws_errors.sentence(error)
    assert said.startswith(begin)
    assert end in said
    assert "{" not in said
    assert ".)" not in said


def test_every_error_of_botocore_has_a_sentence_without_the_name_of_its_class() -> None:
    classes = [one for _, one in inspect.getmembers(exceptions, inspect.isclass)]
    every = [one for one in classes if issubclass(one, exceptions.BotoCoreError)]
    assert len(every) > 50
    for one in every:
        error = one.__new__(one)
        Exception.__init__(error, "what went wrong")
        said = botocore_errors.meaning(error)
        assert one.__name__ not in said
        assert said.endswith(".")
