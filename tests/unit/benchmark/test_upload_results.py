"""The program by which an instance uploads its results itself."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.host import attempt_files
from benchmarks.paths import ROOT
from benchmarks.runs import record_files
from benchmarks.runs.records import File, HostManifest
from tests.support.instance_services import Services, services

SCRIPT = ROOT / "roles/benchmark/files/upload_results.py"
FOLDER = "results/tiny/2026-11-27T100000Z_c7i.large_1c_r1/i-1/1/"
TEXT = "text/plain; charset=utf-8"


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("upload_results", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


program = loaded()


@pytest.fixture
def aws() -> Iterator[Services]:
    with services() as found:
        yield found


@pytest.fixture
def directory(tmp_path: Path, aws: Services, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of an attempt on a host, whose systemd says that nothing is active and notes what it is told."""
    found = tmp_path / "runs/r1/1"
    found.mkdir(parents=True)
    (found.parent / "heartbeat").touch()
    order = {
        "run_id": "r1", "host": "i-1", "attempt": 1, "region": "eu-west-1", "bucket": "mine", "account": "123456789012",
        "folder": FOLDER, "endpoint": aws.endpoint, "keep": False, "look_seconds": 0.05, "unfollowed_seconds": 300,
        "units": ["r1-1-build.service", "r1-1-run.service"], "prefix": "r1", "power_off": "r1-power-off",
        "pack": ["sh", "-c", f"cd {found} && [ ! -d criterion ] || echo packed >criterion.tar.gz"],
        "files": [
            {"name": "benchmark.log", "type": TEXT, "limit": 1000},
            {"name": "criterion.tar.gz", "type": "application/x-tar", "limit": 1000},
        ],
    }  # fmt: skip
    (found / "upload.json").write_text(json.dumps(order))
    for name in ("systemctl", "systemd-run"):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            f'#!/bin/sh\necho {name} "$@" >>{tmp_path}/told\n'
            f"[ ! -e {tmp_path}/units ] || exec cat {tmp_path}/units\n"
            '[ "$1" != is-active ] || echo inactive\n'
        )
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.defpath}")
    monkeypatch.setattr(program, "METADATA", aws.address)
    monkeypatch.setattr(program, "WAITS", (0.01,))
    monkeypatch.setattr(program.Watch, "rest", rest)
    # Otherwise this process would keep the handler.
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return found


RESTS = program.Watch.rest


class RestError(Exception):
    """All is tried again later."""


def rest(self: Any, seconds: float) -> None:
    raise RestError


def upload_of(aws: Services, directory: Path, down: bool = False) -> Any:
    watch = program.Watch(directory, program.read(directory / "upload.json"), program.Metadata(aws.address))
    if down:
        watch.down.set()
    return program.Uploads(watch)


def told(directory: Path) -> str:
    path = directory.parents[2] / "told"
    return path.read_text() if path.exists() else ""


def measured(directory: Path, result: str = "success exited 0") -> None:
    (directory / "benchmark.log").write_text("tiny: 1 ns\n")
    (directory / "criterion").mkdir()
    (directory / "build.status").write_text("success exited 0\n")
    (directory / "run.status").write_text(f"{result}\n")


def names(aws: Services) -> list[str]:
    return [path.removeprefix(f"/mine/{FOLDER}") for path, _ in aws.puts]


def kept(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "uploaded.json").read_text())
    return found


def test_an_attempt_that_has_ended_is_uploaded_with_what_is_said_of_it_last(aws: Services, directory: Path) -> None:
    measured(directory)
    for step, at in (("build", 1764325000), ("run", 1764325800)):
        os.utime(directory / f"{step}.status", (at, at))
    assert program.main(directory) == 0
    assert names(aws) == ["benchmark.log", "criterion.tar.gz", "host.json"]
    assert aws.objects[f"/mine/{FOLDER}benchmark.log"] == b"tiny: 1 ns\n"
    (directory / "host.json").write_bytes(aws.objects[f"/mine/{FOLDER}host.json"])
    said = record_files.read(HostManifest, directory)
    assert said
    assert (said.run_id, said.host, said.attempt) == ("r1", "i-1", 1)
    assert (said.region, said.instance_type) == ("eu-west-1", "c7i.large")
    assert said.launched == datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
    assert said.ended == datetime(2025, 11, 28, 10, 30, tzinfo=UTC)
    assert abs(said.uploaded - datetime.now(UTC)) < timedelta(minutes=1)
    assert (said.build, said.run, said.stopped) == (("success", "exited", "0"), ("success", "exited", "0"), None)
    sha256 = hashlib.sha256(b"tiny: 1 ns\n").hexdigest()
    assert said.files["benchmark.log"] == File(sha256=sha256, bytes=11)
    assert sorted(said.files) == ["benchmark.log", "criterion.tar.gz"]
    assert kept(directory)["complete"]
    assert kept(directory)["error"] is None
    assert sorted(kept(directory)["acknowledged"]) == ["benchmark.log", "criterion.tar.gz", "host.json"]


def test_an_object_is_sent_as_publishing_sends_it_and_nothing_is_replaced(aws: Services, directory: Path) -> None:
    measured(directory)
    program.main(directory)
    _, headers = aws.puts[0]
    checksum = base64.b64encode(hashlib.sha256(b"tiny: 1 ns\n").digest()).decode()
    assert headers["if-none-match"] == "*"
    assert headers["x-amz-checksum-sha256"] == checksum
    assert headers["x-amz-content-sha256"] == hashlib.sha256(b"tiny: 1 ns\n").hexdigest()
    assert headers["x-amz-expected-bucket-owner"] == "123456789012"
    assert headers["x-amz-security-token"] == "session"
    assert headers["content-type"] == TEXT
    assert aws.puts[1][1]["content-type"] == "application/x-tar"


@pytest.mark.parametrize("key", ["results/a/b.json", "results/a!2Fb/c d+e~f/ü"])
def test_a_request_is_signed_as_botocore_signs_it(key: str) -> None:
    where = program.place({"bucket": "mine", "region": "eu-west-1", "endpoint": None}, "amazonaws.com", key)
    now = datetime(2026, 11, 27, 10, 0, 5, tzinfo=UTC)
    headers = {"if-none-match": "*", "content-type": TEXT, "content-length": "3"}
    keys = {"AccessKeyId": "ASIAONE", "SecretAccessKey": "hush", "Token": "session"}
    ours = program.signed(where, headers, "0" * 64, "eu-west-1", keys, now)

    sent = {name: value for name, value in ours.items() if name != "authorization"}
    request = AWSRequest("PUT", f"https://{where.host}{where.path}", headers=sent)
    request.context["timestamp"] = now.strftime("%Y%m%dT%H%M%SZ")
    auth = S3SigV4Auth(Credentials("ASIAONE", "hush", "session"), "s3", "eu-west-1")
    text = auth.string_to_sign(request, auth.canonical_request(request))
    assert ours["authorization"].endswith(f"Signature={auth.signature(text, request)}")
    assert f"Credential={auth.scope(request)}, " in ours["authorization"]
    assert f"SignedHeaders={auth.signed_headers(auth.headers_to_sign(request))}, " in ours["authorization"]
    assert "if-none-match;x-amz-content-sha256;x-amz-date;x-amz-security-token" in ours["authorization"]


@pytest.mark.parametrize(
    ("bucket", "endpoint", "domain", "expected"),
    [
        ("mine", None, "amazonaws.com", (True, "mine.s3.eu-west-1.amazonaws.com", "/a/b%212Fc")),
        ("mine", None, "amazonaws.com.cn", (True, "mine.s3.eu-west-1.amazonaws.com.cn", "/a/b%212Fc")),
        # The certificate of S3 is for one label.
        ("my.own", None, "amazonaws.com", (True, "s3.eu-west-1.amazonaws.com", "/my.own/a/b%212Fc")),
        ("mine", "http://127.0.0.1:5000", "amazonaws.com", (False, "127.0.0.1:5000", "/mine/a/b%212Fc")),
        ("mine", "https://s3.example/base/", "amazonaws.com", (True, "s3.example", "/base/mine/a/b%212Fc")),
    ],
)
def test_a_bucket_is_addressed_in_every_partition_and_below_an_endpoint(
    bucket: str, endpoint: str | None, domain: str, expected: tuple[bool, str, str]
) -> None:
    where = program.place({"bucket": bucket, "region": "eu-west-1", "endpoint": endpoint}, domain, "a/b!2Fc")
    assert (where.secure, where.host, where.path) == expected


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (200, "", "done"),
        (412, "PreconditionFailed", "there"),
        (409, "ConditionalRequestConflict", "again"),
        (500, "InternalError", "again"),
        (503, "SlowDown", "again"),
        (429, "", "again"),
        (400, "RequestTimeout", "again"),
        (400, "ExpiredToken", "again"),
        (400, "BadDigest", "again"),
        (403, "RequestTimeTooSkewed", "reset"),
        (403, "AccessDenied", "refused"),
        (404, "NoSuchBucket", "refused"),
        (301, "PermanentRedirect", "refused"),
    ],
)
def test_what_comes_of_an_answer(status: int, code: str, expected: str) -> None:
    assert program.outcome(program.Answer(status, code)) == expected


@pytest.mark.parametrize(
    "answers",
    [
        [(503, "SlowDown"), (500, "InternalError"), (409, "ConditionalRequestConflict"), (429, "")],
        [(0, ""), (0, "")],  # no answer at all
        [(403, "AccessDenied")] * 5,  # a permission that has just been given
        [(503, "SlowDown")] * 40,
    ],
)
def test_what_passes_is_tried_again_until_s3_acknowledges_it(
    aws: Services, directory: Path, answers: list[tuple[int, str]]
) -> None:
    measured(directory)
    aws.answers = list(answers)
    program.main(directory)
    assert len(aws.puts) == len(answers) + 3
    assert sorted(path.rpartition("/")[2] for path in aws.objects) == ["benchmark.log", "criterion.tar.gz", "host.json"]
    assert names(aws)[-1] == "host.json"
    assert kept(directory)["complete"]
    assert "systemd-run" in told(directory)


LARGE = 2**23  # bytes, which no connection takes before somebody reads them


@contextmanager
def s3_over_tls(directory: Path, first: bytes, then: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """A TLS server that reads the headers of one request, says something, and reads a body if it says `then`."""
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *subject]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    got: list[bytes] = []

    def serve() -> None:
        accepted, _ = server.accept()
        with context.wrap_socket(accepted, server_side=True) as connection, connection.makefile("rb") as file:
            while (line := file.readline()) not in (b"\r\n", b""):
                got.append(line)
            connection.sendall(first)
            if then:
                got.append(file.read(LARGE))
                connection.sendall(then)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", got
        thread.join(30)


REFUSAL = b"<Error><Code>PreconditionFailed</Code></Error>"
REFUSED = b"HTTP/1.1 412 Precondition Failed\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b"
TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("first", "then", "expected", "sent"),
    [
        (REFUSED % (len(REFUSAL), REFUSAL), b"", (412, "PreconditionFailed"), False),
        (b"HTTP/1.1 100 Continue\r\n\r\n", TAKEN, (200, ""), True),
        (b"HTTP/1.1 100 Continue\r\nServer: S3\r\n\r\n", TAKEN, (200, ""), True),
        # A server that does not know the question waits for the body.
        (b"", TAKEN, (200, ""), True),
    ],
)
def test_a_large_file_is_sent_over_tls_only_when_s3_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bytes, then: bytes, expected: tuple[int, str], sent: bool
) -> None:
    monkeypatch.setattr(program, "ASKING", 0.3)
    # Python's own default, which also an environment without certificates has.
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with s3_over_tls(tmp_path, first, then) as (address, got):
        headers = {"host": address, "content-length": str(LARGE)}
        answer = program.put(program.Place(True, address, "/mine/a"), headers, iter([bytes(2**20)] * 8))
    assert (answer.status, answer.code) == expected
    assert b"expect: 100-continue\r\n" in got
    assert (got[-1] == bytes(LARGE)) is sent


def test_a_clock_that_is_wrong_is_set_by_that_of_s3(aws: Services, directory: Path) -> None:
    measured(directory)
    hour = datetime.now(UTC) + timedelta(hours=1)
    aws.date = format_datetime(hour, usegmt=True)
    aws.answers = [(403, "RequestTimeTooSkewed")]
    program.main(directory)
    stamps = [datetime.strptime(h["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for _, h in aws.puts]
    assert hour - stamps[0] > timedelta(minutes=59)
    assert all(abs(stamp - hour) < timedelta(minutes=1) for stamp in stamps[1:])
    assert kept(directory)["complete"]


def test_a_file_for_which_s3_has_no_answer_keeps_no_other_waiting(aws: Services, directory: Path) -> None:
    measured(directory)
    aws.refused = {"benchmark.log": (503, "SlowDown")}
    upload = upload_of(aws, directory)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            assert names(aws) == ["benchmark.log"] * 2 + ["criterion.tar.gz"] + ["benchmark.log"] * 2
            aws.refused.clear()

    upload.watch.sleep = sleep
    assert upload.all()
    assert len(waits) == 3


def test_what_is_refused_is_noted_and_all_is_tried_again_later(aws: Services, directory: Path) -> None:
    measured(directory)
    aws.refused = {"benchmark.log": (403, "AccessDenied")}
    with pytest.raises(RestError):
        program.main(directory)
    assert set(names(aws)) == {"benchmark.log", "criterion.tar.gz"}
    found = kept(directory)
    assert not found["complete"]
    assert found["error"] == "benchmark.log: S3 answers with AccessDenied"
    # With the manifest it would seem that nothing more comes.
    assert sorted(found["acknowledged"]) == ["criterion.tar.gz"]
    # The results are there only.
    assert "systemd-run" not in told(directory)


def test_what_was_refused_for_long_is_uploaded_once_it_is_allowed(
    aws: Services, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(directory)
    aws.refused = {"benchmark.log": (403, "AccessDenied")}
    identity = aws.documents.pop("dynamic/instance-identity/document")
    rests: list[float] = []

    def allow(self: Any, seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 1:
            aws.refused.clear()
        else:
            aws.documents["dynamic/instance-identity/document"] = identity

    monkeypatch.setattr(program.Watch, "rest", allow)
    assert program.main(directory) == 0
    assert rests == [600, 600]
    assert names(aws)[-2:] == ["benchmark.log", "host.json"]
    assert json.loads(aws.objects[f"/mine/{FOLDER}host.json"])["missing"] == []
    assert kept(directory)["complete"]
    assert "systemd-run" in told(directory)


def test_who_waits_for_a_later_try_sees_that_the_attempt_goes_on(
    aws: Services, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program.Watch, "rest", RESTS)
    watch = upload_of(aws, directory).watch
    begun = time.monotonic()
    watch.rest(60)
    watch.down.set()
    watch.rest(60)
    assert time.monotonic() - begun < 30


def test_a_later_try_does_not_disturb_the_runs_next_attempt(
    aws: Services, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program.Watch, "rest", RESTS)
    measured(directory)
    units = directory.parents[2] / "units"
    results = "r1-1-results.service loaded active running\n"
    units.write_text(f"{results}r1-2-run.service loaded active running\n")
    watch = upload_of(aws, directory).watch
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            units.write_text(results)

    watch.sleep = sleep
    watch.rest(0)
    assert len(slept) == 3


def test_what_is_refused_while_the_machine_goes_down_is_named_in_the_manifest(aws: Services, directory: Path) -> None:
    measured(directory)
    aws.refused = {"benchmark.log": (403, "AccessDenied")}
    assert not upload_of(aws, directory, down=True).all()
    said = json.loads(aws.objects[f"/mine/{FOLDER}host.json"])
    assert said["missing"] == ["benchmark.log"]
    assert sorted(said["files"]) == ["criterion.tar.gz"]
    assert not kept(directory)["complete"]


def test_nobody_is_kept_waiting_by_refusals_while_the_machine_goes_down(aws: Services, directory: Path) -> None:
    measured(directory)
    aws.answers = [(403, "AccessDenied")] * 99
    upload = upload_of(aws, directory, down=True)
    slept: list[float] = []
    upload.watch.sleep = slept.append
    assert not upload.all()
    assert names(aws) == ["benchmark.log", *["benchmark.log", "criterion.tar.gz"] * 2]
    assert len(slept) == 1


@pytest.mark.parametrize("what", ["s3", "metadata"])
def test_a_machine_that_goes_down_does_not_wait_for_services_that_do_not_answer(
    aws: Services, directory: Path, what: str
) -> None:
    measured(directory)
    if what == "s3":
        aws.answers = [(0, "")] * 99
    else:
        aws.documents.clear()
    upload = upload_of(aws, directory, down=True)
    slept: list[float] = []
    upload.watch.sleep = slept.append
    assert not upload.all()
    assert len(names(aws)) == (program.SILENCES if what == "s3" else 0)
    assert len(slept) <= program.SILENCES


def test_a_try_that_has_an_answer_is_no_silence(aws: Services, directory: Path) -> None:
    measured(directory)
    aws.answers = [(0, ""), (0, ""), (503, "SlowDown")] * 3
    upload = upload_of(aws, directory, down=True)
    upload.watch.sleep = list[float]().append
    assert upload.all()


@pytest.mark.parametrize("down", [False, True])
def test_what_could_not_be_packed_is_not_sent_and_the_instance_stays(
    aws: Services, directory: Path, down: bool
) -> None:
    measured(directory)
    change(directory, pack=["sh", "-c", f"echo half >{directory}/criterion.tar.gz; exit 3"])
    if down:
        assert not upload_of(aws, directory, down=True).all()
        assert json.loads(aws.objects[f"/mine/{FOLDER}host.json"])["missing"] == ["criterion.tar.gz"]
    else:
        with pytest.raises(RestError):
            program.main(directory)
    assert names(aws) == ["benchmark.log", "host.json"][: 1 + down]
    assert not kept(directory)["complete"]
    assert kept(directory)["error"] == "criterion.tar.gz: it could not be packed"
    assert "systemd-run" not in told(directory)


def test_everything_else_is_sent_before_packing_which_is_cut_short_in_a_hurry(
    aws: Services, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(directory)
    monkeypatch.setattr(program, "PACKING_IN_HURRY", 0)
    change(directory, pack=["sh", "-c", "sleep 60 & sleep 60; true"])
    upload = upload_of(aws, directory, down=True)
    packs = upload.pack
    before: list[str] = []

    def pack() -> bool:
        before.extend(names(aws))
        done: bool = packs()
        return done

    upload.pack = pack
    begun = time.monotonic()
    assert not upload.all()
    assert time.monotonic() - begun < 30
    assert before == ["benchmark.log"]
    assert json.loads(aws.objects[f"/mine/{FOLDER}host.json"])["missing"] == ["criterion.tar.gz"]


def change(directory: Path, **order: Any) -> None:
    path = directory / "upload.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **order}))


def test_an_instance_without_a_role_is_tried_again(aws: Services, directory: Path) -> None:
    measured(directory)
    role = aws.documents.pop("meta-data/iam/security-credentials/")
    upload = upload_of(aws, directory)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            aws.documents["meta-data/iam/security-credentials/"] = role

    upload.watch.sleep = sleep
    assert upload.all()
    assert len(waits) == 3


def test_what_was_acknowledged_is_not_sent_again(aws: Services, directory: Path) -> None:
    measured(directory)
    program.main(directory)
    aws.puts.clear()
    program.main(directory)
    assert names(aws) == []
    assert kept(directory)["complete"]


def test_what_has_changed_since_is_another_copy_as_in_publishing(aws: Services, directory: Path) -> None:
    measured(directory)
    program.main(directory)
    aws.puts.clear()
    (directory / "benchmark.log").write_text("tiny: 1 ns\nmore\n")
    program.main(directory)
    folder = f"/mine/{FOLDER.rstrip('/')}.2/"
    assert [path for path, _ in aws.puts] == [
        f"{folder}{name}" for name in ("benchmark.log", "criterion.tar.gz", "host.json")
    ]


@pytest.mark.parametrize(
    ("collected", "answers", "copy"),
    [
        # Who has collected the end has published the same.
        ("end", [], ""),
        # Somebody who had lost the connection has published what there was then, or has collected no more.
        ("", [], ".2"),
        ("before", [], ".2"),
        # The answer to the instance's own upload was lost.
        ("", [(0, "")], ""),
        ("", [(500, "InternalError")], ""),
        # Nothing was stored.
        ("", [(503, "SlowDown")], ".2"),
    ],
)
def test_what_is_there_already_is_the_same_only_if_somebody_has_collected_it(
    aws: Services, directory: Path, collected: str, answers: list[tuple[int, str]], copy: str
) -> None:
    collect = attempt_files.found_command(str(directory))
    if collected == "before":
        (directory / "build.status").write_text("success exited 0\n")
        (directory / "benchmark.log").write_text("tiny")
        subprocess.run(collect, check=True)
    measured(directory)
    if collected == "end":
        subprocess.run(collect, check=True)
    aws.objects[f"/mine/{FOLDER}benchmark.log"] = b"tiny"
    aws.answers = answers
    # That somebody looks says nothing of what was published.
    (directory.parent / "heartbeat").touch()
    program.main(directory)
    folder = f"/mine/{FOLDER.rstrip('/')}{copy}/"
    assert f"{folder}host.json" in aws.objects
    assert f"{folder}criterion.tar.gz" in aws.objects
    assert aws.objects[f"/mine/{FOLDER}benchmark.log"] == b"tiny"
    assert kept(directory)["complete"]


def test_nothing_that_a_link_leads_to_is_uploaded_and_no_more_than_the_limit(
    aws: Services, directory: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret")
    (directory / "criterion.tar.gz").symlink_to(tmp_path / "secret")
    (directory / "benchmark.log").write_bytes(b"x" * 5000)
    (directory / "run.status").write_text("timeout killed TERM\n")
    program.main(directory)
    assert names(aws) == ["benchmark.log", "host.json"]
    assert aws.objects[f"/mine/{FOLDER}benchmark.log"] == b"x" * 1000


def test_an_attempt_of_which_nothing_was_written_is_not_uploaded_as_a_success(aws: Services, directory: Path) -> None:
    (directory / "build.status").write_text("exit-code exited 101\n")
    with pytest.raises(RestError):
        program.main(directory)
    assert aws.puts == []
    assert not kept(directory)["complete"]


def test_a_spot_notice_stops_what_is_measured_and_is_told_as_the_reason(aws: Services, directory: Path) -> None:
    (directory / "benchmark.log").write_text("tiny")
    aws.documents["meta-data/instance-life-cycle"] = "spot"
    aws.documents["meta-data/spot/instance-action"] = '{"action": "terminate"}'
    (directory / "build.status").write_text("success exited 0\n")
    systemctl = directory.parents[2] / "bin/systemctl"
    # As systemd does at the unit's end, see host.systemd_units.
    end = f'[ "$1" = stop ] && echo success killed TERM $(cat {directory}/stop-reason) >{directory}/run.status'
    systemctl.write_text(systemctl.read_text() + f"{end}\nexit 0\n")
    program.main(directory)
    assert "systemctl stop r1-1-build.service r1-1-run.service\n" in told(directory)
    said = json.loads(aws.objects[f"/mine/{FOLDER}host.json"])
    assert (said["run"], said["stopped"]) == (["success", "killed", "TERM", "spot-notice"], "spot-notice")


def test_only_a_spot_instance_is_asked_for_notices(aws: Services, directory: Path) -> None:
    watch = program.Watch(directory, program.read(directory / "upload.json"), program.Metadata(aws.address))
    looks = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            measured(directory)

    watch.sleep = sleep
    watch.wait()
    assert looks == [0.05] * 3
    assert aws.asked == ["/latest/meta-data/instance-life-cycle"]


@pytest.mark.parametrize(
    ("build", "grown", "results"),
    [
        ("success exited 0", ("benchmark.log", "activity"), {"build": "success exited 0", "run": program.CUT}),
        ("", ("benchmark.log",), {"build": program.CUT, "run": ""}),
        ("success exited 0", ("benchmark.log",), {"build": "success exited 0", "run": ""}),
        ("", (), {"build": "", "run": ""}),
    ],
)
def test_a_step_that_a_crash_has_cut_off_has_a_result_after_the_boot(
    directory: Path, build: str, grown: tuple[str, ...], results: dict[str, str]
) -> None:
    for name in grown:
        (directory / name).write_text("some")
    if build:
        (directory / "build.status").write_text(f"{build}\n")
    watch = program.Watch(directory, program.read(directory / "upload.json"), None)
    # Where systemd does not answer, it may run.
    for said in ("active\n", ""):
        (directory.parents[2] / "units").write_text(said)
        watch.note_cut()
        assert program.statuses(directory)["run"] == ""
    (directory.parents[2] / "units").write_text("inactive\n")
    watch.note_cut()
    assert program.statuses(directory) == results


def test_the_result_of_what_a_crash_has_cut_off_has_room_on_a_full_disk(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directory / "benchmark.log").write_text("some")
    (directory / "reserve").write_text("room")
    watch = program.Watch(directory, program.read(directory / "upload.json"), None)
    replace, tries = program.replace, []

    def full(path: Path, text: str) -> None:
        tries.append((directory / "reserve").exists())
        if len(tries) == 1:
            raise OSError(28, "No space left on device")
        replace(path, text)

    monkeypatch.setattr(program, "replace", full)
    monkeypatch.setattr(program, "WAITS", (0.01, 0.01))
    watch.note_cut()
    assert tries == [False, False]
    assert program.status(directory, "build") == program.CUT


def test_a_step_that_ends_while_it_is_looked_for_keeps_its_own_result(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directory / "benchmark.log").write_text("some")

    def ends(unit: str) -> bool:
        (directory / "build.status").write_text("success exited 0\n")
        return False

    monkeypatch.setattr(program, "active", ends)
    program.Watch(directory, program.read(directory / "upload.json"), None).note_cut()
    assert program.status(directory, "build") == "success exited 0"


def test_what_a_crash_has_cut_off_is_uploaded_after_the_boot_whoever_follows(aws: Services, directory: Path) -> None:
    (directory / "benchmark.log").write_text("tiny: 1 ns\n")
    (directory / "activity").write_text("1 11\n")
    (directory / "build.status").write_text("success exited 0\n")
    program.main(directory)
    said = json.loads(aws.objects[f"/mine/{FOLDER}host.json"])
    assert (said["run"], said["stopped"]) == (["signal", "killed", "KILL", "power-off"], "power-off")
    assert aws.objects[f"/mine/{FOLDER}benchmark.log"] == b"tiny: 1 ns\n"


def test_an_instance_of_an_image_made_from_this_one_neither_uploads_nor_ends(aws: Services, directory: Path) -> None:
    measured(directory)
    aws.documents["meta-data/instance-id"] = "i-2"
    assert program.main(directory) == 0
    assert aws.objects == {}
    assert told(directory) == ""


def test_an_instance_asks_again_who_it_is_until_it_is_told(
    aws: Services, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(directory)
    del aws.documents["meta-data/instance-id"]

    def wait(self: Any, seconds: float) -> None:
        aws.documents["meta-data/instance-id"] = "i-1"

    monkeypatch.setattr(program.Watch, "sleep", wait)
    assert program.main(directory) == 0
    assert f"/mine/{FOLDER}host.json" in aws.objects


def test_a_look_costs_nothing_while_it_measures_and_somebody_follows(directory: Path) -> None:
    watch = program.Watch(directory, program.read(directory / "upload.json"), None)
    (directory / "build.status").write_text("success exited 0\n")
    assert not watch.has_ended()
    assert told(directory) == ""


@pytest.mark.parametrize(("units", "ended"), [("active", False), ("deactivating", False), ("inactive", True)])
def test_what_nobody_goes_on_with_has_ended_unless_it_measures(directory: Path, units: str, ended: bool) -> None:
    watch = program.Watch(directory, program.read(directory / "upload.json"), None)
    (directory / "build.status").write_text("success exited 0\n")
    (directory.parents[2] / "units").write_text(f"{units}\n")
    os.utime(directory.parent / "heartbeat", (0, 0))
    assert watch.has_ended() is ended


@pytest.mark.parametrize(("keep", "expected"), [(False, True), (True, False)])
def test_an_instance_is_to_power_off_later_unless_it_is_kept(
    aws: Services, directory: Path, keep: bool, expected: bool
) -> None:
    order = json.loads((directory / "upload.json").read_text())
    (directory / "upload.json").write_text(json.dumps({**order, "keep": keep}))
    measured(directory)
    program.main(directory)
    timer = "systemd-run --collect --unit=r1-power-off --on-active=300 --on-unit-inactive=30"
    assert (timer in told(directory)) is expected


def test_an_attempt_that_goes_on_after_all_is_waited_for_and_uploaded_when_it_has_ended(
    aws: Services, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directory / "benchmark.log").write_text("built\n")
    (directory / "build.status").write_text("success exited 0\n")
    heartbeat = directory.parent / "heartbeat"
    os.utime(heartbeat, (0, 0))
    aws.answers = [(503, "SlowDown")] * 3
    at = []

    def come_back(self: Any, seconds: float) -> None:
        at.append(seconds)
        if len(at) == 2:
            heartbeat.touch()
            (directory / "benchmark.log").write_text("built\ntiny: ")
        elif len(at) == 5:
            # Nothing of what was just written was taken for the end.
            assert aws.objects == {}
            measured(directory)

    monkeypatch.setattr(program.Watch, "sleep", come_back)
    assert program.main(directory) == 0
    assert json.loads(aws.objects[f"/mine/{FOLDER}host.json"])["run"] == ["success", "exited", "0"]
    assert aws.objects[f"/mine/{FOLDER}benchmark.log"] == b"tiny: 1 ns\n"
    assert kept(directory)["ended"] == {"build": "success exited 0", "run": "success exited 0"}


def test_what_may_be_there_of_an_attempt_that_goes_on_is_not_taken_for_its_end(
    aws: Services, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directory / "benchmark.log").write_text("built\n")
    (directory / "build.status").write_text("success exited 0\n")
    heartbeat = directory.parent / "heartbeat"
    os.utime(heartbeat, (0, 0))
    aws.answers = [(0, "")] * 2
    at = []

    def come_back(self: Any, seconds: float) -> None:
        at.append(seconds)
        if len(at) == 1:
            aws.objects[f"/mine/{FOLDER}benchmark.log"] = b"built\n"
            heartbeat.touch()
        elif len(at) == 3:
            measured(directory)
            subprocess.run(attempt_files.found_command(str(directory)), check=True)

    monkeypatch.setattr(program.Watch, "sleep", come_back)
    program.main(directory)
    assert aws.objects[f"/mine/{FOLDER.rstrip('/')}.2/benchmark.log"] == b"tiny: 1 ns\n"


def test_who_comes_back_after_the_upload_finds_the_unit_at_work(
    aws: Services, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directory / "benchmark.log").write_text("built\n")
    (directory / "build.status").write_text("success exited 0\n")
    heartbeat = directory.parent / "heartbeat"
    os.utime(heartbeat, (0, 0))
    upload = program.Uploads.all

    def uploaded_meanwhile(self: Any) -> bool:
        done: bool = upload(self)
        heartbeat.touch()
        return done

    def end(self: Any, seconds: float) -> None:
        # Nothing is written to the log: what was said of the end has changed all the same.
        (directory / "run.status").write_text("success exited 0\n")

    monkeypatch.setattr(program.Uploads, "all", uploaded_meanwhile)
    monkeypatch.setattr(program.Watch, "sleep", end)
    program.main(directory)
    again = f"/mine/{FOLDER.rstrip('/')}.2/host.json"
    assert json.loads(aws.objects[f"/mine/{FOLDER}host.json"])["run"] is None
    assert json.loads(aws.objects[again])["run"] == ["success", "exited", "0"]


@pytest.mark.parametrize(
    "attempts",
    [
        # It was measured after what was uploaded.
        {"1": ({"complete": True, "ended": {"build": "success exited 0", "run": ""}}, "success exited 0")},
        {"1": ({"complete": False, "ended": {"build": "success exited 0", "run": "timeout killed TERM"}}, "timeout")},
        {"1": ({}, "success exited 0")},
        {"1": None, "2": ({}, "success exited 0")},
        {"2": ({}, "")},
    ],
)
def test_an_instance_stays_on_while_s3_does_not_have_the_results_of_every_attempt(
    directory: Path, attempts: dict[str, tuple[dict[str, Any], str] | None]
) -> None:
    (directory.parent / "heartbeat").unlink()
    saved(directory)
    for number, found in attempts.items():
        if found:
            state, run = found
            one = directory.parent / number
            one.mkdir(exist_ok=True)
            (one / "uploaded.json").write_text(json.dumps(state))
            (one / "benchmark.log").write_text("some")
            (one / "build.status").write_text("success exited 0\n")
            (one / "run.status").write_text(run)
    program.check(directory)
    assert "poweroff" not in told(directory)


def saved(directory: Path) -> None:
    """Have an attempt that was measured and uploaded."""
    measured(directory)
    ended = {"build": "success exited 0", "run": "success exited 0"}
    (directory / "uploaded.json").write_text(json.dumps({"complete": True, "ended": ended}))


@pytest.mark.parametrize(
    ("age", "units", "expected"),
    [
        (0, "", False),
        # Somebody has come back, and is about to look at the run again.
        (-1700, "", False),
        (400, "", True),
        # The next attempt is measured.
        (400, "r1-2-run.service loaded active running\n", False),
        (400, "r1-power-off.service loaded activating start\n", True),
        (None, "", True),
    ],
)
def test_an_instance_that_nobody_follows_is_powered_off(
    directory: Path, age: int | None, units: str, expected: bool
) -> None:
    heartbeat = directory.parent / "heartbeat"
    saved(directory)
    # That one was never begun.
    (directory.parent / "2").mkdir()
    (directory.parent / "2/benchmark.log").touch()
    heartbeat.unlink() if age is None else os.utime(heartbeat, (time.time() - age,) * 2)
    (directory.parents[2] / "units").write_text(units)
    program.check(directory)
    assert ("systemctl poweroff" in told(directory)) is expected


def test_an_instance_that_is_to_be_kept_meanwhile_is_not_powered_off(directory: Path) -> None:
    order = json.loads((directory / "upload.json").read_text())
    (directory / "upload.json").write_text(json.dumps({**order, "keep": True}))
    saved(directory)
    (directory.parent / "heartbeat").unlink()
    program.check(directory)
    assert "poweroff" not in told(directory)


@pytest.mark.parametrize(("keeps", "expected"), [((False, True), False), ((True, False), True)])
def test_whether_an_instance_is_kept_is_what_its_newest_attempt_was_told(
    directory: Path, keeps: tuple[bool, bool], expected: bool
) -> None:
    saved(directory)
    change(directory, keep=keeps[0])
    for number in ("10", "11"):
        (directory.parent / number).mkdir()
    (directory.parent / "10/upload.json").write_text((directory / "upload.json").read_text())
    change(directory.parent / "10", keep=keeps[1])
    (directory.parent / "heartbeat").unlink()
    program.check(directory)
    assert ("poweroff" in told(directory)) is expected


def test_whoever_goes_on_with_an_earlier_attempt_decides_whether_an_instance_is_kept(directory: Path) -> None:
    saved(directory)
    (directory.parent / "2").mkdir()
    (directory.parent / "2/upload.json").write_text((directory / "upload.json").read_text())
    os.utime(directory.parent / "2/upload.json", (time.time() - 60,) * 2)
    change(directory, keep=True)
    (directory.parent / "heartbeat").unlink()
    program.check(directory)
    assert "poweroff" not in told(directory)


@pytest.mark.parametrize("keep", [False, True])
def test_whether_an_instance_is_to_power_off_later_is_what_its_newest_attempt_was_told(
    aws: Services, directory: Path, keep: bool
) -> None:
    change(directory, keep=not keep)
    (directory.parent / "2").mkdir()
    (directory.parent / "2/upload.json").write_text((directory / "upload.json").read_text())
    change(directory.parent / "2", keep=keep)
    measured(directory)
    program.main(directory)
    assert ("--unit=r1-power-off" in told(directory)) is not keep


def test_at_a_shutdown_what_there_is_is_uploaded_at_once_and_no_credentials_are_left(
    aws: Services, directory: Path
) -> None:
    (directory / "benchmark.log").write_text("tiny: ")
    script = (
        f"import runpy, sys; m = runpy.run_path({str(SCRIPT)!r}); m['main'].__globals__['METADATA'] = sys.argv[2]; "
    )
    script += "from pathlib import Path; sys.exit(m['main'](Path(sys.argv[1])))"
    process = subprocess.Popen([sys.executable, "-I", "-c", script, directory, aws.address], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not aws.asked and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.poll() is None
    (directory / "run.status").write_text("success killed TERM power-off\n")
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert names(aws) == ["benchmark.log", "host.json"]
    assert json.loads(aws.objects[f"/mine/{FOLDER}host.json"])["stopped"] == "power-off"
    assert "systemd-run" not in told(directory)
    left = b"".join(path.read_bytes() for path in directory.iterdir() if path.is_file())
    assert b"hush" not in left + said
    assert b"session" not in left + said


def test_what_is_noted_is_flushed_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, bool]] = []
    file, fsync = tmp_path / "uploaded.json", os.fsync

    def flush(descriptor: int) -> None:
        done.append((str(Path(f"/proc/self/fd/{descriptor}").readlink()), file.exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", flush)
    program.write(file, {})
    assert done == [(f"{file}.new", False), (f"{tmp_path}", True)]


@pytest.mark.parametrize("text", ["", "{", None])
def test_an_order_that_is_damaged_is_no_success(
    directory: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    file = directory / "upload.json"
    file.unlink() if text is None else file.write_text(text)
    assert program.main(directory) == (0 if text is None else 1)
    said = capsys.readouterr().err
    assert said.startswith(f"There is no {file}." if text is None else f"{file} is damaged, ")


def test_a_pipe_or_directory_in_a_files_place_is_no_file(directory: Path) -> None:
    os.mkfifo(directory / "pipe")
    with pytest.raises(OSError, match="is no file"):
        program.opened(directory / "pipe")
    assert stat.S_ISFIFO((directory / "pipe").stat().st_mode)
