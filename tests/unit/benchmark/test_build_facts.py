"""What a host tells of a build, with stand-ins for Cargo and the compiler."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.paths import ROOT
from benchmarks.runs import builds

SCRIPT = ROOT / "roles/benchmark/files/build_facts.py"
END = 1_800_000_000  # Unix time


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Host:
    """A workspace with a member that is the source, and a build of it that has ended."""

    def __init__(self, root: Path) -> None:
        self.root, self.source = root, root / "work space/member"
        self.source.mkdir(parents=True)
        self.log, self.ended = root / "benchmark.log", root / "build.status"
        self.log.touch()
        self.ended.touch()
        os.utime(self.ended, (END, END))
        self.manifest = self.source.parent / "Cargo.toml"
        self.program("cargo", f"echo '{json.dumps({'workspace_root': str(self.source.parent)})}'")
        self.program("rustc", '[ "$PWD" = "$SOURCE" ] && echo "CPUs of $*"')

    def program(self, name: str, text: str) -> None:
        path = self.root / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def has(self, path: str, text: str, age: int = 60) -> None:
        """A file that was written `age` seconds before the build ended; `path` is relative to the source."""
        file = self.source / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        os.utime(file, (END - age, END - age))

    def facts(self) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, SCRIPT, self.root / "cargo", self.source, self.log, self.ended],
            check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, "SOURCE": str(self.source)},
        )
        found: dict[str, Any] = json.loads(done.stdout)
        assert found.keys() == set(builds.BuildFacts.__struct_fields__)
        return found


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_the_programs_that_cargo_names_are_identified(host: Host) -> None:
    host.has("target/release/deps/twin_a-0a1b2c3d4e5f6071", "one")
    host.has("../elsewhere (2)/release/deps/twin_b-1", "two")
    absolute = host.source / "../elsewhere (2)/release/deps/twin_b-1"
    host.log.write_text(
        "   Compiling one v1.0.0\n    Finished `bench` profile [optimized] target(s) in 0.13s\n"
        "  Executable benches/twin-a.rs (target/release/deps/twin_a-0a1b2c3d4e5f6071)\n"
        f"\x1b[1m\x1b[32m  Executable\x1b[0m benches/twin b.rs ({absolute})\n"
    )
    assert host.facts()["executables"] == {"twin_a": sha256("one"), "twin_b": sha256("two")}


def test_only_the_last_program_of_a_target_counts(host: Host) -> None:
    host.has("target/release/deps/a-1", "old")
    host.has("target/release/deps/a-2", "new")
    host.log.write_text("".join(f"  Executable benches/a.rs (target/release/deps/a-{n})\n" for n in (1, 2)))
    assert host.facts()["executables"] == {"a": sha256("new")}


def test_a_program_that_is_gone_or_was_built_later_is_left_out(host: Host) -> None:
    host.has("target/release/deps/later-1", "of another build", age=-1)
    host.has("target/release/deps/last-1", "the last thing done", age=0)
    host.log.write_text(
        "".join(f"  Executable benches/x.rs (target/release/deps/{name}-1)\n" for name in ("gone", "later", "last"))
    )
    assert host.facts()["executables"] == {"last": sha256("the last thing done")}


def test_other_lines_are_no_programs(host: Host) -> None:
    host.has("target/release/deps/a-1", "one")
    line = "  Executable benches/a.rs (target/release/deps/a-1)"
    host.log.write_bytes(f"x{line}\n{line} is what it was\n  Executable\n".encode() + b"\xff\xfe\n")
    assert host.facts()["executables"] == {}


@pytest.mark.parametrize("missing", ["log", "ended"])
def test_without_a_build_there_are_no_programs(host: Host, missing: str) -> None:
    host.has("target/release/deps/a-1", "one")
    host.log.write_text("  Executable benches/a.rs (target/release/deps/a-1)\n")
    getattr(host, missing).unlink()
    assert host.facts()["executables"] == {}


def test_the_manifest_is_that_of_the_workspaces_root(host: Host) -> None:
    host.has("Cargo.toml", "[package]\n")
    host.manifest.write_text("[workspace]\n# ä\n")
    assert host.facts()["manifest"] == "[workspace]\n# ä\n"


def test_the_compiler_is_asked_in_the_source(host: Host) -> None:
    assert host.facts()["target_cpus"] == "CPUs of --print target-cpus\n"


@pytest.mark.parametrize("answer", ["exit 101", "echo '{}'; exit 101", "echo nonsense"])
def test_what_cargo_and_the_compiler_do_not_say_is_null(host: Host, answer: str) -> None:
    host.manifest.write_text("[workspace]\n")
    host.program("cargo", answer)
    host.program("rustc", "exit 1")
    assert host.facts() == {"executables": {}, "target_cpus": None, "manifest": None}


def test_what_is_not_installed_says_nothing(host: Host) -> None:
    (host.root / "cargo").unlink()
    (host.root / "rustc").unlink()
    assert host.facts() == {"executables": {}, "target_cpus": None, "manifest": None}
