"""The services that an instance reaches, as local servers answer: its metadata, and S3."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

IDENTITY = {"region": "eu-west-1", "instanceType": "c7i.large", "pendingTime": "2026-11-27T10:00:00Z"}
KEYS = {"Code": "Success", "AccessKeyId": "ASIAONE", "SecretAccessKey": "hush", "Token": "session"}


@dataclass
class Services:
    """What the services know and were asked. `answers` are S3's next ones: a status, and a code in its body."""

    address: str = ""
    documents: dict[str, str] = field(
        default_factory=lambda: {
            "meta-data/services/domain": "amazonaws.com",
            "meta-data/iam/security-credentials/": "benchmarks",
            "meta-data/iam/security-credentials/benchmarks": json.dumps(KEYS),
            "meta-data/instance-life-cycle": "on-demand",
            "meta-data/instance-id": "i-1",
            "dynamic/instance-identity/document": json.dumps(IDENTITY),
        }
    )
    answers: list[tuple[int, str]] = field(default_factory=list)
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)  # the answer about files of a name, if any
    date: str = ""  # of S3's clock
    objects: dict[str, bytes] = field(default_factory=dict)
    puts: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # paths and headers
    asked: list[str] = field(default_factory=list)  # documents
    tokens: set[str] = field(default_factory=set)

    @property
    def endpoint(self) -> str:
        return f"http://{self.address}"


class Handler(BaseHTTPRequestHandler):
    services: Services

    def do_GET(self) -> None:
        self.services.asked.append(self.path)
        if self.headers["X-aws-ec2-metadata-token"] not in self.services.tokens:
            self.answer(401)
        elif (found := self.services.documents.get(self.path.removeprefix("/latest/"))) is None:
            self.answer(404)
        else:
            self.answer(200, found)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/latest/api/token":
            self.services.tokens.add(token := f"token-{len(self.services.tokens)}")
            self.answer(200, token)
            return
        self.services.puts.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        status, code = self.services.refused.get(self.path.rpartition("/")[2], (200, ""))
        if self.services.answers:
            status, code = self.services.answers.pop(0)
        if not status:
            self.close_connection = True
            return
        if status == 200:
            if self.path in self.services.objects:
                status, code = 412, "PreconditionFailed"
            else:
                self.services.objects[self.path] = body
        self.answer(status, f"<Error><Code>{code}</Code></Error>" if code else "")

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.services.date or super().date_time_string(timestamp)

    def answer(self, status: int, text: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def services() -> Iterator[Services]:
    found = Services()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"services": found}))
    found.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
