"""The caller's own public address, asked of a service of AWS's."""

from __future__ import annotations

import email.message
import io
import os
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from benchmarks.aws import own_address
from benchmarks.errors import RefusedError


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes | Exception], None]:
    monkeypatch.setattr(urllib.request, "getproxies", dict)

    def set_answer(given: bytes | Exception) -> None:
        def urlopen(url: str, timeout: float) -> io.BytesIO:
            assert url == "https://checkip.amazonaws.com"
            assert 0 < timeout <= 10
            if isinstance(given, Exception):
                raise given
            return io.BytesIO(given)

        monkeypatch.setattr(urllib.request, "urlopen", urlopen)

    return set_answer


@pytest.mark.parametrize(("said", "own"), [(b"203.0.113.7\n", "203.0.113.7/32"), (b"2001:db8::7\n", "2001:db8::7/128")])
def test_own_address_is_a_range_of_one(answer: Callable[[bytes | Exception], None], said: bytes, own: str) -> None:
    answer(said)
    assert own_address.own_range() == own


FAILURES = [
    TimeoutError(),
    urllib.error.URLError("no route"),
    urllib.error.HTTPError("https://x", 503, "busy", email.message.Message(), None),
    b"<html>Sign in to the hotel's network</html>",
    b"\xff\xfe",
    b"",
]


@pytest.mark.parametrize("failure", FAILURES)
def test_own_address_that_cannot_be_had_is_asked_of_the_user(
    answer: Callable[[bytes | Exception], None], failure: bytes | Exception
) -> None:
    answer(failure)
    with pytest.raises(RefusedError, match=r"by --allow-from .*, such as 203\.0\.113\.7/32\.$"):
        own_address.own_range()


@pytest.mark.parametrize("failure", FAILURES)
def test_own_address_that_cannot_be_had_is_not_known(
    answer: Callable[[bytes | Exception], None], failure: bytes | Exception
) -> None:
    answer(failure)
    assert own_address.if_known() is None


PROXY = "http://proxy.example.com:3128"


@pytest.mark.parametrize(
    ("environment", "known"),
    [
        ({}, True),
        ({"https_proxy": PROXY}, False),
        ({"HTTPS_PROXY": PROXY}, False),
        ({"https_proxy": PROXY, "no_proxy": "localhost"}, False),
        ({"https_proxy": PROXY, "no_proxy": "localhost,.amazonaws.com"}, True),
        ({"https_proxy": PROXY, "no_proxy": "*"}, True),
        ({"http_proxy": PROXY}, True),
    ],
)
def test_address_of_a_proxy_is_not_taken_for_ones_own(
    answer: Callable[[bytes | Exception], None],
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    known: bool,
) -> None:
    answer(b"203.0.113.7\n")
    monkeypatch.setattr(urllib.request, "getproxies", urllib.request.getproxies_environment)
    for name in [one for one in os.environ if one.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert own_address.if_known() == ("203.0.113.7/32" if known else None)
    if known:
        assert own_address.own_range() == "203.0.113.7/32"
        return
    with pytest.raises(RefusedError, match=r"through the proxy of HTTPS_PROXY .* by --allow-from .*/32\.$"):
        own_address.own_range()
