"""Set-up of .venv: done once, redone where it was interrupted, never by two at once. No network but this machine."""

from __future__ import annotations

import hashlib
import http.server
import io
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import bootstrap
from benchmarks.bootstrap import NpmPackage, SetupError

Steps = list[str]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of its own, with an empty .venv to be."""
    venv = tmp_path / ".venv"
    for name, value in {
        "ROOT": tmp_path,
        "VENV": venv,
        "STAMP": venv / ".stamp",
        "COLLECTIONS": venv / "collections",
        "PLOT_LIBRARY": venv / "plot-library",
    }.items():
        monkeypatch.setattr(bootstrap, name, value)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for requirements in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / requirements).write_text("one==1\n")
    return tmp_path


@pytest.fixture
def steps(root: Path, monkeypatch: pytest.MonkeyPatch) -> Steps:
    """What was done, as `venv`, `pip install -r NAME`, `pip install -e`, `ansible-galaxy`, `plot library`."""
    ran: Steps = []

    def run(argv: list[str], hint: str, log: Path) -> None:
        if argv[1:3] == ["-m", "venv"]:
            ran.append("venv")
            (bootstrap.VENV / "bin").mkdir(parents=True)
            (bootstrap.VENV / "bin/python").touch()
        elif Path(argv[0]).name == "pip":
            ran.append(f"pip install {argv[-2]} {Path(argv[-1]).name if argv[-2] == '-r' else ''}".strip())
        else:
            ran.append(Path(argv[0]).name)

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "install_plot_library", lambda: ran.append("plot library"))
    return ran


COMMANDS = ["venv", "pip install -r requirements.txt", "pip install -e", "ansible-galaxy"]
WHOLE = [*COMMANDS, "plot library"]
IN_PLACE = WHOLE[1:]


def test_the_first_time_everything_is_installed_and_stamped(root: Path, steps: Steps) -> None:
    bootstrap.set_up("/here 1 2")
    assert steps == WHOLE
    assert (root / ".venv/.stamp").read_text() == "/here 1 2\n"
    assert not list(root.glob("benchmarks-setup-*.log"))


def test_the_second_time_nothing_is(steps: Steps) -> None:
    bootstrap.set_up("/here 1 2")
    steps.clear()
    bootstrap.set_up("/here 1 2")
    assert steps == []


def test_changed_requirements_are_installed_in_place(root: Path, steps: Steps) -> None:
    bootstrap.set_up("/my place/here 1 2")
    steps.clear()
    bootstrap.set_up("/my place/here 3 4")
    assert steps == IN_PLACE
    assert (root / ".venv/.stamp").read_text() == "/my place/here 3 4\n"


def test_a_repository_that_was_moved_is_set_up_anew(steps: Steps) -> None:
    bootstrap.set_up("/here 1 2")
    steps.clear()
    bootstrap.set_up("/there 1 2")
    assert steps == WHOLE


def test_a_repository_that_path_cannot_name_is_refused(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", Path("/srv/a:b"))
    with pytest.raises(SetupError, match=r"^/srv/a:b has a ':' in its name, which separates the directories of PATH"):
        bootstrap.set_up("w 1 2")
    assert steps == []


def test_a_python_that_is_gone_is_replaced(root: Path, steps: Steps) -> None:
    bootstrap.set_up("/here 1 2")
    (root / ".venv/bin/python").unlink()
    steps.clear()
    bootstrap.set_up("/here 3 4")
    assert steps == WHOLE


@pytest.mark.parametrize(
    ("step", "error"),
    [*((step, KeyboardInterrupt) for step in COMMANDS), *((step, SetupError) for step in COMMANDS[:-1])],
)
def test_a_set_up_that_did_not_finish_is_redone_and_not_trusted(
    root: Path, steps: Steps, monkeypatch: pytest.MonkeyPatch, step: str, error: type[BaseException]
) -> None:
    works = bootstrap.run

    def fail(argv: list[str], hint: str, log: Path) -> None:
        works(argv, hint, log)
        if steps[-1] == step:
            raise error("no")

    with monkeypatch.context() as patch, pytest.raises(error):
        patch.setattr(bootstrap, "run", fail)
        bootstrap.set_up("/here 1 2")
    assert not (root / ".venv/.stamp").exists()
    steps.clear()
    bootstrap.set_up("/here 1 2")
    assert steps == WHOLE


def test_an_interrupted_update_is_not_trusted_either(root: Path, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap.set_up("/here 1 2")

    def stop(argv: list[str], hint: str, log: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(bootstrap, "run", stop)
        bootstrap.set_up("/here 3 4")
    steps.clear()
    bootstrap.set_up("/here 1 2")
    assert steps == WHOLE


def test_more_packages_are_added_once(steps: Steps) -> None:
    bootstrap.set_up("/here 1 2")
    steps.clear()
    for _ in range(2):
        bootstrap.ensure("requirements-dev.txt")
    assert steps == ["pip install -r requirements-dev.txt"]


def test_more_packages_are_added_again_when_their_file_changes(root: Path, steps: Steps) -> None:
    bootstrap.set_up("/here 1 2")
    bootstrap.ensure("requirements-dev.txt")
    (root / "requirements-dev.txt").write_text("one==2\n")
    steps.clear()
    bootstrap.ensure("requirements-dev.txt")
    assert steps == ["pip install -r requirements-dev.txt"]


def test_two_set_ups_at_once_take_turns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order: list[str] = []

    def second() -> None:
        with bootstrap.locked(tmp_path / "lock"):
            order.append("second")

    said = ""
    with bootstrap.locked(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        deadline = time.monotonic() + 30
        while "Waiting" not in said and time.monotonic() < deadline:
            time.sleep(0.01)
            said += capsys.readouterr().err
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]
    assert said == "Waiting for another set-up to finish …\n"


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from benchmarks import bootstrap\n"
        "bootstrap.locked(Path(sys.argv[1])).__enter__(); os._exit(9)"
    )
    code = subprocess.run([sys.executable, "-c", script, str(tmp_path / "lock")], cwd=bootstrap.ROOT).returncode
    assert code == 9
    with bootstrap.locked(tmp_path / "lock"):
        pass


def test_a_step_that_fails_says_what_to_do_and_where_its_output_is(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = "print(*range(100), sep='\\n'); raise SystemExit(1)"
    with pytest.raises(SetupError) as failed:
        bootstrap.run([sys.executable, "-c", script], "Check the network.", log)
    lines = str(failed.value).splitlines()
    assert lines == [*map(str, range(85, 100)), "", f"Check the network. (whole output: {log})"]
    assert len(log.read_text().splitlines()) == 100


def test_a_python_without_venv_is_told_with_the_package(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(
        SetupError, match=r"install its venv module \(Debian, Ubuntu: apt-get install python3-venv, or py"
    ):
        bootstrap.make_venv(root / "log")


@pytest.fixture
def without_galaxy(root: Path, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Galaxy does not answer; PyPI has a wheel with the given members, or nothing."""
    works = bootstrap.run

    def prepare(*members: str) -> None:
        def run(argv: list[str], hint: str, log: Path) -> None:
            works(argv, hint, log)
            if steps[-1] == "ansible-galaxy":
                raise SetupError("no answer")
            if "download" in argv:
                if not members:
                    raise SetupError(hint)
                with zipfile.ZipFile(Path(argv[argv.index("-d") + 1]) / "ansible-1.whl", "w") as wheel:
                    for member in members:
                        wheel.writestr(member, member)

        monkeypatch.setattr(bootstrap, "run", run)

    return prepare


def test_without_galaxy_the_collection_is_cut_from_the_wheel(
    root: Path, without_galaxy: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    without_galaxy("ansible_collections/amazon/aws/MANIFEST.json", "ansible_collections/community/big/a", "ansible/b")
    bootstrap.set_up("/here 1 2")
    kept = [
        str(p.relative_to(root / ".venv/collections")) for p in (root / ".venv/collections").rglob("*") if p.is_file()
    ]
    assert kept == ["ansible_collections/amazon/aws/MANIFEST.json"]
    assert "Ansible Galaxy did not answer; taking amazon.aws from PyPI instead." in capsys.readouterr().err


def test_without_galaxy_and_pypi_set_up_says_so(without_galaxy: Callable[..., None]) -> None:
    without_galaxy()
    with pytest.raises(SetupError, match=r"^The amazon\.aws collection came neither from Galaxy nor from PyPI"):
        bootstrap.set_up("/here 1 2")


def archive(**files: str) -> bytes:
    """A package of npm with these files."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as packed:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content.encode()))
    return written.getvalue()


@pytest.fixture
def registry(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """The files of a registry of npm, by their paths; all others are not found."""
    files: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path.removeprefix("/npm/"))
            self.send_response(404 if content is None else 200)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", f"http://127.0.0.1:{server.server_port}/npm/")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield files
        server.shutdown()
        thread.join(30)


def wanted(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Want one package with this content."""
    package = NpmPackage("one/-/one-1.tgz", hashlib.sha256(content).hexdigest(), {"one.js": "package/dist.js"})
    monkeypatch.setattr(bootstrap, "PLOT_PACKAGES", (package,))


def test_the_plot_library_is_kept_without_what_pages_do_not_need(
    root: Path, registry: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry["one/-/one-1.tgz"] = archive(**{"dist.js": "script", "readme": "text"})
    wanted(monkeypatch, registry["one/-/one-1.tgz"])
    (root / ".venv").mkdir()
    bootstrap.install_plot_library()
    kept = {path.name: path.read_text() for path in bootstrap.PLOT_LIBRARY.iterdir()}
    assert kept == {"one.js": "script", ".stamp": repr(bootstrap.PLOT_PACKAGES)}


def test_the_plot_library_is_downloaded_again_for_another_version_alone(
    root: Path, registry: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry["one/-/one-1.tgz"] = archive(**{"dist.js": "script"})
    wanted(monkeypatch, registry["one/-/one-1.tgz"])
    bootstrap.install_plot_library()
    first = registry.pop("one/-/one-1.tgz")
    bootstrap.install_plot_library()
    registry["one/-/one-1.tgz"] = archive(**{"dist.js": "other"})
    wanted(monkeypatch, registry["one/-/one-1.tgz"])
    bootstrap.install_plot_library()
    assert (bootstrap.PLOT_LIBRARY / "one.js").read_text() == "other"
    assert first != registry["one/-/one-1.tgz"]


def test_another_file_than_the_pinned_one_is_refused_and_nothing_of_it_kept(
    root: Path, registry: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted(monkeypatch, b"right")
    registry["one/-/one-1.tgz"] = b"wrong"
    with pytest.raises(SetupError, match=r"/npm/one/-/one-1\.tgz is not the file that was expected: its SHA-256 is "):
        bootstrap.install_plot_library()
    assert list(bootstrap.PLOT_LIBRARY.iterdir()) == []


def test_a_registry_without_the_plot_library_is_named_with_what_to_do(
    root: Path, registry: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted(monkeypatch, b"right")
    with pytest.raises(SetupError) as failed:
        bootstrap.install_plot_library()
    assert "one-1.tgz: HTTP Error 404: Not Found. Check the network, or name a mirror of npm's registry" in str(
        failed.value
    )


def test_certificates_of_pip_are_trusted_too(
    root: Path, registry: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted(monkeypatch, b"right")
    monkeypatch.setenv("PIP_CERT", str(root / "missing.pem"))
    with pytest.raises(SetupError, match="No such file or directory"):
        bootstrap.install_plot_library()


def test_a_set_up_whose_plot_library_failed_is_redone(
    root: Path, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise SetupError("no")

    with monkeypatch.context() as patch, pytest.raises(SetupError):
        patch.setattr(bootstrap, "install_plot_library", fail)
        bootstrap.set_up("/here 1 2")
    assert not (root / ".venv/.stamp").exists()
    steps.clear()
    bootstrap.set_up("/here 1 2")
    assert steps == WHOLE
