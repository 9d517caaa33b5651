"""The user's private SSH key: the default one, and which keys are refused."""

from __future__ import annotations

import stat
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.runs import ssh_keys

DEFAULT_KEY_FILE = Path("~/benchmarks.pem")


def default_key_file() -> str | None:
    """The path of the key to use if none is given; None if it does not exist."""
    path = DEFAULT_KEY_FILE.expanduser()
    return str(path) if path.is_file() else None


def of_run(recorded: str) -> str:
    """The path now of a key that a run was begun with: the recorded one, or that of the default key.

    The home directory may be another one now, as it is in each container, and with it the path of the default key.
    Whether that has the same key is for run_machine.check_machine to say.
    """
    default = default_key_file()
    was_default = Path(recorded).name == DEFAULT_KEY_FILE.name
    return default if default and was_default and not _is_there(Path(recorded)) else recorded


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except PermissionError:  # in a home directory of another user
        return False


def check_key_file(path: Path) -> None:
    """Raises RefusedError unless `path` is a private key without a passphrase that only its owner can read."""
    try:
        is_directory, exists = path.is_dir(), path.is_file()
        content = path.read_bytes() if exists else b""
    except PermissionError:
        raise ssh_keys.cannot_be_read(path) from None
    if is_directory:
        raise RefusedError(f"The key file {path} is a directory: give the path of the private key itself.")
    if not exists:
        raise RefusedError(
            f"The key file {path} does not exist: give the private key's path by --key-file; a new run that is given "
            "none makes its own."
        )
    # Before the mode: a public key may be readable by others, and the mistake is another one.
    ssh_keys.check_private(path, content)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise RefusedError(f"The key file {path} can be read by others, which ssh refuses: run chmod 0400 {path}")
    ssh_keys.public_half(path)
