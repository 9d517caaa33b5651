"""Which key files are refused, and with what sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.parameters import key_file
from tests.support.private_keys import write_key


def test_a_missing_key_file_is_refused(tmp_path: Path) -> None:
    key = tmp_path / "none.pem"
    with pytest.raises(RefusedError, match=rf"^The key file {re.escape(str(key))} does not exist: give the private"):
        key_file.check_key_file(key)


def test_a_key_file_in_another_users_directory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(_path: Path) -> bool:
        raise PermissionError

    # Root, as whom tests may run, can enter every directory.
    monkeypatch.setattr(Path, "is_file", deny)
    with pytest.raises(RefusedError, match=r"^The key file /private/key cannot be read: give it to the user who runs"):
        key_file.check_key_file(Path("/private/key"))


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o644, 0o620, 0o601])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    key = write_key(tmp_path / "open.pem", mode)
    with pytest.raises(RefusedError, match=rf"can be read by others, which ssh refuses: run chmod 0400 {key}$"):
        key_file.check_key_file(key)


def test_a_public_key_is_refused_as_a_key_file(tmp_path: Path) -> None:
    key = tmp_path / "id.pub"
    key.write_text("ssh-ed25519 AAAA me\n")
    with pytest.raises(RefusedError) as refused:
        key_file.check_key_file(key)
    assert str(refused.value) == (
        f"The key file {key} is the public half of a key: give the private one, which is {tmp_path}/id by its name."
    )


@pytest.mark.parametrize(
    "content",
    [
        "ecdsa-sha2-nistp256 AAAAE2VjZHNh me@box\n",
        "sk-ssh-ed25519@openssh.com AAAAGnNr\n",
        "-----BEGIN PUBLIC KEY-----\nMII\n",
        "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n",
    ],
)
def test_a_public_key_is_known_by_its_content(tmp_path: Path, content: str) -> None:
    (tmp_path / "mine").write_text(content)
    with pytest.raises(
        RefusedError, match=r"^The key file /.*/mine is the public half of a key: give the private one\.$"
    ):
        key_file.check_key_file(tmp_path / "mine")


def test_a_directory_is_refused_as_a_key_file(tmp_path: Path) -> None:
    with pytest.raises(
        RefusedError, match=rf"^The key file {tmp_path} is a directory: give the path of the private key"
    ):
        key_file.check_key_file(tmp_path)
