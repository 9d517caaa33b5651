"""SSH keys: those of a run, and the public half of the user's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.runs import run_layout

# One line that begins with the key's type, as in `ssh-ed25519 AAAA…`, or what PuTTY and ssh-keygen -e write.
_PUBLIC = re.compile(rb"\s*(?:(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-\S+ AAAA|-+ ?BEGIN (?:SSH2 |RSA )?PUBLIC KEY)")


@dataclass(frozen=True)
class KeyPair:
    """A private key's file and its public half as a line of OpenSSH's format."""

    file: Path
    public: str

    @property
    def private(self) -> str:
        return self.file.read_text()


def persistent_pair(path: Path) -> KeyPair:
    """The ed25519 key at `path`, made there first where there is none; directory and file are the owner's alone."""
    # Imported here, since most commands need no key: it takes as long as all records.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        # Beside it first: what an interruption leaves half written must not pass for the key.
        part = path.with_name(f".{path.name}.part")
        part.touch(mode=0o600)
        part.write_bytes(private)
        part.replace(path)
    return KeyPair(path, public_half(path))


def cannot_be_read(path: Path) -> RefusedError:
    """What to say of a key file that is another user's."""
    return RefusedError(f"The key file {path} cannot be read: give it to the user who runs this, with mode 0400.")


def check_private(path: Path, content: bytes) -> None:
    """Raises RefusedError where the content of a key file is that of a public key."""
    if _PUBLIC.match(content):
        private = f", which is {path.with_suffix('')} by its name" if path.suffix == ".pub" else ""
        raise RefusedError(f"The key file {path} is the public half of a key: give the private one{private}.")


def public_half(path: Path) -> str:
    """The public half of a private key in PEM or OpenSSH format.

    Raises RefusedError where it cannot be read without asking.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        content = path.read_bytes()
        if content.startswith(b"-----BEGIN OPENSSH"):
            key = serialization.load_ssh_private_key(content, password=None)
        else:
            key = serialization.load_pem_private_key(content, password=None)  # type: ignore[assignment]
        encoded = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        return encoded.decode()
    except PermissionError:
        raise cannot_be_read(path) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise RefusedError(
            f"The key file {path} is not a private key that can be used unattended: it needs PEM or OpenSSH "
            f"format and no passphrase."
        ) from None


@dataclass(frozen=True)
class RunKeys:
    """The keys of a run: its hosts' own, and the one that may log in."""

    host: KeyPair
    login: str


def run_keys(directory: Path, key_file: Path | None) -> RunKeys:
    """The run's keys, made and kept in its directory on first use; to log in, the user's own where there is one."""
    host = persistent_pair(directory / run_layout.HOST_KEY)
    login = public_half(key_file) if key_file else persistent_pair(directory / run_layout.LOGIN_KEY).public
    return RunKeys(host, login)


def has_keys(directory: Path) -> bool:
    """Whether the run of a directory has made its keys there, as it does before it launches anything."""
    return (directory / run_layout.HOST_KEY).exists()
