"""What botocore renews temporary credentials with, and when that ends. AWS is not asked.

botocore tells none of this: its objects are looked into, and what is not found there is not known.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# With all of these, botocore renews the token of a sign-in itself: botocore.tokens.SSOTokenProvider.
_RENEW_TOKEN = ("refreshToken", "clientId", "clientSecret", "registrationExpiresAt")


@dataclass(frozen=True)
class Renewal:
    """What credentials are renewed with.

    `end` is when the sign-in by `aws sso login` ends, in UTC; None if it is none, or it is not known. `by_token` is
    whether it is a session token which nobody renews and which does not say when it ends.
    """

    end: datetime | None = None
    by_token: bool = False


def of(credentials: Any) -> Renewal:
    """What botocore renews these credentials with: for a role, what its source is renewed with, and so on."""
    fetcher = getattr(getattr(credentials, "_refresh_using", None), "__self__", None)
    source = getattr(fetcher, "_source_credentials", None)
    if source is not None:
        is_renewed = hasattr(source, "_refresh_using")
        return of(source) if is_renewed else Renewal(by_token=bool(source.token))
    if getattr(credentials, "method", None) == "sso":
        return Renewal(_end_of_sign_in(fetcher))
    return Renewal()


def _end_of_sign_in(fetcher: Any) -> datetime | None:
    """When the sign-in ends that is cached for a profile of IAM Identity Center; None if it is not known.

    A profile without sso_session has a token that is never renewed, of eight hours at most. Another's is renewed until
    the session of IAM Identity Center is over, which only AWS knows, or at least until the client's registration is.
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
    """
    import botocore.exceptions

    # A damaged cache, or another botocore, is no reason to stop: asking AWS tells whether the sign-in is good.
    unknown = (AttributeError, KeyError, OSError, TypeError, ValueError, botocore.exceptions.BotoCoreError)
    with suppress(*unknown):
        session_name = fetcher._sso_session_name
        token = fetcher._token_loader(fetcher._start_url, session_name=session_name)
        times = ["expiresAt"]
        if session_name is not None and all(token.get(key) for key in _RENEW_TOKEN):
            times.append("registrationExpiresAt")
        return max(_time(token[name]) for name in times)
    return None


def _time(text: str) -> datetime:
    # As the AWS CLI writes it: with Z, or in its first versions with UTC.
    found = datetime.fromisoformat(text.replace("UTC", "Z"))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
