"""Create the virtual environment that everything else runs in.

Standard library only, since it runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".stamp"
COLLECTIONS = VENV / "collections"
# The PyPI package that contains the collection of requirements.yml, for networks without access to Galaxy.
COLLECTION_WHEEL = "ansible==14.5.0"
COLLECTION_MEMBERS = "ansible_collections/amazon/aws/"


class SetupError(Exception):
    """Set-up failed; the message says what the user can do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock, which the system releases when the process ends."""
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up to finish …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run(argv: list[str], hint: str, log: Path) -> None:
    """Run `argv` with its output in `log`. Raises SetupError with the end of the output and `hint` if it fails."""
    with log.open("ab") as output:
        code = subprocess.run(argv, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL).returncode
    if code:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise SetupError(f"{tail}\n\n{hint} (whole output: {log})")


def check_place() -> None:
    """Raises SetupError if the path of the repository cannot be part of PATH."""
    if os.pathsep in str(ROOT):
        raise SetupError(
            f"{ROOT} has a {os.pathsep!r} in its name, which separates the directories of PATH: move the repository to "
            "a directory without one, then run this again."
        )


def make_venv(log: Path) -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    run(
        [sys.executable, "-m", "venv", str(VENV)],
        "Python cannot make a virtual environment: install its venv module "
        f"(Debian, Ubuntu: apt-get install python3-venv, or python{version}-venv), then run this again.",
        log,
    )


def pip_install(requirements: Path, log: Path) -> None:
    run(
        [str(VENV / "bin/pip"), "install", "--no-input", "--disable-pip-version-check", "-r", str(requirements)],
        f"Installing the packages of {requirements.name} failed: check the network and pip's configuration, "
        "then run this again.",
        log,
    )


def install_project(log: Path) -> None:
    """Install this project in editable mode, so that Ansible's plugins and modules can import `benchmarks`."""
    run(
        [str(VENV / "bin/pip"), "install", "--no-input", "--disable-pip-version-check", "--no-deps", "-e", str(ROOT)],
        "Installing the project itself failed; run this again.",
        log,
    )


def install_collections(log: Path) -> None:
    """Install requirements.yml from Galaxy or, if that fails, extract it from the pinned wheel on PyPI."""
    galaxy = [str(VENV / "bin/ansible-galaxy"), "collection", "install", "--timeout", "10"]
    try:
        run([*galaxy, "-r", str(ROOT / "requirements.yml"), "-p", str(COLLECTIONS)], "Galaxy did not answer", log)
    except SetupError:
        say("Ansible Galaxy did not answer; taking amazon.aws from PyPI instead.")
        extract_collection_from_wheel(log)


def extract_collection_from_wheel(log: Path) -> None:
    with tempfile.TemporaryDirectory(dir=VENV) as scratch:
        pip = [str(VENV / "bin/pip"), "download", "--no-input", "--disable-pip-version-check", "--no-deps"]
        run(
            [*pip, "--ignore-requires-python", "-d", scratch, COLLECTION_WHEEL],
            "The amazon.aws collection came neither from Galaxy nor from PyPI: check the network, then run this again.",
            log,
        )
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(COLLECTIONS, [n for n in archive.namelist() if n.startswith(COLLECTION_MEMBERS)])


def is_whole(wanted: str) -> bool:
    """Whether .venv can be updated in place.

    It cannot after an interrupted set-up, if the directory was moved, or if its Python is gone.
    """
    return STAMP.exists() and (VENV / "bin/python").exists() and STAMP.read_text().split()[:-2] == wanted.split()[:-2]


def set_up(wanted: str) -> None:
    """Bring .venv up to date with `wanted`: root and checksum of the requirement files. Raises SetupError."""
    check_place()
    with locked(ROOT / ".venv.lock"):
        if STAMP.exists() and STAMP.read_text().strip() == wanted:
            return
        say("Setting up .venv (once, about half a minute) …")
        with tempfile.NamedTemporaryFile("w", prefix="benchmarks-setup-", suffix=".log", delete=False) as handle:
            log = Path(handle.name)
        whole = is_whole(wanted)
        STAMP.unlink(missing_ok=True)
        if not whole:
            make_venv(log)
        pip_install(ROOT / "requirements.txt", log)
        install_project(log)
        install_collections(log)
        STAMP.write_text(wanted + "\n")
        log.unlink()


def ensure(requirements: str) -> None:
    """Install another requirements file into .venv, unless its present content is installed.

    Raises SetupError.
    """
    source = ROOT / requirements
    installed = VENV / f".stamp-{source.parent.name}-{source.name}"
    with locked(ROOT / ".venv.lock"):
        if installed.exists() and installed.read_bytes() == source.read_bytes():
            return
        say(f"Installing the packages of {requirements} (once) …")
        log = VENV / f"{installed.name}.log"
        pip_install(source, log)
        installed.write_bytes(source.read_bytes())


if __name__ == "__main__":
    try:
        set_up(sys.argv[1])
    except SetupError as error:
        say(f"inv: {error}")
        sys.exit(2)
    except KeyboardInterrupt:
        say("inv: set-up was interrupted; the next call starts it again.")
        sys.exit(os.EX_TEMPFAIL)
