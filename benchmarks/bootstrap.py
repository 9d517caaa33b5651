"""Create the virtual environment that everything else runs in.

Standard library only, since it runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import io
import os
import shutil
import ssl
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".stamp"
COLLECTIONS = VENV / "collections"
# The PyPI package that contains the collection of requirements.yml, for networks without access to Galaxy.
COLLECTION_WHEEL = "ansible==14.5.0"
COLLECTION_MEMBERS = "ansible_collections/amazon/aws/"
PLOT_LIBRARY = VENV / "plot-library"
NPM_REGISTRY = "https://registry.npmjs.org"


class NpmPackage(NamedTuple):
    """A package of npm: its archive's path in the registry and SHA-256, and the files to keep, by their new names."""

    path: str
    sha256: str
    files: Mapping[str, str]


# The library that draws the plots of pages, in the order in which a page loads it. docs/adr/0054 says why this one.
PLOT_PACKAGES = (
    NpmPackage(
        "d3/-/d3-7.9.2.tgz",
        "f0c1d2c2479907a6e3265370d0fd715f7aef0f561cdd2b415df385ba7df9d1aa",
        {"d3.js": "package/dist/d3.min.js", "d3.LICENSE": "package/LICENSE"},
    ),
    NpmPackage(
        "@observablehq/plot/-/plot-0.6.17.tgz",
        "4dcc9f7afd10caee8b2283c0075a5765610cfbbf6d7d93cdb153b3b5d3501afc",
        {"plot.js": "package/dist/plot.umd.min.js", "plot.LICENSE": "package/LICENSE"},
    ),
)


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


def install_plot_library() -> None:
    """Download PLOT_PACKAGES, whose files a page contains, and keep these files. Raises SetupError.

    The directory's stamp names what is in it, so that it is downloaded once for each version.
    """
    stamp = PLOT_LIBRARY / ".stamp"
    wanted = repr(PLOT_PACKAGES)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if PLOT_LIBRARY.exists():
        shutil.rmtree(PLOT_LIBRARY)
    PLOT_LIBRARY.mkdir(parents=True)
    for package in PLOT_PACKAGES:
        with tarfile.open(fileobj=io.BytesIO(download(package))) as archive:
            for name, member in package.files.items():
                content = archive.extractfile(member)
                assert content is not None, member
                (PLOT_LIBRARY / name).write_bytes(content.read())
    stamp.write_text(wanted)


def download(package: NpmPackage) -> bytes:
    """The archive of a package. Raises SetupError if it cannot be had, or is another one than expected.

    The registry is the one that npm would use by its environment variable. Proxies and certificates are those of the
    environment, pip's certificates included: https://pip.pypa.io/en/stable/topics/configuration/
    """
    registry = os.environ.get("NPM_CONFIG_REGISTRY") or NPM_REGISTRY
    url = f"{registry.rstrip('/')}/{package.path}"
    try:
        trusted = ssl.create_default_context()
        if certificates := os.environ.get("PIP_CERT"):
            trusted.load_verify_locations(certificates)
        with urllib.request.urlopen(url, timeout=60, context=trusted) as answer:
            content: bytes = answer.read()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise SetupError(
            f"The library for plots could not be downloaded from {url}: {error}. Check the network, or name a mirror "
            "of npm's registry in NPM_CONFIG_REGISTRY, then run this again."
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if found != package.sha256:
        raise SetupError(
            f"{url} is not the file that was expected: its SHA-256 is {found} instead of {package.sha256}. Name "
            "another registry in NPM_CONFIG_REGISTRY, then run this again."
        )
    return content


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
        install_plot_library()
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
