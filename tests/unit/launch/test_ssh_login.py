"""Logging in to a run's instance from the run's directory alone."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from benchmarks.errors import FailedError
from benchmarks.launch import ssh_login

INSTANCE = {"InstanceId": "i-1", "PublicIpAddress": "192.0.2.7", "PrivateIpAddress": "10.0.0.7"}


def options(argv: list[str]) -> dict[str, str]:
    """What follows each -o."""
    given = [word for before, word in itertools.pairwise(argv) if before == "-o"]
    return dict(option.split("=", 1) for option in given)


def test_the_runs_own_keys_and_the_instances_key_are_used_and_no_settings_of_the_users(tmp_path: Path) -> None:
    (tmp_path / "parameters.yml").write_text("ssh_port: 2222\nkey_file: null\n")
    argv = ssh_login.argv(tmp_path, INSTANCE, "true")
    assert argv[:5] == ["ssh", "-F", "none", "-p", "2222"]
    assert argv[-2:] == ["benchmarks@192.0.2.7", "true"]
    told = options(argv)
    assert told["IdentityFile"] == f"{tmp_path}/keys/login"
    assert told["UserKnownHostsFile"] == f"{tmp_path}/known_hosts"
    assert (told["HostKeyAlias"], told["StrictHostKeyChecking"], told["BatchMode"]) == ("i-1", "yes", "yes")


def test_the_users_key_is_used_where_the_run_has_one_and_the_private_address_where_there_is_no_other(
    tmp_path: Path,
) -> None:
    (tmp_path / "parameters.yml").write_text("key_file: /my/key\n")
    argv = ssh_login.argv(tmp_path, {"InstanceId": "i-1", "PrivateIpAddress": "10.0.0.7"})
    assert options(argv)["IdentityFile"] == "/my/key"
    assert argv[-1] == "benchmarks@10.0.0.7"
    assert argv[argv.index("-p") + 1] == "22"


def test_the_users_default_key_is_used_from_where_it_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "another"
    home.mkdir()
    (home / "benchmarks.pem").touch()
    monkeypatch.setenv("HOME", str(home))
    (tmp_path / "parameters.yml").write_text(f"key_file: {tmp_path}/home/benchmarks.pem\n")
    assert options(ssh_login.argv(tmp_path, INSTANCE))["IdentityFile"] == f"{home}/benchmarks.pem"


def test_a_run_whose_parameters_are_gone_cannot_be_logged_in_to(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match=r"parameters\.yml cannot be read"):
        ssh_login.argv(tmp_path, INSTANCE)
    assert not ssh_login.power_off(tmp_path, INSTANCE)


@pytest.mark.parametrize(("code", "told"), [(0, True), (255, False)])
def test_an_instance_is_told_to_switch_itself_off_where_it_can_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, told: bool
) -> None:
    (tmp_path / "parameters.yml").write_text("ssh_port: 22\n")
    ssh = tmp_path / "bin/ssh"
    ssh.parent.mkdir()
    ssh.write_text(f'#!/bin/sh\necho "$*" >{tmp_path}/said\nexit {code}\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{ssh.parent}:/usr/bin:/bin")
    assert ssh_login.power_off(tmp_path, INSTANCE, timeout=2) is told
    assert (
        (tmp_path / "said")
        .read_text()
        .endswith("benchmarks@192.0.2.7 sudo -n systemd-run --quiet --on-active=1 systemctl poweroff\n")
    )
    ssh.unlink()
    monkeypatch.setenv("PATH", str(ssh.parent))
    assert not ssh_login.power_off(tmp_path, INSTANCE)


def test_an_instance_that_still_boots_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "parameters.yml").write_text("ssh_port: 22\n")
    ssh = tmp_path / "bin/ssh"
    ssh.parent.mkdir()
    ssh.write_text(f"#!/bin/sh\necho once >>{tmp_path}/calls\n[ $(wc -l <{tmp_path}/calls) -ge 3 ] || exit 255\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{ssh.parent}:/usr/bin:/bin")
    slept: list[float] = []
    assert ssh_login.power_off(tmp_path, INSTANCE, sleep=slept.append)
    assert slept == [1, 1]
