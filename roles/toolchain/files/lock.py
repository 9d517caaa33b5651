"""Generates Cargo.lock for a source that has none, and generates it again when the compiler changes.

Arguments: cargo, source directory. Runs on the host, with Python's standard library only. Prints a line if it did.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

# Choose versions that the compiler can build, if the crates declare that. Cargo before 1.84 ignores this.
# https://doc.rust-lang.org/cargo/reference/config.html#resolverincompatible-rust-versions
SUITING = {"CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS": "fallback"}


def sha256(path: Path) -> str | None:
    """SHA-256 of a file in hex, None if it does not exist."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def compiler(cargo: Path) -> str:
    done = subprocess.run([cargo.with_name("rustc"), "-vV"], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def main(cargo: Path, source: Path) -> int:
    lock = source / "Cargo.lock"
    # Next to the source, of which it is no part. The checksum tells a generated lock file from the source's own.
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
    if done.returncode:
        return done.returncode
    # Moved into place: a note that was cut off by a full disk could not be read again. Without it, the lock file would
    # pass for the source's own.
    part = note.with_suffix(".part")
    try:
        part.write_text(json.dumps({"sha256": sha256(lock), "compiler": made_for}) + "\n")
        part.replace(note)
    except OSError as error:
        lock.unlink()
        print(f"error: {part} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    print("Made Cargo.lock")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
