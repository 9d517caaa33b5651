"""The unit that uploads an attempt's results from an instance."""

from __future__ import annotations

import getpass
import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.host import attempt_files, host_layout, results_service
from benchmarks.paths import ROOT

UPLOAD = {"run_id": "r1", "attempt": 2, "bucket": "mine"}
DIRECTORY, TOOL, PREFIX = "/var/lib/benchmarks/runs/r1/2", "/var/lib/benchmarks", "benchmarks-r1"


def test_the_program_is_told_what_is_on_the_host_beside_what_to_upload() -> None:
    told = results_service.order(UPLOAD, DIRECTORY, TOOL, PREFIX, 5, 300)
    assert told == {
        **UPLOAD,
        "units": ["benchmarks-r1-2-build.service", "benchmarks-r1-2-run.service"],
        "prefix": PREFIX,
        "power_off": "benchmarks-r1-power-off",
        "pack": attempt_files.pack_once_command(DIRECTORY, TOOL),
        "look_seconds": 5,
        "unfollowed_seconds": 300,
    }


def test_files_are_placed_whole_and_those_of_root_alone_are_read_by_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_layout, "LOGIN", getpass.getuser())
    directory = tmp_path / "r1/2"
    directory.mkdir(parents=True)
    files = {"upload.json": ('{"ü": 1}\n', 0o600), "build.json": ("{}", 0o644), "program.py": ("x" * 200_000, 0o755)}
    for _ in range(2):
        command = results_service.place_command(str(directory), files, sys.executable)
        subprocess.run(["sh", "-c", f"umask 077; {command}"], check=True)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert modes == {name: mode for name, (_, mode) in files.items()}
    assert {name: (directory / name).read_text() for name in files} == {name: text for name, (text, _) in files.items()}
    # Who logs in may touch it, and nobody else but root.
    assert stat.S_IMODE((directory.parent / "heartbeat").stat().st_mode) == 0o644


def test_what_is_placed_is_flushed_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "r1/2"
    directory.mkdir(parents=True)
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def flush(descriptor: int) -> None:
        done.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    def rename(old: str, new: str) -> None:
        done.append(f"{old} -> {new}")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(os, "replace", rename)
    words = shlex.split(results_service.place_command(str(directory), {"a": ("text", 0o600)}, "python3"))
    script = words.index("-c") + 1
    monkeypatch.setattr(sys, "argv", ["-c", *words[script + 1 :]])
    exec(words[script], {})
    file = directory / "a"
    assert done == [f"{file}.new", f"{file}.new -> {file}", f"{directory}"]


@pytest.mark.parametrize(
    ("states", "starts"),
    [
        (["inactive", "active"], [True, False]),
        (["failed"], [True]),
        # It is started again by systemd in ten seconds.
        (["activating"], [False]),
        (["deactivating", "deactivating", "inactive"], [True]),
        (["deactivating", "activating"], [False]),
    ],
)
def test_the_unit_is_started_once_and_an_earlier_power_off_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, states: list[str], starts: list[bool]
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "states").write_text("".join(f"{state}\n" for state in states))
    says = '[ "$1" != is-active ] || { head -n 1 states; sed -i 1d states; exit 3; }'
    monkeypatch.setattr(results_service, "_UNITS", str(tmp_path))
    for name, more in (("systemctl", says), ("sleep", ":"), ("sync", ":")):
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\necho {name} "$1 $2 $3" >>told\n{more}\n')
        (tmp_path / "bin" / name).chmod(0o755)
    command = results_service.start_command(f"{PREFIX}-2-results", f"{PREFIX}-power-off", DIRECTORY, "/usr/bin/python3")
    environment = {"PATH": f"{tmp_path}/bin:{os.defpath}"}
    for started in starts:
        (tmp_path / "told").unlink(missing_ok=True)
        subprocess.run(["sh", "-c", command], check=True, cwd=tmp_path, env=environment)
        told = (tmp_path / "told").read_text().splitlines()
        assert told[0] == "systemctl stop benchmarks-r1-power-off.timer "
        assert told[1] == "systemctl is-active benchmarks-r1-2-results.service "
        assert ("systemctl start benchmarks-r1-2-results.service " in told) is started
        # A boot starts it too.
        assert ("systemctl enable --quiet benchmarks-r1-2-results.service" in told) is started
        file = tmp_path / "benchmarks-r1-2-results.service"
        # Also after a crash.
        assert (f"sync {file} {tmp_path} {tmp_path}/multi-user.target.wants" in told) is started
        assert file.exists() is (started or any(starts[: starts.index(started)]))
    assert (tmp_path / "states").read_text() == ""


def test_a_unit_that_cannot_be_enabled_is_started_and_one_without_a_file_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/systemctl").write_text('#!/bin/sh\necho "$1" >>told\n[ "$1" != enable ]\n')
    (tmp_path / "bin/systemctl").chmod(0o755)
    environment = {"PATH": f"{tmp_path}/bin:{os.defpath}"}
    for place, code, last in ((tmp_path, 0, "start"), (tmp_path / "none", 1, "is-active")):
        monkeypatch.setattr(results_service, "_UNITS", str(place))
        command = results_service.start_command("r", "p", DIRECTORY, "/usr/bin/python3")
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.returncode == code
        assert (tmp_path / "told").read_text().splitlines()[-1] == last


def test_the_unit_outlives_the_measurement_has_the_network_until_its_end_and_is_back_after_a_boot() -> None:
    lines = results_service.unit_file(DIRECTORY, "/usr/bin/python3").splitlines()
    assert {
        "After=network.target network-online.target nss-lookup.target",
        "TimeoutStopSec=300",
        "KillMode=mixed",
        "Restart=on-failure",
        "WantedBy=multi-user.target",
    } <= set(lines)
    (program,) = (line.removeprefix("ExecStart=") for line in lines if line.startswith("ExecStart="))
    assert shlex.split(program) == ["/usr/bin/python3", "-I", "-S", f"{DIRECTORY}/upload_results.py", DIRECTORY]
    assert (ROOT / "roles/benchmark/files" / results_service.PROGRAM).is_file()
