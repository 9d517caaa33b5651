"""The private key of the user's own: which is used where none is given, and which cannot be used."""

from __future__ import annotations

import stat
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.runs import ssh_keys

DEFAULT_KEY_FILE = Path("~/benchmarks.pem")


def usual_key_file() -> str | None:
    """The key that is used where none is given, if there is one."""
    path = DEFAULT_KEY_FILE.expanduser()
    return str(path) if path.is_file() else None


def check_key_file(path: Path) -> None:
    """Raises RefusedError unless `path` is a private key, without a passphrase and for its owner alone."""
    try:
        is_directory, there = path.is_dir(), path.is_file()
        content = path.read_bytes() if there else b""
    except PermissionError:
        raise ssh_keys.cannot_be_read(path) from None
    if is_directory:
        raise RefusedError(f"The key file {path} is a directory: give the path of the private key itself.")
    if not there:
        raise RefusedError(
            f"The key file {path} does not exist: give the private key's path, or leave key_file out for a new key."
        )
    # Before its mode, since a public key is for all to read.
    ssh_keys.check_private(path, content)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise RefusedError(f"The key file {path} can be read by others, which ssh refuses: run chmod 0400 {path}")
    ssh_keys.public_half(path)
