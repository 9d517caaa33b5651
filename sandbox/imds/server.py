"""The instance metadata service and the relay to the AWS endpoint, run beside an instance in its network.

It needs only Python's standard library, since it runs in the instance's image. Behaviour follows
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html and
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html.

Usage: server.py DIRECTORY (with documents.json, see documents.py, and token; the socket of the endpoint is beside it)
       server.py ssh open|closed
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http.client
import json
import re
import secrets
import socket
import socketserver
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ADDRESS = "169.254.169.254"
LONGEST_TTL = 21600  # seconds
_VERSION = re.compile(r"latest|\d{4}-\d{2}-\d{2}|1\.0")
_CREDENTIALS = "meta-data/iam/security-credentials/"
_SPOT = "meta-data/spot/"
_CLOSED = """
table inet instance {
    chain input {
        type filter hook input priority 0;
        iifname != "lo" tcp dport 22 drop
    }
}
"""
_RENEW_BEFORE = 300  # role credentials are fetched again this many seconds before they expire


@dataclass
class Metadata:
    """The documents, read from the directory on every request, and the session tokens issued."""

    directory: Path
    tokens: dict[str, float] = field(default_factory=dict)
    credentials: tuple[float, str] = (0.0, "")
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def socket(self) -> Path:
        """The AWS endpoint's socket."""
        return self.directory.parent / "endpoint.sock"

    def read(self) -> dict[str, Any]:
        """The current documents."""
        documents: dict[str, Any] = json.loads((self.directory / "documents.json").read_text(encoding="utf-8"))
        return documents

    def issue(self, ttl: int) -> str:
        """A new token for `ttl` seconds."""
        token = base64.urlsafe_b64encode(secrets.token_bytes(40)).decode()
        now = time.monotonic()
        with self.lock:
            self.tokens = {known: end for known, end in self.tokens.items() if end > now} | {token: now + ttl}
        return token

    def remaining(self, token: str) -> int | None:
        """Seconds until the token expires, or None if it is invalid."""
        with self.lock:
            end = self.tokens.get(token, 0.0)
        return int(end - time.monotonic()) if end > time.monotonic() else None

    def role_credentials(self) -> str | None:
        """The role's credentials from the endpoint, as AWS's JSON; None if it has none."""
        with self.lock:
            good_until, text = self.credentials
            if time.time() < good_until:
                return text
        made = self._ask("credentials")
        if made is None:
            return None
        end = datetime.strptime(made["Expiration"], "%Y-%m-%dT%H:%M:%S%z").timestamp()
        text = json.dumps(made, indent=2)
        with self.lock:
            self.credentials = (end - _RENEW_BEFORE, text)
        return text

    def spot_notice(self) -> dict[str, str]:
        """The documents under spot/ if an interruption is coming, else none.

        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
        """
        notice = self._ask("spot")
        if notice is None:
            return {}
        ends = {"termination-time": notice["time"]} if notice["action"] == "terminate" else {}
        return {"instance-action": json.dumps(notice)} | ends

    def _ask(self, subject: str) -> dict[str, str] | None:
        """The endpoint's answer about `subject` for this instance, or None."""
        token = (self.directory / "token").read_text(encoding="ascii").strip()
        connection = _SocketConnection(self.socket)
        try:
            path = f"{self.read()['endpoint_path']}/{subject}"
            connection.request("GET", path, headers={"X-Sandbox-Token": token})
            response = connection.getresponse()
            body = response.read()
        except OSError:
            return None
        finally:
            connection.close()
        return dict(json.loads(body)) if response.status == HTTPStatus.OK else None


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a socket in the file system."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(10)
        self.sock.connect(str(self._path))


def answer(metadata: Metadata, path: str) -> str | bytes | None:
    """What GET of `path` returns: a document, a folder's listing, or None if there is neither."""
    parts = path.strip("/").split("/", 1)
    if parts == [""]:
        return "1.0\n2021-07-15\nlatest"
    if not _VERSION.fullmatch(parts[0]):
        return None
    served = metadata.read()
    documents: dict[str, str] = served["documents"]
    inner = parts[1] if len(parts) > 1 else ""
    if inner == "user-data":
        return base64.b64decode(served["user_data"]) or None
    if served["role"] and inner == _CREDENTIALS + served["role"]:
        return metadata.role_credentials()
    if f"{inner}/".startswith(_SPOT):
        documents |= {_SPOT + name: text for name, text in metadata.spot_notice().items()}
    if inner in documents:
        return documents[inner]
    folder = f"{inner}/" if inner else ""
    names = [name[len(folder) :].split("/", 1) for name in documents if name.startswith(folder)]
    listed = dict.fromkeys(f"{name[0]}/" if len(name) > 1 else name[0] for name in names)
    if not inner and served["user_data"]:
        listed["user-data"] = None
    return "\n".join(sorted(listed)) or None


class Handler(BaseHTTPRequestHandler):
    """One request to the metadata service."""

    protocol_version = "HTTP/1.1"
    server_version = "EC2ws"
    sys_version = ""
    metadata: Metadata

    def do_PUT(self) -> None:
        """Issue a session token."""
        # Packets of the answer travel no further than the hop limit.
        self.connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, int(self.metadata.read()["hop_limit"]))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        ttl = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if not re.fullmatch(r"/latest/api/token/?", self.path):
            self._send(HTTPStatus.NOT_FOUND)
        elif self.headers.get("X-Forwarded-For") is not None:
            self._send(HTTPStatus.FORBIDDEN)
        elif not ttl.isdigit() or not 1 <= int(ttl) <= LONGEST_TTL:
            self._send(HTTPStatus.BAD_REQUEST)
        else:
            self._send(HTTPStatus.OK, self.metadata.issue(int(ttl)), ttl)

    def do_GET(self) -> None:
        """Serve a document to a request with a token, or without one if the launch allows that."""
        token = self.headers.get("X-aws-ec2-metadata-token")
        remaining = None if token is None else self.metadata.remaining(token)
        required = self.metadata.read()["http_tokens"] == "required"
        if (token is None and required) or (token is not None and remaining is None):
            self._send(HTTPStatus.UNAUTHORIZED)
            return
        found = answer(self.metadata, self.path.partition("?")[0])
        if found is None:
            self._send(HTTPStatus.NOT_FOUND)
        else:
            self._send(HTTPStatus.OK, found, None if remaining is None else str(remaining))

    def do_HEAD(self) -> None:
        """Like GET, without the document."""
        self.do_GET()

    def _send(self, status: HTTPStatus, body: str | bytes = "", ttl: str | None = None) -> None:
        data = body.encode() if isinstance(body, str) else body
        if status != HTTPStatus.OK:
            data = f"{int(status)} - {status.phrase}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(body, str) else "application/octet-stream")
        self.send_header("Content-Length", str(len(data)))
        if ttl is not None:
            self.send_header("X-aws-ec2-metadata-token-ttl-seconds", ttl)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: nobody reads this container's log, and requests contain tokens' paths."""


class Server(ThreadingHTTPServer):
    """Serves requests in parallel."""

    def server_bind(self) -> None:
        """Bind without the DNS lookup of the base class."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, 80


async def relay(port: int, endpoint: Path) -> None:
    """Relay the instance's own 127.0.0.1:`port` to the AWS endpoint, so that its URL is that of the controller."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(262144):
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_unix_connection(str(endpoint))
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
            far_writer.close()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    await server.serve_forever()


def admit_ssh(open_to_ssh: bool) -> None:
    """Accept packets to port 22 from outside, or drop them, as a security group does."""
    rules = "table inet instance {}\ndelete table inet instance\n"
    if not open_to_ssh:
        rules += _CLOSED
    subprocess.run(["nft", "--file", "-"], input=rules, text=True, check=True)


def main(directory: Path) -> None:
    """Configure the metadata address, then serve until the container is removed."""
    metadata = Metadata(directory)
    documents = metadata.read()
    subprocess.run(["ip", "address", "replace", f"{ADDRESS}/32", "dev", "lo"], check=True)
    if not documents["ssh_open"]:
        admit_ssh(False)
    way = relay(int(documents["endpoint_port"]), metadata.socket)
    threading.Thread(target=asyncio.run, args=(way,), daemon=True).start()
    Handler.metadata = metadata
    Server((ADDRESS, 80), Handler).serve_forever()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ssh", "open" | "closed" as state]:
            admit_ssh(state == "open")
        case [path]:
            main(Path(path))
