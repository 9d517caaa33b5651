"""SSH keys, as OpenSSH itself sees them."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.runs import ssh_keys


def keygen(path: Path, *more: str) -> Path:
    command = ["ssh-keygen", "-q", "-N", "", "-C", "", "-f", str(path), *more]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def public_half_by_openssh(path: Path) -> str:
    command = ["ssh-keygen", "-y", "-P", "", "-f", str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_new_pair_is_one_that_openssh_reads_and_only_its_owner(tmp_path: Path) -> None:
    pair = ssh_keys.persistent_pair(tmp_path / "keys/host")
    assert pair.public == public_half_by_openssh(pair.file)
    assert pair.public.startswith("ssh-ed25519 ")
    assert stat.S_IMODE(pair.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(pair.file.parent.stat().st_mode) == 0o700


def test_a_pair_that_is_there_is_kept(tmp_path: Path) -> None:
    first = ssh_keys.persistent_pair(tmp_path / "login")
    assert ssh_keys.persistent_pair(tmp_path / "login") == first
    assert first.private == (tmp_path / "login").read_text()


@pytest.mark.parametrize(
    "kind",
    [
        ("-t", "ed25519"),
        ("-t", "rsa", "-b", "2048"),
        ("-t", "rsa", "-b", "2048", "-m", "PEM"),
        ("-t", "ecdsa", "-m", "PKCS8"),
    ],
    ids=["ed25519", "rsa", "rsa-pem", "ecdsa-pkcs8"],
)
def test_the_public_half_is_as_openssh_gives_it(tmp_path: Path, kind: tuple[str, ...]) -> None:
    path = keygen(tmp_path / "key", *kind)
    assert ssh_keys.public_half(path) == public_half_by_openssh(path)


@pytest.mark.parametrize("kind", [("-t", "ed25519"), ("-t", "rsa", "-b", "2048", "-m", "PEM")], ids=["openssh", "pem"])
def test_a_key_with_a_passphrase_is_refused(tmp_path: Path, kind: tuple[str, ...]) -> None:
    path = keygen(tmp_path / "key", *kind, "-N", "secret")
    with pytest.raises(RefusedError) as refused:
        ssh_keys.public_half(path)
    assert str(refused.value) == (
        f"The key file {path} is not a private key that can be used unattended: it needs PEM or OpenSSH format and no "
        "passphrase."
    )


@pytest.mark.parametrize("content", [b"", b"hello", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", b"\xff\x00"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match="is not a private key that can be used unattended"):
        ssh_keys.public_half(path)


def test_a_key_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(_path: Path) -> bytes:
        raise PermissionError

    # Root, as whom tests may run, can read everything.
    monkeypatch.setattr(Path, "read_bytes", deny)
    with pytest.raises(RefusedError, match=r"cannot be read: give it to the user who runs this, with mode 0400\.$"):
        ssh_keys.public_half(tmp_path / "key")


def test_a_half_written_key_is_never_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_path: Path, _content: bytes) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "write_bytes", stop)
        ssh_keys.persistent_pair(tmp_path / "keys/host")
    assert ssh_keys.persistent_pair(tmp_path / "keys/host").public.startswith("ssh-ed25519 ")


def test_the_users_own_key_is_the_one_that_may_log_in(tmp_path: Path) -> None:
    own = ssh_keys.persistent_pair(tmp_path / "own")
    assert ssh_keys.run_keys(tmp_path / "run", own.file).login == own.public
    assert not (tmp_path / "run/keys/login").exists()


def test_stand_ins_have_the_size_of_a_runs_keys_and_are_none(tmp_path: Path) -> None:
    real, none = ssh_keys.run_keys(tmp_path, None), ssh_keys.stand_in(None)
    assert len(none.host.private) == len(real.host.private)
    assert (len(none.host.public), len(none.login)) == (len(real.host.public), len(real.login))
    own = tmp_path / "keys/login"
    assert ssh_keys.stand_in(own).login == ssh_keys.public_half(own)
