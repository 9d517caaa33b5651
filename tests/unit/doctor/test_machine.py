"""What this machine needs for runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.aws import aws_errors
from benchmarks.doctor import machine, questions


def checks(collections: list[str], ssh: str | None = "OpenSSH_9.2p1, OpenSSL 3.0") -> dict[str, tuple[str, str]]:
    found = questions.answer(machine.questions("2.19.14", collections, lambda: ssh), aws_errors.sentence)
    return {check.name: (check.result, check.text) for check in found}


def test_ssh_is_named_with_its_version() -> None:
    assert checks([])["ssh"] == ("ok", "OpenSSH_9.2p1")
    assert checks([], "")["ssh"][0] == "ok"


def test_missing_ssh_is_told_with_the_package_that_has_it() -> None:
    result, text = checks([], None)["ssh"]
    assert result == "failed"
    assert "apt-get install openssh-client" in text


def test_the_collection_is_looked_for_in_ansibles_directories(tmp_path: Path) -> None:
    result, text = checks([str(tmp_path / "a"), str(tmp_path)])["ansible"]
    assert result == "failed"
    assert f"ansible-galaxy collection install -r requirements.yml -p {tmp_path / 'a'}." in text
    file = tmp_path / machine.COLLECTION
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    result, text = checks([str(tmp_path / "a"), str(tmp_path)])["ansible"]
    assert result == "ok"
    assert text.startswith("ansible-core 2.19.14 on Python 3.")


def test_the_client_on_the_path_is_asked_for_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.ssh_version() is None
    (tmp_path / "ssh").write_text("#!/bin/sh\necho 'OpenSSH_10.0p2, more' >&2\n")
    (tmp_path / "ssh").chmod(0o755)
    assert machine.ssh_version() == "OpenSSH_10.0p2, more"
