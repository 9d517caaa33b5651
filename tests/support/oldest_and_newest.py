"""Runs the unit and contract tests on the oldest and the newest supported Python, each with its newest Ansible.

    python -m tests.support.oldest_and_newest [pytest's arguments]

Each Python has a virtual environment in the user's cache directory, named after the requirement files' content, so that
it is made once and shared by all checkouts. The project itself is found by PYTHONPATH.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bootstrap import SetupError, locked, run
from benchmarks.paths import ROOT

VERSIONS = ("3.11", "3.13")
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
TESTS = ("tests/unit", "tests/contract")
UNUSED = 30 * 24 * 3600  # seconds after which an environment is removed


def candidates(version: str) -> Iterator[str]:
    """Where a Python may be: on PATH, then among pyenv's versions, the newest first."""
    yield from filter(None, [shutil.which(f"python{version}")])
    pyenv = Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser()
    installed = [path for path in pyenv.glob(f"versions/{version}.*") if path.name.rpartition(".")[2].isdigit()]
    for directory in sorted(installed, key=lambda path: int(path.name.rpartition(".")[2]), reverse=True):
        yield str(directory / "bin/python")
    # Debian's Python lies behind pyenv's stand-ins, which fail where their version is not chosen.
    yield f"/usr/bin/python{version}"


def find(version: str) -> str:
    """A Python of this version that can make virtual environments. Raises SetupError."""
    check = f"import ensurepip, sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')"
    for python in candidates(version):
        try:
            if subprocess.run([python, "-c", check], capture_output=True).returncode == 0:
                return python
        except OSError:
            continue
    raise SetupError(
        f"Python {version} with its venv module is needed to test on it: install it (pyenv install {version}; Debian, "
        f"Ubuntu: apt-get install python{version} python{version}-venv; Fedora: dnf install python{version}; "
        f"macOS: brew install python@{version}), then run this again."
    )


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "benchmarks/pythons"


def environment(version: str) -> Path:
    """A virtual environment of this Python with what the tests need; made where there is none. Raises SetupError."""
    python = find(version)
    exact = subprocess.run([python, "-c", "import sys; print(sys.version, sys.prefix)"], capture_output=True).stdout
    content = b"".join((ROOT / name).read_bytes() for name in REQUIREMENTS)
    venv = cache() / f"{version}-{hashlib.sha256(exact + content).hexdigest()[:16]}"
    stamp = venv / ".stamp"
    venv.parent.mkdir(parents=True, exist_ok=True)
    with locked(venv.with_suffix(".lock")):
        if not stamp.exists():
            print(f"Making an environment of Python {version} in {venv} (once) …", flush=True)
            # What an interruption has left is not trusted.
            shutil.rmtree(venv, ignore_errors=True)
            log = venv.with_suffix(".log")
            run([python, "-m", "venv", str(venv)], f"Python {version} cannot make a virtual environment.", log)
            files = [word for name in REQUIREMENTS for word in ("-r", str(ROOT / name))]
            pip = [str(venv / "bin/pip"), "install", "--no-input", "--disable-pip-version-check", *files]
            run(pip, "Installing the packages failed: check the network, then run this again.", log)
            log.unlink()
        stamp.touch()
    return venv


def remove_unused() -> None:
    """Remove environments not used for 30 days: those of older requirement files."""
    for stamp in cache().glob("*/.stamp"):
        if time.time() - stamp.stat().st_mtime > UNUSED:
            shutil.rmtree(stamp.parent, ignore_errors=True)
            stamp.parent.with_suffix(".lock").unlink(missing_ok=True)


def test(version: str, arguments: list[str]) -> int:
    """Run the tests on one Python; pytest's exit code."""
    venv = environment(version)
    pytest = [str(venv / "bin/python"), "-m", "pytest", *TESTS, *arguments]
    path = f"{venv / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    release = "import ansible.release; print(ansible.release.__version__)"
    ansible = subprocess.run([str(venv / "bin/python"), "-c", release], capture_output=True, text=True).stdout.strip()
    print(f"\nPython {version}, ansible-core {ansible}", flush=True)
    settings = {"PATH": path, "PYTHONPATH": str(ROOT)}
    return subprocess.run(pytest, cwd=ROOT, env={**os.environ, **settings}).returncode


def main() -> int:
    try:
        codes = [test(version, sys.argv[1:]) for version in VERSIONS]
    except SetupError as error:
        print(f"tests: {error}", file=sys.stderr)
        return 2
    remove_unused()
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
