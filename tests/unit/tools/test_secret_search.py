"""The tests' own search for secrets finds those that are there."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from tests.support import secret_search

SECRET = {"TOKEN": "ab/c+d=="}


def test_arguments_of_a_process_are_seen() -> None:
    # It waits for input, which never comes, until it was seen.
    command = [sys.executable, "-c", "input()", "canary"]
    with (
        secret_search.watched_processes() as seen,
        subprocess.Popen(command, stdin=subprocess.PIPE) as process,
    ):
        deadline = time.monotonic() + 30
        while not any(b"canary" in line for line in set(seen.arguments)) and time.monotonic() < deadline:
            time.sleep(secret_search.INTERVAL)
        process.kill()
    assert any(b"canary" in line for line in seen.arguments)


@pytest.mark.parametrize("text", [b"x ab/c+d== y", b"https://x?t=ab%2Fc%2Bd%3D%3D"])
def test_a_secret_is_found_as_it_is_and_in_a_url(text: bytes) -> None:
    assert secret_search.leaks(SECRET, [("log", text), ("other", b"ab")]) == ["TOKEN is in log."]


def test_a_signed_link_may_have_its_token() -> None:
    link = b"http://x/log?X-Amz-Security-Token=ab%2Fc%2Bd%3D%3D&X-Amz-Signature=" + b"0" * 64
    assert secret_search.leaks(SECRET, [("output", b"Log: " + link + b" end")]) == []
    assert secret_search.leaks(SECRET, [("output", link + b" ab/c+d==")]) == ["TOKEN is in output."]


def test_archives_are_looked_into(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "raw.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("folder/file")
        info.size = 8
        archive.addfile(info, io.BytesIO(b"ab/c+d=="))
    (tmp_path / "log.gz").write_bytes(gzip.compress(b"ab/c+d=="))
    found = secret_search.leaks(SECRET, secret_search.contents(tmp_path).items())
    assert sorted(found) == [
        f"TOKEN is in {tmp_path}/log.gz:.",
        f"TOKEN is in {tmp_path}/raw.tar.gz:folder/file.",
    ]
