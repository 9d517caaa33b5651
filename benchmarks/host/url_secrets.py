"""Keeps secrets out of the addresses that a run records, shows and publishes, and that third-party code can read.

Git keeps the address of a clone, with whatever stands in it, in the clone's configuration:
https://git-scm.com/docs/git-clone
"""

from __future__ import annotations

import re

from benchmarks.errors import RefusedError

# What stands between the scheme and the host: https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1
# The last @ before the path ends it, since people do not escape one in a password.
_USER_INFO = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<info>[^/?#\s]*)@")
# A secret may also be a part of the query, as GitLab's are: https://docs.gitlab.com/api/rest/authentication/
_QUERY = re.compile(r"(?P<name>[?&][^=&#\s]*(?:token|key|secret|passw|signature)[^=&#\s]*=)[^&#\s]+", re.IGNORECASE)
_HIDDEN = "***"


def check(name: str, url: str) -> None:
    """Raises RefusedError, without the secret, if the address `url` in the entry or parameter `name` has one in it.

    A user's name alone is a secret too, except to SSH: GitHub and others take a token in its place.
    https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens
    """
    if any(_is_secret(found["scheme"], found["info"]) for found in _USER_INFO.finditer(url)) or _QUERY.search(url):
        remedy = "clone it yourself and give its directory as path" if name == "git" else "use an address without"
        raise RefusedError(
            f"{name} must have no user name, password or token in its URL, since it would be published and could be "
            f"read by third-party code: {remedy}."
        )


def refusal(name: str, url: str) -> str:
    """The sentence of `check`, empty if there is nothing to refuse."""
    try:
        check(name, url)
    except RefusedError as error:
        return str(error)
    return ""


def masked(text: str) -> str:
    """`text`, such as a message that shows an invalid value, without the secrets in its addresses."""
    return _QUERY.sub(rf"\g<name>{_HIDDEN}", _USER_INFO.sub(_without_secret, text))


def _is_secret(scheme: str, info: str) -> bool:
    return ":" in info or (bool(info) and "ssh" not in scheme.lower().split("+"))


def _without_secret(found: re.Match[str]) -> str:
    if not _is_secret(found["scheme"], found["info"]):
        return found[0]
    return f"{found['scheme']}://{_HIDDEN}@"
