"""./inv itself: when it sets up, with which Python, and what it hands over. In a repository of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.paths import ROOT

Inv = Callable[..., subprocess.CompletedProcess[str]]
# Stands for the real set-up: keeps what it was called with, and leaves a program that shows its arguments.
BOOTSTRAP = """
import os, pathlib, sys
root = pathlib.Path(__file__).parent.parent
with open(root / "set-ups", "a") as file:
    print(sys.argv[1], file=file)
if os.environ.get("BREAK"):
    sys.exit(2)
(root / ".venv/bin").mkdir(parents=True, exist_ok=True)
program = root / ".venv/bin/benchmarks"
program.write_text('#!/bin/sh\\nprintf "<%s>" "$@"\\nexit 7\\n')
program.chmod(0o755)
(root / ".venv/.stamp").write_text(sys.argv[1] + "\\n")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    directory = tmp_path / "my place"
    (directory / "benchmarks").mkdir(parents=True)
    shutil.copy(ROOT / "inv", directory)
    for name in ("pyproject.toml", "requirements.txt", "requirements.yml"):
        (directory / name).write_text(name)
    (directory / "benchmarks/bootstrap.py").write_text(BOOTSTRAP)
    return directory


@pytest.fixture
def inv(root: Path) -> Inv:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        whole = {**os.environ, "PYTHON": sys.executable, **environment}
        return subprocess.run([str(root / "inv"), *arguments], env=whole, cwd="/", capture_output=True, text=True)

    return run


def set_ups(root: Path) -> list[str]:
    return (root / "set-ups").read_text().splitlines() if (root / "set-ups").exists() else []


def test_arguments_and_exit_code_are_invokes(root: Path, inv: Inv) -> None:
    done = inv("bench", "--suite", "a b", "")
    assert done.stdout == "<bench><--suite><a b><>"
    assert done.returncode == 7


def test_set_up_runs_once(root: Path, inv: Inv) -> None:
    inv()
    inv()
    (wanted,) = set_ups(root)
    assert wanted.startswith(f"{root} ")


@pytest.mark.parametrize(
    "file", ["inv", "pyproject.toml", "requirements.txt", "requirements.yml", "benchmarks/bootstrap.py"]
)
def test_set_up_runs_again_when_what_it_depends_on_changes(root: Path, inv: Inv, file: str) -> None:
    inv()
    with (root / file).open("a") as changed:
        changed.write("\n# changed\n")
    inv()
    assert len(set(set_ups(root))) == 2


def test_set_up_runs_again_where_the_repository_was_moved(root: Path, inv: Inv) -> None:
    inv()
    moved = root.rename(root.with_name("elsewhere"))
    subprocess.run([str(moved / "inv")], env={**os.environ, "PYTHON": sys.executable}, capture_output=True)
    assert [line.rpartition("/")[2].split()[0] for line in set_ups(moved)] == ["my", "elsewhere"]


def test_a_set_up_that_fails_ends_with_its_exit_code_and_is_tried_again(root: Path, inv: Inv) -> None:
    assert inv(BREAK="1").returncode == 2
    assert inv().returncode == 7
    assert len(set_ups(root)) == 2


def test_without_a_python_that_is_new_enough_one_sentence_says_what_to_install(inv: Inv, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "cat", "cksum", "dirname"):
        (tools / name).symlink_to(str(shutil.which(name)))
    old = tools / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = inv(PATH=str(tools), PYTHON="")
    assert done.returncode == 2
    assert done.stderr.startswith("inv: Python 3.11 or newer is needed. Install it (Debian, Ubuntu: apt-get install ")
    assert done.stdout == ""


def test_a_newer_python_is_found_beside_an_old_one(root: Path, inv: Inv, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, target in {"python3": "/bin/false", "python3.12": sys.executable}.items():
        (tools / name).write_text(f'#!/bin/sh\nexec "{target}" "$@"\n')
        (tools / name).chmod(0o755)
    assert inv(PATH=f"{tools}:/usr/bin:/bin", PYTHON="").returncode == 7
    assert len(set_ups(root)) == 1
