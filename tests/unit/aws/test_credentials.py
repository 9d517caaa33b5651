"""Credentials that have to be asked for, and how long credentials are good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.session import Session

from benchmarks.aws import credentials
from benchmarks.aws.credentials import Lifetime
from benchmarks.errors import RefusedError
from tests.support.aws_fakes import aws_error

END = datetime(2026, 5, 19, 9, 15, tzinfo=UTC)
MFA = {"role_arn": "arn:aws:iam::1:role/r", "mfa_serial": "arn:aws:iam::1:mfa/me", "source_profile": "base"}
ROLE = {"role_arn": "arn:aws:iam::1:role/r", "source_profile": "base"}
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}


@pytest.mark.parametrize(
    ("profiles", "asks"),
    [
        ({}, False),
        ({"me": KEYS}, False),
        ({"me": MFA, "base": KEYS}, True),
        ({"me": {**MFA, **KEYS, "source_profile": "me"}}, True),
        ({"me": ROLE, "base": KEYS}, False),
        ({"me": ROLE, "base": {**MFA, "source_profile": "keys"}, "keys": KEYS}, True),
        # Keys beside the role of a source profile are used instead of the role.
        ({"me": ROLE, "base": {**MFA, **KEYS}}, False),
        ({"me": {**MFA, "web_identity_token_file": "/token"}}, False),
        ({"me": {"sso_session": "s", "mfa_serial": "unused"}}, False),
        ({"me": {**ROLE, "source_profile": "me"}}, False),
        ({"me": {**ROLE, "source_profile": "other"}, "other": {**ROLE, "source_profile": "me"}}, False),
        ({"me": {"role_arn": "arn:aws:iam::1:role/r", "credential_source": "Environment"}}, False),
    ],
)
def test_a_profile_asks_if_a_role_on_the_way_needs_an_mfa_code(profiles: dict[str, Any], asks: bool) -> None:
    assert credentials.asks(profiles, "me") is asks


@pytest.fixture
def profile(home: Path) -> dict[str, str]:
    """The environment of a user whose profile asks for a code; its configuration is in the home."""
    (home / ".aws").mkdir()
    section = "".join(f"{name} = {value}\n" for name, value in MFA.items())
    bundle = "ca_bundle = /etc/own.pem\nregion = eu-north-1\n"
    (home / ".aws/config").write_text(f"[profile work]\n{section}{bundle}[profile base]\n")
    (home / ".aws/credentials").write_text("[base]\naws_access_key_id = a\naws_secret_access_key = b\n")
    return {"AWS_PROFILE": "work", "AWS_DEFAULT_PROFILE": "other", "HOME": str(home)}


@pytest.fixture
def gives(profile: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """At a terminal, sets what botocore has for that profile: credentials, or an error when they are needed."""
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setattr(credentials, "_has_terminal", lambda: True)

    def set_answer(answer: Any) -> None:
        class Held:
            _expiry_time = END

            def get_frozen_credentials(self) -> Any:
                if isinstance(answer, Exception):
                    raise answer
                return answer

        monkeypatch.setattr(Session, "get_credentials", lambda _: Held())

    return set_answer


def test_credentials_that_were_asked_for_are_handed_on_in_place_of_the_profile(
    profile: dict[str, str], gives: Callable[[Any], None]
) -> None:
    gives(Credentials("key", "secret", "token").get_frozen_credentials())
    credentials.settle(profile)
    assert profile == {
        "HOME": profile["HOME"],
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "AWS_CREDENTIAL_EXPIRATION": END.isoformat(),
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_CA_BUNDLE": "/etc/own.pem",
    }
    assert credentials.lifetime(profile) == Lifetime(temporary=True, end=END)


def test_a_region_of_the_environment_is_kept(profile: dict[str, str], gives: Callable[[Any], None]) -> None:
    gives(Credentials("key", "secret", "token").get_frozen_credentials())
    profile["AWS_DEFAULT_REGION"] = "eu-west-3"
    credentials.settle(profile)
    assert profile["AWS_DEFAULT_REGION"] == "eu-west-3"


def test_without_a_terminal_the_way_out_is_told(
    profile: dict[str, str], gives: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "_has_terminal", lambda: False)
    with pytest.raises(RefusedError, match=r"AWS profile work asks for an MFA code") as refused:
        credentials.settle(profile)
    assert 'eval "$(aws configure export-credentials --profile work --format env)" and unset AWS_PROFILE' in str(
        refused.value
    )
    assert "AWS_ACCESS_KEY_ID" not in profile


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (EOFError(), "No MFA code was typed for the AWS profile work"),
        (
            aws_error("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", "x"),
            "The AWS profile work gave no credentials: MultiFactorAuthentication failed with invalid MFA one time "
            "pass code.",
        ),
        (
            botocore.exceptions.ParamValidationError(report="Invalid length for parameter TokenCode, value: 1"),
            "The AWS profile work gave no credentials: .*Invalid length for parameter TokenCode",
        ),
    ],
)
def test_a_code_that_is_not_accepted_is_told_in_one_sentence(
    profile: dict[str, str], gives: Callable[[Any], None], error: Exception, sentence: str
) -> None:
    gives(error)
    with pytest.raises(RefusedError, match=sentence) as refused:
        credentials.settle(profile)
    assert "\n" not in str(refused.value)


def test_nothing_is_asked_for_if_the_environment_has_credentials(
    profile: dict[str, str], gives: Callable[[Any], None]
) -> None:
    gives(AssertionError())
    given = {**profile, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    before = dict(given)
    credentials.settle(given)
    assert given == before


def test_other_profiles_are_left_to_botocore(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[profile work]\nsso_session = s\n")
    monkeypatch.setenv("AWS_PROFILE", "work")
    given = {"AWS_PROFILE": "work"}
    credentials.settle(given)
    assert given == {"AWS_PROFILE": "work"}


def test_a_profile_of_aws_login_is_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without the library awscrt, botocore says MissingDependencyException before it looks for the sign-in.
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[profile work]\nlogin_session = arn:aws:iam::123456789012:user/me\n")
    monkeypatch.setenv("AWS_PROFILE", "work")
    with pytest.raises(botocore.exceptions.LoginTokenLoadError, match="aws login"):
        credentials.lifetime({})


PERMANENT = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
TEMPORARY = {**PERMANENT, "AWS_SESSION_TOKEN": "c"}


@pytest.mark.parametrize(
    ("environment", "lifetime"),
    [
        (PERMANENT, Lifetime()),
        (TEMPORARY, Lifetime(temporary=True)),
        ({**TEMPORARY, "AWS_CREDENTIAL_EXPIRATION": "2026-05-19T09:15:00Z"}, Lifetime(temporary=True, end=END)),
        ({**TEMPORARY, "AWS_CREDENTIAL_EXPIRATION": "2026-05-19T11:15:00+02:00"}, Lifetime(temporary=True, end=END)),
        # botocore itself fails with a ValueError, or once they have ended with a RuntimeError.
        ({**TEMPORARY, "AWS_CREDENTIAL_EXPIRATION": "soon"}, Lifetime(temporary=True)),
        (
            {**TEMPORARY, "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z"},
            Lifetime(temporary=True, end=datetime(2020, 1, 1, tzinfo=UTC)),
        ),
    ],
)
def test_the_end_of_the_environments_credentials(environment: dict[str, str], lifetime: Lifetime) -> None:
    assert credentials.lifetime(environment) == lifetime


def test_half_of_a_key_pair_is_botocores_error() -> None:
    with pytest.raises(botocore.exceptions.PartialCredentialsError):
        credentials.of_environment({"AWS_ACCESS_KEY_ID": "a"})


def test_credentials_that_botocore_gets_itself_are_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    end = datetime(2100, 1, 1, tzinfo=UTC)
    held = RefreshableCredentials("a", "b", "c", end, lambda: {}, "sso")
    monkeypatch.setattr(Session, "get_credentials", lambda _: held)
    assert credentials.lifetime({}) == Lifetime(temporary=True, renewed=True, end=end)


def test_a_token_in_the_credentials_file_ends_at_an_unknown_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "get_credentials", lambda _: Credentials("a", "b", "c"))
    assert credentials.lifetime({}) == Lifetime(temporary=True)


@pytest.mark.parametrize(
    ("given", "bundle"),
    [
        ({"AWS_PROFILE": "work"}, "/etc/profile.pem"),
        ({"AWS_PROFILE": "work", "REQUESTS_CA_BUNDLE": "/etc/requests.pem"}, "/etc/profile.pem"),
        ({"AWS_PROFILE": "work", "AWS_CA_BUNDLE": "/etc/own.pem"}, "/etc/own.pem"),
        ({"REQUESTS_CA_BUNDLE": "/etc/requests.pem"}, "/etc/requests.pem"),
        ({"AWS_PROFILE": "gone", "REQUESTS_CA_BUNDLE": "/etc/requests.pem"}, "/etc/requests.pem"),
        ({"AWS_PROFILE": "gone"}, None),
        ({}, None),
    ],
)
def test_the_ca_bundle_is_shared_that_botocore_uses(
    home: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], bundle: str | None
) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[profile work]\nca_bundle = /etc/profile.pem\n")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    environment = dict(given)
    credentials.share_ca_bundle(environment)
    assert environment == {**given, **({"AWS_CA_BUNDLE": bundle} if bundle else {})}
