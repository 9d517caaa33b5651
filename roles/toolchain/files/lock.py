"""Makes a lock file where the source has none, for the compiler that will build, and makes it again for another one.

Arguments: cargo, source directory. Runs on the host, with nothing but Python's standard library. Prints what it made.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

# Newest versions that the compiler can build, where the crates tell: Cargo 1.84 and later; others do not know it.
# https://doc.rust-lang.org/cargo/reference/config.html#resolverincompatible-rust-versions
SUITING = {"CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS": "fallback"}


def sha256(path: Path) -> str | None:
    """A file's checksum in hex, None where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def compiler(cargo: Path) -> str:
    done = subprocess.run([cargo.with_name("rustc"), "-vV"], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def main(cargo: Path, source: Path) -> int:
    lock = source / "Cargo.lock"
    # Beside the source, since it is none of it. The checksum tells a lock of ours from one that the source has brought.
    note = source.with_name(f"{source.name}.lock.json")
    noted = json.loads(note.read_text()) if note.exists() else {}
    there = sha256(lock)
    if there and there != noted.get("sha256"):
        return 0
    made_for = compiler(cargo)
    if there and noted["compiler"] == made_for:
        return 0
    lock.unlink(missing_ok=True)
    done = subprocess.run([cargo, "generate-lockfile"], cwd=source, env={**SUITING, **os.environ})
    if done.returncode == 0:
        note.write_text(json.dumps({"sha256": sha256(lock), "compiler": made_for}) + "\n")
        print("Made Cargo.lock")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
