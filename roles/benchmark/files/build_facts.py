"""Prints, as JSON, what a build has made and from which settings.

Arguments: cargo, source directory, log of the build, and a file that was written when the build had ended. Runs on the
host, with Python's standard library only. What cannot be had is null.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# The line that `cargo bench --no-run` prints for each target: its source file, and its program in parentheses.
# https://doc.rust-lang.org/cargo/commands/cargo-bench.html
EXECUTABLE = re.compile(r"  Executable .*? \((?P<path>.*/(?P<name>[^/]+)-[0-9a-f]+)\)\n?")


def output(*argv: str | Path, cwd: Path) -> str | None:
    """The output of a command, None if it does not exist or fails."""
    try:
        return subprocess.run(argv, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def executables(log: Path, source: Path, ended: Path) -> dict[str, str]:
    """SHA-256, in hex, of each program that the log names, by its name without the hash that Cargo appends.

    Only the last line for each name counts. A program that is newer than the end of the build is of another build.
    """
    try:
        with log.open(encoding="utf-8", errors="surrogateescape") as lines:
            matches = [match for line in lines if (match := EXECUTABLE.fullmatch(COLOURS.sub("", line)))]
        end = ended.stat().st_mtime_ns
    except OSError:
        return {}
    found = {match["name"]: source / match["path"] for match in matches}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items() if built(path, end)}


def built(path: Path, end: int) -> bool:
    """Whether a file is there, and was written until `end`, in nanoseconds since the epoch."""
    return path.is_file() and path.stat().st_mtime_ns <= end


def manifest(cargo: Path, source: Path) -> str | None:
    """The text of the Cargo.toml of the workspace's root, which alone has profiles; None if it cannot be read."""
    said = output(cargo, "metadata", "--no-deps", "--format-version=1", cwd=source)
    try:
        return (Path(json.loads(said)["workspace_root"]) / "Cargo.toml").read_text(encoding="utf-8") if said else None
    except (OSError, ValueError):
        return None


def facts(cargo: Path, source: Path, log: Path, ended: Path) -> dict[str, object]:
    return {
        "executables": executables(log, source, ended),
        "target_cpus": output(cargo.with_name("rustc"), "--print", "target-cpus", cwd=source),
        "manifest": manifest(cargo, source),
    }


if __name__ == "__main__":
    print(json.dumps(facts(*map(Path, sys.argv[1:5]))))
