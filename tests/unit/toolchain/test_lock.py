"""The lock file that a source lacks, made on the host by stand-ins for Cargo and the compiler."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from benchmarks.paths import ROOT

SCRIPT = ROOT / "roles/toolchain/files/lock.py"


class Host:
    """A source, and a Cargo whose locks say how often it has made one, for which compiler, and how it was told to."""

    def __init__(self, root: Path) -> None:
        self.source = root / "source/one-1.0.0"
        self.source.mkdir(parents=True)
        self.lock = self.source / "Cargo.lock"
        self._bin = root / "bin"
        self._bin.mkdir()
        self._program("cargo", 'echo "$(rustc -vV) $CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS" >Cargo.lock')
        self.compiler("rustc 1.85.0")

    def _program(self, name: str, text: str) -> None:
        path = self._bin / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def compiler(self, version: str) -> None:
        self._program("rustc", f"echo {version}")

    def cargo_fails(self) -> None:
        self._program("cargo", "echo 'error: no such crate' >&2; exit 101")

    def make(self, most_bytes: int = resource.RLIM_INFINITY, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, SCRIPT, self._bin / "cargo", self.source],
            preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": f"{self._bin}{os.pathsep}{os.environ['PATH']}", **environment},
        )


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_lock_is_made_that_suits_the_compiler(host: Host) -> None:
    assert host.make().stdout == "Made Cargo.lock\n"
    assert host.lock.read_text() == "rustc 1.85.0 fallback\n"


def test_a_lock_is_made_once(host: Host) -> None:
    host.make()
    assert host.make().stdout == ""


def test_a_lock_of_ours_is_made_again_for_another_compiler(host: Host) -> None:
    host.make()
    host.compiler("rustc 1.95.0")
    assert host.make().stdout == "Made Cargo.lock\n"
    assert host.lock.read_text() == "rustc 1.95.0 fallback\n"


@pytest.mark.parametrize("earlier", [False, True], ids=["first", "after a lock of ours"])
def test_a_lock_that_the_source_brings_is_never_touched(host: Host, earlier: bool) -> None:
    if earlier:
        host.make()
    host.lock.write_text("brought\n")
    host.compiler("rustc 1.95.0")
    assert host.make().stdout == ""
    assert host.lock.read_text() == "brought\n"


def test_what_the_user_says_of_versions_counts(host: Host) -> None:
    host.make(CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS="allow")
    assert host.lock.read_text() == "rustc 1.85.0 allow\n"


def test_a_lock_that_cannot_be_made_fails_as_cargo_does_and_is_tried_again(host: Host) -> None:
    host.make()
    host.compiler("rustc 1.95.0")
    host.cargo_fails()
    failed = host.make()
    assert (failed.returncode, failed.stderr) == (101, "error: no such crate\n")
    assert host.make().returncode == 101


def test_a_disk_that_fills_up_leaves_nothing_that_a_later_attempt_takes_for_whole(host: Host) -> None:
    # A limit on the size of files stands in for the disk: there is room for the lock file, and for half of its note.
    full = host.make(most_bytes=50)
    assert full.returncode == 1
    assert re.fullmatch(r"error: /.* cannot be written: File too large\n", full.stderr)
    assert not host.lock.exists()
    assert host.make().stdout == "Made Cargo.lock\n"
    assert host.make().stdout == ""
