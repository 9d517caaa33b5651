"""What credentials are renewed with, as botocore finds them in a user's configuration."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    RefreshableCredentials,
    SSOCredentialFetcher,
    SSOProvider,
)

from benchmarks.aws import credentials, renewals
from benchmarks.aws.renewals import Renewal

GIVEN = datetime(2100, 1, 1, 9, 0, tzinfo=UTC)
END = datetime(2100, 1, 1, 16, 30, tzinfo=UTC)
REGISTERED = datetime(2100, 3, 1, tzinfo=UTC)
URL = "https://me.awsapps.com/start"
TOKEN = {"accessToken": "t", "expiresAt": "2100-01-01T16:30:00Z"}
RENEWED = {
    **TOKEN,
    "refreshToken": "r",
    "clientId": "c",
    "clientSecret": "s",
    "registrationExpiresAt": "2100-03-01T00:00:00Z",
}
OF_ACCOUNT = "sso_account_id = 123456789012\nsso_role_name = dev\n"
AT_PORTAL = f"sso_start_url = {URL}\nsso_region = us-east-1\n"
LEGACY = f"[profile work]\n{OF_ACCOUNT}{AT_PORTAL}"
SESSION = f"[profile work]\n{OF_ACCOUNT}sso_session = us\n[sso-session us]\n{AT_PORTAL}"
ROLE = "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = work\n"
KEYS = "[profile work]\naws_access_key_id = a\naws_secret_access_key = b\n"


@pytest.fixture(autouse=True)
def given(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS gives credentials for an hour, without being asked."""

    def answer(_fetcher: Any) -> dict[str, Any]:
        found = {"AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "c", "Expiration": GIVEN.isoformat()}
        return {"Credentials": found}

    monkeypatch.setattr(SSOCredentialFetcher, "_get_credentials", answer)
    monkeypatch.setattr(AssumeRoleCredentialFetcher, "_get_credentials", answer)


@pytest.fixture
def cache(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where sign-ins are kept, which botocore finds when it is imported."""
    directory = home / ".aws/sso/cache"
    directory.mkdir(parents=True)
    monkeypatch.setattr(SSOProvider, "_SSO_TOKEN_CACHE_DIR", str(directory))
    return directory


def sign_in(cache: Path, name: str, token: object) -> None:
    (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(token))


@pytest.mark.parametrize(
    ("configuration", "name", "token", "end"),
    [
        (LEGACY, URL, TOKEN, END),
        # Without sso_session, botocore renews no token, whatever is in the cache.
        (LEGACY, URL, RENEWED, END),
        (LEGACY, URL, {**TOKEN, "expiresAt": "2100-01-01T16:30:00UTC"}, END),
        (SESSION, "us", TOKEN, END),
        (SESSION, "us", {**RENEWED, "refreshToken": ""}, END),
        (SESSION, "us", RENEWED, REGISTERED),
        (ROLE + LEGACY, URL, TOKEN, END),
        (ROLE + SESSION, "us", RENEWED, REGISTERED),
        (LEGACY, URL, {"accessToken": "t"}, None),
        (LEGACY, URL, {**TOKEN, "expiresAt": "soon"}, None),
        (LEGACY, URL, [], None),
        (SESSION, URL, TOKEN, None),
    ],
)
def test_credentials_of_a_sign_in_are_renewed_until_its_token_ends(
    cache: Path, monkeypatch: pytest.MonkeyPatch, configuration: str, name: str, token: object, end: datetime | None
) -> None:
    (cache.parents[1] / "config").write_text(configuration)
    sign_in(cache, name, token)
    monkeypatch.setenv("AWS_PROFILE", "role" if configuration.startswith(ROLE) else "work")
    held = credentials.lifetime({})
    assert (held.temporary, held.renewed, held.end) == (True, True, GIVEN)
    assert held.renewal == Renewal(end)


@pytest.mark.parametrize(("more", "by_token"), [("", False), ("aws_session_token = c\n", True)])
def test_a_role_is_renewed_with_the_keys_of_its_source(
    home: Path, monkeypatch: pytest.MonkeyPatch, more: str, by_token: bool
) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(ROLE + KEYS + more)
    monkeypatch.setenv("AWS_PROFILE", "role")
    held = credentials.lifetime({})
    assert (held.temporary, held.renewed, held.end) == (True, True, GIVEN)
    assert held.renewal == Renewal(by_token=by_token)


def test_what_is_renewed_by_other_means_has_no_known_end() -> None:
    of_instance = RefreshableCredentials("a", "b", "c", GIVEN, lambda: {}, "iam-role")
    for held in (of_instance, Credentials("a", "b", "c"), RefreshableCredentials("a", "b", "c", GIVEN, dict, "sso")):
        assert renewals.of(held) == Renewal()
