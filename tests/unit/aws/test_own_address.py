"""The caller's own public address, asked of a service of AWS's."""

from __future__ import annotations

import email.message
import io
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


def test_own_address_is_known_but_for_a_proxy_whose_it_would_be(
    answer: Callable[[bytes | Exception], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(b"203.0.113.7\n")
    assert own_address.if_known() == "203.0.113.7/32"
    monkeypatch.setattr(urllib.request, "getproxies", lambda: {"https": "http://proxy.example.com:3128"})
    assert own_address.if_known() is None
