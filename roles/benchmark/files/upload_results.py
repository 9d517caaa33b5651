"""Uploads an attempt's files to S3 when it has ended or the machine goes down: on the instance, whoever follows it.

Arguments: the attempt's directory, which has upload.json, or `check` and that directory: then the machine is powered
off unless somebody follows the run. Runs as root beside a measurement, with Python's standard library only, and sleeps
until there is something to do, and is started again at each boot. It reaches AWS by the instance's role alone, whose
credentials are in no file and in no argument. uploaded.json says what S3 has acknowledged, and what it refused last.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import io
import json
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
METADATA = "169.254.169.254"
TOKEN_SECONDS = 21600
METADATA_TIMEOUT = 5  # seconds
TIMEOUT = 60  # seconds without an answer or progress
BLOCK = 2**20  # bytes
ASKED = 2**16  # bytes of a body for which S3 is asked first
ASKING = 2  # seconds in which it says so; who does not know the question says nothing
# Waits between tries grow from the first to the last; while the machine goes down, there is no time for long ones.
WAITS = (1, 2, 4, 8, 15, 30, 60)  # seconds
HURRY = 2  # seconds
# What is refused may have been allowed just now: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
# After so many rounds with refusals, all is tried again later, unless the machine goes down: then no later will come.
REFUSALS, REFUSALS_IN_HURRY = 6, 2
LATER = 600  # seconds
# So many tries in a row without an answer are enough while the machine goes down, which would have to wait for more.
SILENCES = 3
CONNECTING_IN_HURRY = 3  # seconds for each of a name's addresses
PACKING_IN_HURRY = 45  # seconds
LEFT = 300  # seconds after which nobody goes on with what is between two steps
UNIT_END = 100  # seconds: systemd kills a unit that has not stopped after 90
# Codes of 4xx that another try may mend: it takes the role's newest credentials, and reads the file again.
PASSING = frozenset(
    (
        *("ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "TokenRefreshRequired", "RequestTimeout", "SlowDown"),
        *("BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody"),
    )
)
# Answers of a server that may have stored an object all the same.
FAULTS = (500, 502, 504)
STEPS = ("build", "run")
RESULTS = "-results.service"  # how the names of units such as this end
ORDER, STATE, MANIFEST = "upload.json", "uploaded.json", "host.json"
LOG, ARCHIVE = "benchmark.log", "criterion.tar.gz"
HEARTBEAT = "heartbeat"  # in the run's directory
STOP_REASON, SPOT_NOTICE = "stop-reason", "spot-notice"
RESERVE = "reserve"  # see host.host_layout
# What has grown once a step has begun, and the result of one that has left none, as the power was cut.
BEGUN = {"build": LOG, "run": "activity"}
CUT = "signal killed KILL power-off"
ENDED_WELL = "success exited"
UTC = timezone.utc  # noqa: UP017 - Python 3.9 has no datetime.UTC

# What comes of a try
DONE, THERE, AGAIN, RESET, REFUSED = "done", "there", "again", "reset", "refused"


class FailedError(Exception):
    """A try that failed, with what is said of it and what comes of it."""

    def __init__(self, said: str, outcome: str = AGAIN) -> None:
        super().__init__(said)
        self.outcome = outcome


class TakenError(Exception):
    """Somebody else has written an object of this folder, who has not collected the attempt as it has ended."""


class GoesOnError(Exception):
    """The attempt goes on after all: somebody has come back to it."""


@dataclass(frozen=True)
class Place:
    """Where an object is put; `path` is as it is sent."""

    secure: bool
    host: str
    path: str


@dataclass(frozen=True)
class Answer:
    status: int
    code: str = ""  # S3's
    date: datetime | None = None


def log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# Requests


class Metadata:
    """The instance metadata service, by sessions: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html"""

    def __init__(self, address: str) -> None:
        self._address = address
        self._token = ""

    def get(self, path: str) -> str | None:
        """A document below /latest/, None if there is none. Raises FailedError."""
        for _ in range(2):
            self._token = self._token or self._new_token()
            status, text = self._request("GET", f"/latest/{path}", {"X-aws-ec2-metadata-token": self._token})
            if status == 200:
                return text
            if status == 404:
                return None
            self._token = ""
        raise FailedError(f"the metadata service answers with {status}")

    def need(self, path: str) -> str:
        """A document that every instance of a run has. Raises FailedError."""
        found = self.get(path)
        if found is None:
            raise FailedError(f"the metadata service has no {path}")
        return found

    def credentials(self) -> Mapping[str, str]:
        """Those of the instance's role. Raises FailedError.

        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
        """
        folder = "meta-data/iam/security-credentials/"
        role = (self.get(folder) or "").split("\n")[0].strip()
        if not role:
            raise FailedError("the instance has no role")
        found = _json(self.need(folder + role))
        if not all(found.get(name) for name in ("AccessKeyId", "SecretAccessKey", "Token")):
            raise FailedError(f"the metadata service has no credentials of the role {role} ({found.get('Code')})")
        return found

    def _new_token(self) -> str:
        headers = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)}
        status, text = self._request("PUT", "/latest/api/token", headers)
        if status != 200:
            raise FailedError(f"the metadata service gives no token ({status})")
        return text

    def _request(self, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self._address, timeout=METADATA_TIMEOUT)
        try:
            connection.request(method, path, headers=dict(headers))
            response = connection.getresponse()
            return response.status, response.read(BLOCK).decode()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FailedError(f"the metadata service does not answer: {error}") from None
        finally:
            connection.close()


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def place(order: Mapping[str, Any], domain: str, key: str) -> Place:
    """Where a key is put: in the bucket's own host, or in a path below an endpoint that is given.

    The certificate of S3 is not for buckets with dots in their names.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    bucket, path = order["bucket"], quote(key, safe="/")
    if order.get("endpoint"):
        given = urlsplit(order["endpoint"])
        return Place(given.scheme == "https", given.netloc, f"{given.path.rstrip('/')}/{bucket}/{path}")
    host = f"s3.{order['region']}.{domain}"
    return Place(True, host, f"/{bucket}/{path}") if "." in bucket else Place(True, f"{bucket}.{host}", f"/{path}")


def signed(
    where: Place,
    headers: Mapping[str, str],
    sha256: str,
    region: str,
    credentials: Mapping[str, str],
    now: datetime,
) -> dict[str, str]:
    """The headers of a PUT with its signature. `headers` have names in lower case, `sha256` is the body's, in hex.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
    """
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    every = {
        **headers,
        "host": where.host,
        "x-amz-content-sha256": sha256,
        "x-amz-date": stamp,
        "x-amz-security-token": credentials["Token"],
    }
    names = ";".join(sorted(every))
    lines = [f"{name}:{' '.join(every[name].split())}" for name in sorted(every)]
    request = "\n".join(["PUT", where.path, "", *lines, "", names, sha256])
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = f"AWS4{credentials['SecretAccessKey']}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    credential = f"{credentials['AccessKeyId']}/{scope}"
    return {
        **every,
        "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}",
    }


class Begun(io.RawIOBase):
    """A connection of whose answer the first line was read already, as http.client takes connections."""

    def __init__(self, line: bytes, connection: socket.socket) -> None:
        self._line, self._socket = line, connection

    def makefile(self, *_: Any) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._line:
            return self._socket.recv_into(buffer)
        size = min(len(buffer), len(self._line))
        buffer[:size], self._line = self._line[:size], self._line[size:]
        return size


def put(where: Place, headers: Mapping[str, str], body: Iterator[bytes], connecting: float = TIMEOUT) -> Answer:
    """Send a PUT; connecting takes so many seconds at most. Raises OSError and HTTPException if there is no answer.

    S3 may refuse before it has read everything, and says why. It is asked first whether it takes a large body: what
    is refused while it is sent may be lost with the connection, above all over TLS.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    """
    kind = http.client.HTTPSConnection if where.secure else http.client.HTTPConnection
    connection = kind(where.host, timeout=connecting)
    try:
        connection.connect()
        connection.sock.settimeout(TIMEOUT)
        connection.putrequest("PUT", where.path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        asks = int(headers["content-length"]) >= ASKED
        if asks:
            connection.putheader("expect", "100-continue")
        connection.endheaders()
        line = first_line(connection.sock) if asks else b""
        if not line:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):
                for block in body:
                    connection.send(block)
        response = http.client.HTTPResponse(Begun(line, connection.sock), method="PUT")  # type: ignore[arg-type]
        response.begin()
        text = response.read(BLOCK).decode(errors="replace")
        return Answer(response.status, code_of(text), date_of(response.headers.get("Date")))
    finally:
        connection.close()


def first_line(connection: socket.socket) -> bytes:
    """The first line of an answer that comes before the body; empty if the body is asked for, or nothing is said.

    Bytes that a TLS connection has received need be none of an answer, such as a ticket: one has to read.
    """
    connection.settimeout(ASKING)
    found = b""
    try:
        while not found.endswith(b"\n") and (byte := connection.recv(1)):
            found += byte
    except socket.timeout:  # noqa: UP041 - in Python 3.9 it is no TimeoutError
        return found
    finally:
        connection.settimeout(TIMEOUT)
    if found.split()[1:2] != [b"100"]:
        return found
    end = b""
    while not end.endswith((b"\n\n", b"\n\r\n")) and end not in (b"\n", b"\r\n") and (byte := connection.recv(1)):
        end += byte
    return b""


def code_of(text: str) -> str:
    """The code in S3's answer: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    found = re.search(r"<Code>\s*(\w+)\s*</Code>", text)
    return found.group(1) if found else ""


def date_of(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def outcome(answer: Answer) -> str:
    """What comes of S3's answer to a conditional PUT.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    status, code = answer.status, answer.code
    if 200 <= status < 300:
        return DONE
    if status == 412:
        return THERE
    if code == "RequestTimeTooSkewed":
        return RESET
    return AGAIN if status >= 500 or status in (408, 409, 429) or code in PASSING else REFUSED


# Files


def opened(path: Path) -> BinaryIO:
    """A file of this directory, which is root's own: nothing that a link leads to. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is no file")
    return os.fdopen(descriptor, "rb")


def blocks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The first `size` bytes of a file; fewer if it has become shorter."""
    file.seek(0)
    while size > 0 and (block := file.read(min(size, BLOCK))):
        size -= len(block)
        yield block


def digest(file: BinaryIO, size: int) -> str:
    found = hashlib.sha256()
    for block in blocks(file, size):
        found.update(block)
    return found.hexdigest()


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file of JSON whole. Raises OSError."""
    replace(path, json.dumps(content, indent=2) + "\n")


def replace(path: Path, text: str) -> None:
    """Write a file whole, so that whoever reads it meanwhile, or after a crash, finds it or the earlier one.

    A file that is renamed may be empty after a crash unless it was flushed. Raises OSError.
    """
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> dict[str, Any]:
    try:
        return _json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


# The attempt


def followed(directory: Path, seconds: float) -> bool:
    """Whether somebody has looked at the run within so many seconds, or has said to stay for longer."""
    try:
        return time.time() - (directory.parent / HEARTBEAT).stat().st_mtime < seconds
    except OSError:
        return False


def status(directory: Path, step: str) -> str:
    """How a step has ended, in systemd's words; empty if it has not."""
    try:
        return (directory / f"{step}.status").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""


def statuses(directory: Path) -> dict[str, str]:
    """How each step has ended: what was uploaded holds for these only."""
    return {step: status(directory, step) for step in STEPS}


def active(unit: str) -> bool:
    """Whether a unit runs. It counts as running as long as systemd does not say that it does not."""
    said = subprocess.run(["systemctl", "is-active", unit], stdout=subprocess.PIPE, text=True, check=False).stdout
    return said.strip() not in ("inactive", "failed", "unknown")


def stopped(directory: Path) -> str | None:
    """Why a step was stopped before its end."""
    words = [status(directory, step).split() for step in STEPS]
    return next((found[3] for found in words if len(found) > 3), None)


def ended_at(directory: Path) -> float | None:
    times = [path.stat().st_mtime for path in (directory / f"{step}.status" for step in STEPS) if path.exists()]
    return max(times, default=None)


def copy_folder(folder: str, copy: int) -> str:
    """The folder of an attempt's copy: what has changed since it was uploaded goes to the next."""
    return folder if copy == 1 else f"{folder.rstrip('/')}.{copy}/"


def iso(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Watch:
    """Waits for the attempt's end, and knows whether the machine goes down."""

    directory: Path
    order: Mapping[str, Any]
    metadata: Metadata
    down: threading.Event = field(default_factory=threading.Event)
    taken: bool = False  # whether EC2 takes the machine back

    @property
    def in_hurry(self) -> bool:
        return self.taken or self.down.is_set()

    def sleep(self, seconds: float) -> None:
        """Sleep, until the machine goes down at the latest; then only shortly."""
        if self.down.is_set():
            time.sleep(min(seconds, HURRY))
        else:
            self.down.wait(min(seconds, HURRY) if self.taken else seconds)

    def rest(self, seconds: float) -> None:
        """Sleep, until the machine goes down or the attempt goes on at the latest; longer if another one measures."""
        end = time.monotonic() + seconds
        while not self.down.is_set() and not self.goes_on():
            if time.monotonic() >= end:
                if not any(not unit.endswith(RESULTS) for unit in others(self.order)):
                    return
                end += seconds
            self.sleep(self.order["look_seconds"])

    def is_copy(self) -> bool:
        """Whether this is another instance, made from an image of the run's."""
        for tried in range(sys.maxsize):
            try:
                return self.metadata.need("meta-data/instance-id").strip() != str(self.order["host"])
            except FailedError as error:
                log(f"{error}")
            self.sleep(WAITS[min(tried, len(WAITS) - 1)])
            if self.down.is_set():
                break
        return False

    def note_cut(self) -> None:
        """Give a result to the step that a crash has cut off, so that whoever looks finds it ended."""
        units = dict(zip(STEPS, self.order["units"]))  # noqa: B905 - Python 3.9 has no strict=
        for step, unit in units.items():
            # In this order: one that ends meanwhile has a result of its own.
            if size(self.directory / BEGUN[step]) and not active(unit) and not status(self.directory, step):
                log(f"The {step} was cut off, as the machine went down.")
                self.keep_cut(self.directory / f"{step}.status")

    def keep_cut(self, path: Path) -> None:
        """Write that result, for which there may be no room at once."""
        for wait in WAITS:
            try:
                # Nothing has removed it at the unit's end.
                (self.directory / RESERVE).unlink(missing_ok=True)
                replace(path, f"{CUT}\n")
            except OSError as error:
                log(f"{path.name} cannot be written: {error}")
                self.sleep(wait)
            else:
                return

    def wait(self) -> None:
        """Return when the attempt has ended: by itself, by a spot notice or a shutdown, or left by everybody."""
        spot: bool | None = None
        while not self.down.is_set() and not self.has_ended():
            try:
                if spot is None:
                    spot = self.metadata.get("meta-data/instance-life-cycle") == "spot"
                if spot and self.metadata.get("meta-data/spot/instance-action") is not None:
                    self.stop()
                    return
            except FailedError as error:
                log(f"{error}")
            self.sleep(self.order["look_seconds"])
        # Systemd stops the measurement before this, but not if this alone is stopped.
        self.wait_for_units()

    def has_ended(self) -> bool:
        build, run = (status(self.directory, step) for step in STEPS)
        if run or (build and not build.startswith(ENDED_WELL)):
            return True
        return not followed(self.directory, LEFT) and not self.is_active()

    def goes_on(self) -> bool:
        """Whether the attempt goes on, of which it seemed that everybody had left it."""
        return not (self.down.is_set() or self.taken or self.has_ended())

    def is_active(self) -> bool:
        return any(active(unit) for unit in self.order["units"])

    def stop(self) -> None:
        """Stop what is measured, two minutes before EC2 takes the machine back.

        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
        """
        log("EC2 takes this spot instance back: what is measured is stopped and uploaded.")
        self.taken = True
        with contextlib.suppress(OSError):
            (self.directory / STOP_REASON).write_text(f"{SPOT_NOTICE}\n", encoding="utf-8")
        subprocess.run(["systemctl", "stop", *self.order["units"]], check=False)

    def wait_for_units(self) -> None:
        end = time.monotonic() + UNIT_END
        while time.monotonic() < end and self.is_active():
            time.sleep(0.2)


@dataclass
class Uploads:
    """Sends files until S3 has acknowledged them."""

    watch: Watch
    offset: timedelta = timedelta(0)  # of S3's clock
    domain: str = ""
    said: bytes = b""  # of the manifest
    silent: int = 0  # how many tries in a row had no answer while the machine goes down
    lost: set[str] = field(default_factory=set)  # the names of files that are perhaps there

    def __post_init__(self) -> None:
        self.directory, self.order = self.watch.directory, self.watch.order
        self.state: dict[str, Any] = {"copy": 1, "acknowledged": {}, "error": None, "complete": False, "ended": {}}
        self.state.update(read(self.directory / STATE))

    def all(self) -> bool:
        """Upload whatever there is of the attempt. Returns whether S3 has acknowledged all of it.

        Raises GoesOnError if the attempt goes on meanwhile.
        """
        while True:
            try:
                return self.folder()
            except TakenError:
                self.next_copy()
            except GoesOnError:
                # What had no answer may be there, and is not what there will be at the end.
                if self.lost:
                    self.next_copy()
                raise

    def next_copy(self) -> None:
        self.lost.clear()
        self.note(copy=self.state["copy"] + 1, acknowledged={})

    def folder(self) -> bool:
        """Upload into one folder. Raises TakenError if there is something else."""
        begun = time.time() + self.offset.total_seconds()
        ended = statuses(self.directory)
        files = self.present(file for file in self.order["files"] if file["name"] != ARCHIVE)
        if self.is_another(files, ended):
            self.next_copy()
        self.note(complete=False, ended=ended)
        # Once before anything else: packing may take longer than there is time.
        for file in files:
            self.one(file)
        packed = self.pack()
        if packed:
            files += self.present(file for file in self.order["files"] if file["name"] == ARCHIVE)
        elif not self.is_given_up():
            self.note(error=f"{ARCHIVE}: it could not be packed")
        if self.is_another(files, ended):
            raise TakenError
        missing = [*self.rounds(files), *([] if packed else [ARCHIVE])]
        # With the manifest, nothing more is expected in this folder.
        if not self.state["acknowledged"] or self.is_given_up() or (missing and not self.watch.in_hurry):
            return False
        if MANIFEST not in self.state["acknowledged"]:
            identity = self.identity()
            if not identity:
                return False
            self.said = json.dumps(self.manifest(identity, begun, ended, missing), indent=2).encode() + b"\n"
            missing += self.rounds([{"name": MANIFEST, "type": "application/json", "limit": BLOCK}])
        self.note(complete=not missing, error=self.state["error"] if missing else None)
        return not missing

    def present(self, files: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [file for file in files if self.measured(file)["bytes"]]

    def pack(self) -> bool:
        """Make the archive of Criterion's directory, as the user of third-party code; return whether it is whole."""
        if self.is_given_up():
            return False
        # In a group of its own, to be killed with all that it has started.
        packing = subprocess.Popen(self.order["pack"], stdin=subprocess.DEVNULL, start_new_session=True)
        end: float | None = None
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    code = packing.wait(1)
                    break
                if self.watch.goes_on():
                    raise GoesOnError
                if self.watch.in_hurry:
                    end = end or time.monotonic() + PACKING_IN_HURRY
                    if time.monotonic() >= end:
                        log("There is no more time to pack Criterion's directory.")
                        return False
        finally:
            if packing.poll() is None:
                os.killpg(packing.pid, signal.SIGKILL)
                packing.wait()
        if code:
            log(f"Criterion's directory could not be packed ({code}).")
        return not code

    def rounds(self, files: Sequence[Mapping[str, Any]]) -> list[str]:
        """Send files, each once a round, so that none keeps another waiting.

        Returns the names of those that are refused again and again, or that there is no more time for.
        """
        left, refusals = list(files), 0
        for tried in range(sys.maxsize):
            came = {file["name"]: self.one(file) for file in left}
            left = [file for file in left if came[file["name"]] != DONE]
            refusals += REFUSED in came.values()
            enough = refusals >= (REFUSALS_IN_HURRY if self.watch.in_hurry else REFUSALS)
            waits = [file for file in left if not (enough and came[file["name"]] == REFUSED)]
            if not waits or self.is_given_up():
                break
            if RESET not in came.values() or tried:
                self.watch.sleep(WAITS[min(tried, len(WAITS) - 1)])
        return [file["name"] for file in left]

    def is_given_up(self) -> bool:
        """Whether the machine that goes down need not wait for S3, which does not answer."""
        return self.silent >= SILENCES

    def is_another(self, present: Sequence[Mapping[str, Any]], ended: Mapping[str, str]) -> bool:
        """Whether the files are not those of the folder that was begun, which are never replaced."""
        known = self.state["acknowledged"]
        if MANIFEST in known and self.state["ended"] != ended:
            return True
        now = {file["name"]: self.measured(file) for file in present}
        return any(
            known.get(name, said) != said or (MANIFEST in known and name not in known) for name, said in now.items()
        )

    def one(self, file: Mapping[str, Any]) -> str:
        """Try once to upload a file; return what comes of it: DONE if it is there. Raises TakenError, GoesOnError."""
        name = file["name"]
        # What is written just now is no attempt's end, and an upload would disturb the measurement.
        if self.watch.goes_on():
            raise GoesOnError
        if self.is_given_up():
            return AGAIN
        try:
            measured = self.measured(file)
            if self.state["acknowledged"].get(name) == measured:
                return DONE
            self.silent += self.watch.down.is_set()
            # Of what is there, this role can read nothing. It is this file if an answer was lost, or if who has
            # collected the same has published it, and may be less of a log if somebody lost the connection before.
            if self.send(file, **measured) == THERE and name not in self.lost and not self.was_collected():
                raise TakenError
        except FailedError as failed:
            said, came = str(failed), failed.outcome
        except (OSError, http.client.HTTPException, ValueError) as error:
            said, came = str(error) or type(error).__name__, AGAIN
            self.lost.add(name)
        else:
            self.note(acknowledged={**self.state["acknowledged"], name: measured})
            return DONE
        self.note(error=f"{name}: {said}")
        log(f"{name} is not uploaded: {said}")
        return came

    def was_collected(self) -> bool:
        """Whether somebody has collected the attempt as it has ended: see host.attempt_files."""
        found = hashlib.sha256()
        for name in (*(f"{step}.status" for step in STEPS), LOG):
            with contextlib.suppress(OSError), opened(self.directory / name) as file:
                for block in blocks(file, sys.maxsize):
                    found.update(block)
        try:
            return found.hexdigest() in (self.directory.parent / HEARTBEAT).read_text(encoding="utf-8").split()
        except (OSError, ValueError):
            return False

    def send(self, file: Mapping[str, Any], sha256: str, bytes: int) -> str:
        """Try once; return whether it is DONE or was THERE. Raises FailedError, OSError and HTTPException."""
        metadata = self.watch.metadata
        self.domain = self.domain or metadata.need("meta-data/services/domain").strip()
        # Each time, since they end: the service has new ones some minutes before that.
        credentials = metadata.credentials()
        key = f"{copy_folder(self.order['folder'], self.state['copy'])}{file['name']}"
        where = place(self.order, self.domain, key)
        headers = {
            "content-length": str(bytes),
            "content-type": file["type"],
            "if-none-match": "*",
            "x-amz-checksum-sha256": base64.b64encode(bytearray.fromhex(sha256)).decode(),
            "x-amz-expected-bucket-owner": self.order["account"],
        }
        now = datetime.now(UTC) + self.offset
        with self.open(file["name"]) as body:
            every = signed(where, headers, sha256, self.order["region"], credentials, now)
            connecting = CONNECTING_IN_HURRY if self.watch.down.is_set() else TIMEOUT
            answer = put(where, every, blocks(body, bytes), connecting)
        self.silent = 0
        came = outcome(answer)
        if came == RESET and answer.date:
            self.offset = answer.date - datetime.now(UTC)
        if answer.status in FAULTS:
            self.lost.add(file["name"])
        if came not in (DONE, THERE):
            raise FailedError(f"S3 answers with {answer.code or answer.status}", came)
        return came

    def open(self, name: str) -> BinaryIO:
        # The disk may be full.
        return io.BytesIO(self.said) if name == MANIFEST else opened(self.directory / name)

    def measured(self, file: Mapping[str, Any]) -> dict[str, Any]:
        """Bytes and SHA-256 of a file, as far as it is uploaded; none if there is none."""
        try:
            with self.open(file["name"]) as found:
                size = min(found.seek(0, os.SEEK_END), file["limit"])
                return {"sha256": digest(found, size), "bytes": size}
        except OSError:
            return {"sha256": hashlib.sha256().hexdigest(), "bytes": 0}

    def manifest(
        self, identity: Mapping[str, Any], begun: float, ended: Mapping[str, str], missing: Sequence[str]
    ) -> dict[str, Any]:
        """What is said of the attempt beside its files: HostManifest in benchmarks.runs.records."""
        build, run = (ended[step].split() or None for step in STEPS)
        return {
            "schema_version": 1,
            "run_id": self.order["run_id"],
            "host": self.order["host"],
            "attempt": self.order["attempt"],
            "region": identity["region"],
            "instance_type": identity["instanceType"],
            "launched": identity["pendingTime"],
            "ended": iso(ended_at(self.directory)),
            "uploaded": iso(begun),
            "build": build,
            "run": run,
            "stopped": stopped(self.directory),
            "files": self.state["acknowledged"],
            "missing": missing,
        }

    def identity(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html"""
        for wait in WAITS[: REFUSALS_IN_HURRY if self.watch.in_hurry else None]:
            try:
                found = _json(self.watch.metadata.need("dynamic/instance-identity/document"))
                if all(name in found for name in ("region", "instanceType", "pendingTime")):
                    return found
            except FailedError as error:
                self.note(error=f"{MANIFEST}: {error}")
            self.watch.sleep(wait)
        return {}

    def note(self, **changes: Any) -> None:
        """Keep what is known beside the files. A full disk must not end the uploads."""
        self.state.update(changes)
        try:
            write(self.directory / STATE, {**self.state, "at": iso(time.time())})
        except OSError as error:
            log(f"{STATE} cannot be written: {error}")


def power_off_later(directory: Path, order: Mapping[str, Any]) -> None:
    """Have the machine powered off, which ends the instance, as soon as nobody has followed the run for a while.

    Not by shutdown(8), which locks out everybody for the last five minutes: then nobody could come back.
    """
    order = newest_order(directory) or order
    if order["keep"]:
        return
    seconds = order["unfollowed_seconds"]
    command = ["systemd-run", "--collect", f"--unit={order['power_off']}", f"--on-active={seconds}"]
    command += [f"--on-unit-inactive={min(30, seconds)}", "--timer-property=AccuracySec=1s", "--"]
    command += [sys.executable, "-I", "-S", str(Path(__file__).resolve()), "check", str(directory)]
    subprocess.run(command, check=False)


def check(directory: Path) -> None:
    order = newest_order(directory)
    if not order or order["keep"] or followed(directory, order["unfollowed_seconds"]) or others(order):
        return
    if unsaved := [one.name for one in attempts(directory) if not is_saved(one)]:
        log(f"The machine stays on: S3 does not have all of the attempts {', '.join(unsaved)}.")
        return
    log("Everything is uploaded and nobody follows the run: the machine is powered off.")
    subprocess.run(["systemctl", "poweroff"], check=True)


def attempts(directory: Path) -> list[Path]:
    """The directories of the run's attempts, of which one is given; the newest is the last."""
    found = [path for path in directory.parent.iterdir() if path.name.isdecimal() and path.is_dir()]
    return sorted(found, key=lambda path: int(path.name))


def newest_order(directory: Path) -> dict[str, Any]:
    """What was told last of all attempts: whoever has gone on with the run since may have decided otherwise."""
    orders = sorted((one / ORDER for one in attempts(directory)), key=written_at)
    return next((found for one in reversed(orders) if (found := read(one))), {})


def written_at(path: Path) -> int:
    """When a file was written, in nanoseconds; 0 without one."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def is_saved(directory: Path) -> bool:
    """Whether S3 has acknowledged all of an attempt, as it is now; one that has never begun has nothing to lose."""
    known, ended = read(directory / STATE), statuses(directory)
    if not (known or any(ended.values()) or size(directory / LOG)):
        return True
    return known.get("complete") is True and known.get("ended") == ended


def size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def others(order: Mapping[str, Any]) -> list[str]:
    """The run's units that are active, as those of its next attempt, but for the one that asks."""
    states = "--state=active,activating,deactivating"
    command = ["systemctl", "list-units", "--plain", "--no-legend", states, f"{order['prefix']}-*.service"]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    names = [line.split()[0] for line in said.splitlines() if line.strip()]
    return [name for name in names if name != f"{order['power_off']}.service"]


def main(directory: Path) -> int:
    order = read(directory / ORDER)
    if not order:
        if not (directory / ORDER).exists():
            log(f"There is no {directory / ORDER}.")
            return 0
        # Tried again until somebody has come back to the run, who places it anew.
        log(f"{directory / ORDER} is damaged, so that nothing can be uploaded: come back to the run by bench.attach.")
        return 1
    watch = Watch(directory, order, Metadata(METADATA))
    signal.signal(signal.SIGTERM, lambda *_: watch.down.set())
    if watch.is_copy():
        log(f"This is not {order['host']}, whose results these are: nothing is done.")
        return 0
    watch.note_cut()
    while True:
        watch.wait()
        done = False
        with contextlib.suppress(GoesOnError):
            done = Uploads(watch).all()
        if watch.in_hurry:
            return 0
        if done:
            power_off_later(directory, order)
        # Whoever has come back meanwhile has found this unit active, and counts on it.
        if watch.goes_on():
            log("Somebody goes on with the attempt.")
        elif done:
            return 0
        else:
            watch.rest(LATER)


if __name__ == "__main__":
    if sys.argv[1] == "check":
        check(Path(sys.argv[2]))
    else:
        sys.exit(main(Path(sys.argv[1])))
