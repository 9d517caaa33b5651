"""What a run measures on a host, one attempt after the other."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks import attempts, runs
from benchmarks.attempts import Attempt
from benchmarks.errors import FailedError

TOOLCHAIN: dict[str, Any] = {
    "cargo": {"executable": "/usr/bin/cargo"},
    "source": {"crate": "plonky2", "ref": "1.1.0"},
    "host": {"rustc": "rustc 1.85.1", "cpu_model": "EPYC", "kernel": "6.1"},
}
SUITE: dict[str, Any] = {
    "name": "plonky2",
    "description": "all of it",
    "source": {"crate": "plonky2", "ref": "1.1.0"},
    "package": "plonky2",
    "benches": ["ffts"],
    "rustflags": "-C target-cpu=native",
    "environment": {},
    "expected": 74,
}
DONE = ("success", "success")


def digest(suite: dict[str, Any] | None = None, toolchain: dict[str, Any] | None = None) -> str:
    return attempts.digest(attempts.measurement({**SUITE, **(suite or {})}, {**TOOLCHAIN, **(toolchain or {})}))


@pytest.mark.parametrize(
    "change",
    [
        {"rustflags": ""},
        {"rustflags": None},
        {"environment": {"RAYON_NUM_THREADS": "1"}},
        {"benches": ["ffts", "merkle"]},
        {"features": ["parallel"]},
        {"arguments": ["--quick"]},
        {"toolchain": "system"},
        {"package": "other"},
    ],
)
def test_what_decides_the_numbers_makes_it_another_measurement(change: dict[str, Any]) -> None:
    assert digest(change) != digest()


@pytest.mark.parametrize("name", ["rustc", "linker", "commit", "crate_sha256", "cargo_lock_sha256", "cpu_model"])
def test_another_source_compiler_or_processor_makes_it_another_measurement(name: str) -> None:
    assert digest(toolchain={"host": {**TOOLCHAIN["host"], name: "another"}}) != digest()
    assert digest(toolchain={"source": {"path": "/x", "sha256": "1"}}) != digest(
        toolchain={"source": {"path": "/x", "sha256": "2"}}
    )


def test_names_limits_and_the_kernel_change_no_measurement() -> None:
    assert digest({"name": "mine", "description": "other", "expected": None, "minimum_memory": 1}) == digest()
    assert digest(toolchain={"host": {**TOOLCHAIN["host"], "kernel": "6.2"}}) == digest()


@pytest.mark.parametrize(
    ("found", "here", "chosen"),
    [
        ([], (), (1, True)),
        ([], (1, 2), (3, True)),
        ([Attempt(1, "a", False, DONE)], (), (1, False)),
        ([Attempt(1, "a", True, ("success", "-"))], (), (1, False)),
        ([Attempt(1, "a", False, ("success", "-"))], (), (1, False)),
        ([Attempt(1, "b", False, DONE)], (), (2, True)),
        ([Attempt(1, "a", False, DONE), Attempt(2, "b", False, DONE)], (1, 2), (1, False)),
        ([Attempt(1, "a", False, ("success", "exit-code"))], (1,), (2, True)),
        ([Attempt(1, "a", False, ("timeout", "-"))], (1,), (2, True)),
        ([Attempt(1, "a", False, DONE), Attempt(2, "a", False, ("success", "signal"))], (), (3, True)),
        ([Attempt(1, "b", False, DONE)], (4,), (5, True)),
    ],
)
def test_an_attempt_is_gone_on_with_or_is_the_next(
    found: list[Attempt], here: tuple[int, ...], chosen: tuple[int, bool]
) -> None:
    assert attempts.choose(found, here, "a") == chosen


def test_two_measurements_at_once_are_refused() -> None:
    with pytest.raises(FailedError, match=r"^Attempt 1 of this run still measures something else there: "):
        attempts.choose([Attempt(1, "b", True, ("success", "-"))], (), "a")


def test_a_host_is_asked_for_its_attempts(tmp_path: Path) -> None:
    root = tmp_path / "runs/r1"
    for number, wanted in ((1, "a"), (2, "b"), (10, "c")):
        subprocess.run(["sh", "-c", attempts.begin_command(str(root / str(number)), wanted)], check=True)
    (root / "1/build.status").write_text("success exited 0\n")
    (root / "1/run.status").write_text("exit-code exited 101\n")
    (root / "10/build.status").write_text("success exited 0\n")
    (root / "other").mkdir()
    # A systemctl of the test's own, which says of one unit that it is at work.
    systemctl = tmp_path / "bin/systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text('#!/bin/sh\n[ "$2" = benchmarks-r1-10-run.service ] && echo active || echo inactive\n')
    systemctl.chmod(0o755)
    command = attempts.look_command(str(root), "benchmarks-r1")
    output = subprocess.run(
        ["sh", "-c", command],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": f"{systemctl.parent}:/usr/bin:/bin"},
    ).stdout
    assert attempts.read_look(output) == (
        Attempt(1, "a", False, ("success", "exit-code")),
        Attempt(2, "b", False, ("-", "-")),
        Attempt(10, "c", True, ("success", "-")),
    )


def test_a_host_without_attempts_has_none(tmp_path: Path) -> None:
    command = attempts.look_command(str(tmp_path / "none"), "benchmarks-r1")
    output = subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True).stdout
    assert attempts.read_look(output) == ()


def test_a_run_is_about_a_new_attempt_until_an_earlier_one_is_gone_on_with(tmp_path: Path) -> None:
    assert attempts.current(tmp_path / "i-1") == 1
    attempts.begin(tmp_path / "i-1")
    assert attempts.current(tmp_path / "i-1") == 1
    attempts.record(tmp_path / "i-1", 1, {"suite": {}}, TOOLCHAIN)
    attempts.begin(tmp_path / "i-1")
    assert attempts.current(tmp_path / "i-1") == 2
    attempts.record(tmp_path / "i-1", 1, {"suite": {}}, TOOLCHAIN)
    assert attempts.current(tmp_path / "i-1") == 1
    assert runs.read_record(tmp_path / "i-1/1", "toolchain.json") == TOOLCHAIN


@pytest.mark.parametrize("content", ["", "[]", "5", "{}"])
def test_a_host_whose_record_is_damaged_is_at_its_first_attempt(tmp_path: Path, content: str) -> None:
    (tmp_path / attempts.RECORD).write_text(content)
    assert attempts.current(tmp_path) == 1
