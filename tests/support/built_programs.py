"""Programs that read exports, built from their registries once and kept in the user's cache."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock

from benchmarks.cli import developer_programs

# The newest that Debian 12's compilers can build, and newer ones too. What they read is the same in later versions:
# critcmp 0.1.8 differs from 0.1.7 in the versions of its libraries alone.
CRITCMP = "0.1.7"
BENCHSTAT = "v0.0.0-20230113213139-801c7ef9e5c5"
# Up to version 1.67, cargo reads crates.io's index as a git repository of gigabytes at GitHub, unless it may use an
# unstable feature: https://doc.rust-lang.org/cargo/CHANGELOG.html#cargo-168-2023-03-09. Later versions know it anyway.
SPARSE = {"CARGO_UNSTABLE_SPARSE_REGISTRY": "true", "RUSTC_BOOTSTRAP": "1"}


def critcmp() -> Path:
    """critcmp, for which cargo and crates.io are needed. Rust 1.63 or newer can build it."""
    directory = _cache() / f"critcmp-{CRITCMP}"
    options = ["--version", CRITCMP, "--locked", "--debug", "--config", "profile.dev.debug=0", "--root", str(directory)]
    return _built(directory / "bin/critcmp", ["cargo", "install", "critcmp", *options], SPARSE)


def benchstat() -> Path:
    """benchstat, for which go and Go's module proxy are needed. Go 1.19 or newer can build it."""
    directory = _cache() / f"benchstat-{BENCHSTAT}"
    package = f"golang.org/x/perf/cmd/benchstat@{BENCHSTAT}"
    return _built(directory / "benchstat", ["go", "install", package], {"GOBIN": str(directory), "GOFLAGS": ""})


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "benchmarks/programs")


def _built(program: Path, command: list[str], environment: Mapping[str, str]) -> Path:
    """The program, built by the command if it is not there. Raises AssertionError, which says what to install."""
    program.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{program}.lock"):
        if not program.exists():
            compiler = developer_programs.find(command[0])
            assert compiler, f"{program.name} is built by {command[0]}: install that, as ./inv test does by apt."
            done = subprocess.run(
                [compiler, *command[1:]],
                # cargo takes rustc from the PATH: its own, not another toolchain's.
                env={**os.environ, "PATH": f"{Path(compiler).parent}{os.pathsep}{os.environ['PATH']}", **environment},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stderr}"
    return program
