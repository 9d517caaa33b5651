"""Whether a source has the requested version, as far as that can be told before the launch."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.preflight import source_check
from benchmarks.runs.records import Source

ENTRIES = [{"vers": "1.0.0", "cksum": "00"}, {"vers": "1.1.0", "cksum": "11"}]
ANSWERS = {
    "/pl/on/plonky2": (200, "\n".join(map(json.dumps, ENTRIES))),
    "/br/ok/broken": (200, "<html>"),
    "/od/d_/odd_entry": (200, "[1]"),
    "/te/ap/teapot": (418, ""),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = ANSWERS.get(self.path, (404, ""))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_version_that_exists_passes(index: str) -> None:
    assert source_check.check(Source(crate="plonky2", ref="1.1.0"), index) == ()


@pytest.mark.parametrize(
    ("crate", "version", "sentence"),
    [
        ("plonky2", "1.2.0", "plonky2 has no version 1.2.0 on crates.io; it has 1.0.0, 1.1.0."),
        ("plonky2", "v1.1.0", "but 1.1.0: leave out the v."),
        ("plonky3", "1.0.0", "There is no crate plonky3 on crates.io."),
    ],
)
def test_a_crate_or_version_that_does_not_exist_is_refused(index: str, crate: str, version: str, sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        source_check.check(Source(crate=crate, ref=version), index)
    assert str(refused.value).endswith(sentence)


@pytest.mark.parametrize(
    ("crate", "why"),
    [("teapot", "answers 418"), ("broken", "is not an entry of an index"), ("odd_entry", "is not an entry")],
)
def test_an_index_that_makes_no_sense_is_a_warning(index: str, crate: str, why: str) -> None:
    (warning,) = source_check.check(Source(crate=crate, ref="1.0.0"), index)
    assert warning.startswith(f"Whether {crate} 1.0.0 exists could not be checked before the launch: {index}/")
    assert why in warning


def test_an_index_that_does_not_answer_is_a_warning() -> None:
    (warning,) = source_check.check(Source(crate="plonky2", ref="1.1.0"), "http://127.0.0.1:1")
    assert "does not answer from here" in warning


@pytest.fixture
def repository(tmp_path: Path) -> str:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        ["commit", "--quiet", "--allow-empty", "--message=one"],
        ["branch", "feature/fast"],
        ["tag", "v1"],
        ["tag", "--annotate", "v2", "--message=two"],
    ):
        subprocess.run([*git, *words], check=True)
    return f"file://{tmp_path}"


@pytest.mark.parametrize("ref", ["main", "feature/fast", "v1", "v2", "HEAD", "refs/heads/main", "heads/main"])
def test_a_branch_or_tag_that_exists_passes(repository: str, ref: str) -> None:
    assert source_check.check(Source(git=repository, ref=ref), "") == ()


@pytest.mark.parametrize("ref", ["fast", "v3", "mian", "abc", "release-1.0"])
def test_a_branch_or_tag_that_does_not_exist_is_refused(repository: str, ref: str) -> None:
    with pytest.raises(RefusedError, match=f"has no branch or tag {ref}: check --ref"):
        source_check.check(Source(git=repository, ref=ref), "")


@pytest.mark.parametrize("ref", ["0123", "A" * 40, "a" * 40, "origin/main", "v1^{}", "main~2", "main@{0}"])
def test_a_commit_is_a_warning(repository: str, ref: str) -> None:
    (warning,) = source_check.check(Source(git=repository, ref=ref), "")
    assert warning == f"The commit {ref} of {repository} can be checked on the instance only."


def test_a_repository_that_does_not_answer_is_a_warning(tmp_path: Path) -> None:
    (warning,) = source_check.check(Source(git=f"file://{tmp_path}/nowhere", ref="main"), "")
    assert "does not answer from here" in warning
    assert "does not appear to be a git repository" in warning


def test_a_machine_without_git_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    (warning,) = source_check.check(Source(git="https://example.org/x", ref="main"), "")
    assert warning.endswith("git is not installed here.")


def test_git_cannot_ask_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "git"
    fake.write_text('#!/bin/sh\necho "fatal: $GIT_TERMINAL_PROMPT $GIT_SSH_COMMAND $*" >&2\nexit 128\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    (warning,) = source_check.check(Source(git="git@example.org:x", ref="main"), "")
    assert "0 ssh -o BatchMode=yes -o ConnectTimeout=10 ls-remote -- git@example.org:x main" in warning


def test_a_slow_repository_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*arguments: Any, **_: Any) -> None:
        raise subprocess.TimeoutExpired("git", 20)

    monkeypatch.setattr(subprocess, "run", slow)
    (warning,) = source_check.check(Source(git="https://example.org/x", ref="main"), "")
    assert "does not answer from here within 20 seconds" in warning


@pytest.mark.parametrize("source", [Source(path="/crate"), Source(git="https://example.org/x")])
def test_nothing_is_checked_without_a_ref(source: Source) -> None:
    assert source_check.check(source, "") == ()


def test_an_index_without_an_url_is_a_warning() -> None:
    (warning,) = source_check.check(Source(crate="plonky2", ref="1.1.0"), "index")
    assert "does not answer from here" in warning
