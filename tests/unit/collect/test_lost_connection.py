"""What is collected from a host, and from one whose connection is lost meanwhile, which the play ignores."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.host import attempt_files
from benchmarks.paths import ROOT


def played(tmp_path: Path, connection: str, tasks: list[dict[str, Any]], **variables: Any) -> str:
    """What Ansible shows of tasks of the role on a host of this machine; "ssh" does not reach it."""
    here = tmp_path / "here"
    here.mkdir(exist_ok=True)
    play = {
        "hosts": "host-1",
        "gather_facts": False,
        "ignore_unreachable": True,
        "vars": {
            "collect_host": "i-1",
            "collect_attempt_dir": str(here),
            "collect_directory": str(tmp_path),
            **yaml.safe_load((ROOT / "roles/collect/vars/main.yml").read_text()),
            "__collect_directory": str(tmp_path / "host"),
            "ansible_connection": connection,
            "ansible_host": "127.0.0.1",
            "ansible_port": 1,
            "ansible_ssh_retries": 0,
            "ansible_python_interpreter": sys.executable,
            **variables,
        },
        "tasks": tasks,
    }
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "host-1,", str(tmp_path / "play.yml")]
    environment = {**os.environ, "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)
    return done.stdout + done.stderr


def tasks(file: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / "roles/collect/tasks" / file).read_text())
    return found


def attempt_lines(directory: Path) -> list[str]:
    """What the host has, as it tells it."""
    command = attempt_files.found_command(str(directory))
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def test_the_longer_log_that_was_read_before_a_crash_stays(tmp_path: Path) -> None:
    _, *rest = tasks("main.yml")
    (tmp_path / "host").mkdir()
    (tmp_path / "here").mkdir()
    for name, host, here in (
        ("benchmark.log", "one", "one two"),
        ("activity", "1 2", "1"),
        ("stopped-services", "", "a"),
    ):
        (tmp_path / "host" / name).write_text(host)
        (tmp_path / "here" / name).write_text(here)
    found = {"lines": attempt_lines(tmp_path / "host")}
    said = played(tmp_path, "local", rest[:2], __collect_found=found)
    kept = {path.name: path.read_text() for path in (tmp_path / "here").iterdir()}
    assert kept == {"benchmark.log": "one two", "activity": "1 2", "stopped-services": ""}, said


def test_an_archive_that_was_not_fetched_is_not_unpacked(tmp_path: Path) -> None:
    _, *rest = tasks("criterion.yml")
    (tmp_path / "here").mkdir()
    (tmp_path / "here/criterion.tar.gz.part").write_bytes(b"what a killed fetch has left")
    packed = {"stdout_lines": [f"{hashlib.sha256(b'whole').hexdigest()}  criterion.tar.gz"]}
    said = played(tmp_path, "ansible.builtin.ssh", rest, __collect_packed=packed, __collect_files={"results": []})
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["criterion.tar.gz.part"], said
    assert "Make room there" not in said
    assert "failed=0" in said


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_connection_that_is_lost_meanwhile_is_what_is_said(tmp_path: Path, is_packed: bool) -> None:
    _, *rest = tasks("main.yml")
    found = ["- criterion", *([f"{'0' * 64}  criterion.tar.gz"] if is_packed else [])]
    for one in rest:
        if "ansible.builtin.import_tasks" in one:
            one["ansible.builtin.import_tasks"] = str(ROOT / "roles/collect/tasks/criterion.yml")
    said = played(tmp_path, "ansible.builtin.ssh", rest, collect_failures=[], __collect_found={"lines": found})
    assert "i-1 does not answer over SSH: the connection was lost while files were fetched." in said, said
    assert "undefined" not in said
