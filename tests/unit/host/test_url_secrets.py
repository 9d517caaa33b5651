"""Addresses with secrets in them are refused without saying the secret."""

from __future__ import annotations

import pytest

from benchmarks.errors import RefusedError
from benchmarks.host import url_secrets

SECRETS = [
    "https://oauth2:s3cret@github.com/o/r",
    "https://s3cret@github.com/o/r",
    "HTTP://me:s3cret@[::1]:8080/r",
    "https://me:pa@s3cret@host/r",
    "https://:s3cret@host/r",
    "ssh://git:s3cret@host/r",
    "git+ssh://git:s3cret@host/r",
    "ftp://s3cret@host/r",
    "sparse+https://s3cret@host/index/",
    "https::https://me:s3cret@host/r",
    "https://host/r?private_token=s3cret",
    "https://host/r?a=b&X-Amz-Signature=s3cret",
]
PLAIN = [
    "https://github.com/o/r",
    "https://github.com/o/r@2",
    "ssh://git@github.com/o/r",
    "git+ssh://git@github.com:22/o/r",
    "git@github.com:o/r.git",
    "file:///srv/r",
    "/srv/r",
    "https://host/r?branch=a@b",
    "https://github.com/rust-lang/regex#regex@1.4.3",
]


@pytest.mark.parametrize("url", SECRETS)
def test_an_address_with_a_secret_is_refused_without_saying_it(url: str) -> None:
    with pytest.raises(RefusedError) as refused:
        url_secrets.check("git", url)
    said = str(refused.value)
    assert said == url_secrets.refusal("git", url)
    assert said == (
        "git must have no user name, password or token in its URL, since it would be published and could be read by "
        "third-party code: clone it yourself and give its directory as path."
    )


@pytest.mark.parametrize("url", PLAIN)
def test_an_address_without_one_is_taken_and_shown_as_it_is(url: str) -> None:
    assert url_secrets.refusal("git", url) == ""
    assert url_secrets.masked(url) == url


def test_a_server_is_named_by_another_address() -> None:
    said = url_secrets.refusal("toolchain_dist_server", "https://me:s3cret@mirror")
    assert said.endswith(" third-party code: use an address without.")


@pytest.mark.parametrize("url", SECRETS)
def test_a_message_that_shows_it_is_shown_without_the_secret(url: str) -> None:
    shown = url_secrets.masked(f"fatal: unable to access '{url}': no")
    assert "s3cret" not in shown
    assert shown.endswith(" no")
