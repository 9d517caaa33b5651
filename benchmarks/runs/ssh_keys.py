"""SSH keys: those that a run creates, and the public half of the user's own."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.runs import run_layout

# OpenSSH's format, which begins with the key type (`ssh-ed25519 AAAA…`), or the formats of PuTTY and ssh-keygen -e.
_PUBLIC = re.compile(rb"\s*(?:(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-\S+ AAAA|-+ ?BEGIN (?:SSH2 |RSA )?PUBLIC KEY)")


@dataclass(frozen=True)
class KeyPair:
    """The file of a private key, and the public half as a line in OpenSSH format."""

    file: Path
    public: str

    @property
    def private(self) -> str:
        return self.file.read_text()


def persistent_pair(path: Path) -> KeyPair:
    """The ed25519 key at `path`, created if missing; only the owner can access its file and directory."""
    # Imported here because it is slow and most commands need no key.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        # Written to another file first, so that an interruption never leaves a partial key at `path`.
        part = path.with_name(f".{path.name}.part")
        part.touch(mode=0o600)
        part.write_bytes(private)
        part.replace(path)
    return KeyPair(path, public_half(path))


def cannot_be_read(path: Path) -> RefusedError:
    """The error for a key file that the user may not read."""
    return RefusedError(f"The key file {path} cannot be read: give it to the user who runs this, with mode 0400.")


def check_private(path: Path, content: bytes) -> None:
    """Raises RefusedError if a key file contains a public key."""
    if _PUBLIC.match(content):
        private = f", which is {path.with_suffix('')} by its name" if path.suffix == ".pub" else ""
        raise RefusedError(f"The key file {path} is the public half of a key: give the private one{private}.")


def public_half(path: Path) -> str:
    """The public half of a private key in PEM or OpenSSH format.

    Raises RefusedError if it cannot be read, or not without a passphrase.
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
    """The keys of a run: the host key of its instances, and the public key that may log in."""

    host: KeyPair
    login: str


@dataclass(frozen=True)
class _NoKey(KeyPair):
    """In place of an ed25519 key in OpenSSH format, of the same size."""

    @property
    def private(self) -> str:
        body = "\n".join(textwrap.wrap("A" * 312, 70))
        return f"-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----\n"


def stand_in(key_file: Path | None) -> RunKeys:
    """Keys with which nobody can log in, of the size of `run_keys`: for asking EC2 whether it would accept a launch.

    EC2 looks at the size of user data and not into it, and a run's keys are created only if it launches.
    """
    public = "ssh-ed25519 " + "A" * 68
    return RunKeys(_NoKey(Path(), public), public_half(key_file) if key_file else public)


def run_keys(directory: Path, key_file: Path | None) -> RunKeys:
    """The run's keys, created in its directory on first use; `key_file` is the user's own login key, if given."""
    host = persistent_pair(directory / run_layout.HOST_KEY)
    login = public_half(key_file) if key_file else persistent_pair(directory / run_layout.LOGIN_KEY).public
    return RunKeys(host, login)


def has_keys(directory: Path) -> bool:
    """Whether the run's keys are in its directory; they are created before anything is launched."""
    return (directory / run_layout.HOST_KEY).exists()
