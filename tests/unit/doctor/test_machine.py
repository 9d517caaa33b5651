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


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, False),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4711"}, True),
        ({"AWS_ENDPOINT_URL": "http://localhost:4711/"}, True),
        ({"AWS_ENDPOINT_URL": "http://[::1]:4711"}, True),
        ({"AWS_ENDPOINT_URL_EC2": "http://127.0.0.1:4711"}, True),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4711", "AWS_ENDPOINT_URL_EC2": "https://ec2.example.com"}, False),
        ({"AWS_ENDPOINT_URL": "https://vpce-1.ec2.eu-central-1.vpce.amazonaws.com"}, False),
        ({"AWS_ENDPOINT_URL": "nonsense"}, False),
        ({"AWS_ENDPOINT_URL": "http://[broken"}, False),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, False),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "BENCHMARKS_COMMAND": "podman run benchmarks"}, False),
    ],
)
def test_the_sandbox_is_asked_for_by_an_endpoint_on_this_machine(environment: dict[str, str], asked: bool) -> None:
    assert machine.asks_for_sandbox(environment) is asked


def test_the_engine_that_answers_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def program(name: str, script: str) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.engine_version() is None
    # A client without an engine.
    program("docker", "echo; exit 1")
    assert machine.engine_version() is None
    program("docker", "echo 28.1.0")
    assert machine.engine_version() == "docker 28.1.0"
    program("podman", "echo 5.4.2")
    assert machine.engine_version() == "podman 5.4.2"
    assert machine.of_engine("podman 5.4.2").text == "podman 5.4.2, for the sandbox's instances"
