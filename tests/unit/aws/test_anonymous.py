"""Whether a link opens for anyone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from benchmarks.aws import anonymous


@pytest.fixture
def asks_anonymously() -> None:
    """Lets the test ask."""


class Handler(BaseHTTPRequestHandler):
    asked: ClassVar[list[tuple[str, str, str | None]]] = []

    def do_HEAD(self) -> None:
        self.asked.append((self.command, self.path, self.headers["Authorization"]))
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


@pytest.mark.usefixtures("asks_anonymously")
def test_a_link_opens_if_its_headers_are_given_to_anyone(server: str) -> None:
    Handler.asked.clear()
    assert anonymous.opens(f"{server}/200")
    assert Handler.asked == [("HEAD", "/200", None)]
    for status in (403, 404, 503):
        assert not anonymous.opens(f"{server}/{status}")


@pytest.mark.usefixtures("asks_anonymously")
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://127.0.0.1:1/", "no link"])
def test_what_cannot_be_found_out_does_not_open(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not anonymous.opens(url, timeout=1)
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere")
    assert not anonymous.opens(url, timeout=1)
