"""The same image by docker: it builds and starts, and what docker does otherwise than podman is met."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sandbox.machines import engine
from sandbox.machines.engine import Engine
from tests.integration.conftest import wait_for
from tests.integration.container.conftest import Image, built

WITHOUT_AWS = {"AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture(scope="module")
def docker() -> Iterator[Engine]:
    """Docker's engine where one answers here, else one of the test's own, of which nothing is left."""
    # No option but the program: limits are the engine's own, and systemd boots in none of these containers.
    usual = replace(engine.docker(engine.Facts(False, 2, frozenset(), True, True, True)), command=("docker",))
    if _answers(usual):
        yield usual
        return
    with _started() as socket:
        yield replace(usual, command=("docker", "--host", f"unix://{socket}"))


def _answers(docker: Engine) -> bool:
    asked = subprocess.run([*docker.command, "info", "--format", "{{.ServerVersion}}"], capture_output=True, text=True)
    return asked.returncode == 0 and bool(asked.stdout.strip())


@contextmanager
def _started() -> Iterator[Path]:
    # A socket's path is short or refused, so pytest's own directories will not do.
    directory = Path(tempfile.mkdtemp(prefix="benchmarks-docker-"))
    socket = directory / "socket"
    with (directory / "log").open("wb") as log:
        daemon = subprocess.Popen(
            [
                "dockerd", "--data-root", directory / "data", "--exec-root", directory / "exec",
                "--pidfile", directory / "pid", "--host", f"unix://{socket}",
                # Nothing of the machine's network is changed.
                "--bridge", "none", "--iptables=false", "--ip6tables=false",
                # Where a process may not raise its own limits, containers with the usual ones do not start.
                "--default-ulimit", "nofile=16384:16384", "--default-ulimit", "nproc=16384:16384",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        wait_for(lambda: socket.exists() or daemon.poll() is not None, "dockerd")
        assert daemon.poll() is None, (directory / "log").read_text()
        yield socket
    finally:
        _end(daemon)
        # It leaves mounts behind, below which nothing can be removed.
        mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        for mount in sorted((each for each in mounts if each.startswith(f"{directory}/")), reverse=True):
            subprocess.run(["umount", mount], check=True)
        shutil.rmtree(directory)


def _end(daemon: subprocess.Popen[bytes]) -> None:
    family = psutil.Process(daemon.pid).children(recursive=True)
    daemon.terminate()
    daemon.wait(timeout=60)
    _, left = psutil.wait_procs(family, timeout=20)
    for process in left:
        process.kill()


@pytest.fixture(scope="module")
def image(
    docker: Engine, container_engine: Engine, base: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Image]:
    if container_engine.name != "docker":
        archive = tmp_path_factory.mktemp("base") / "base.tar"
        container_engine.call("save", "--format", "docker-archive", "--output", str(archive), base, timeout=300)
        docker.call("load", "--input", str(archive), timeout=300)
        archive.unlink()
    with built(docker, base) as image:
        yield image


def test_it_starts_and_shows_how_it_is_called(image: Image) -> None:
    shown = image.run()
    assert shown.code == 2, shown.output
    assert shown.output.startswith("Usage: benchmarks bench [options]")
    assert shown.output.endswith("Nothing was asked for, so nothing was launched.\n")


@pytest.mark.parametrize("options", [(), ("--tmpfs", "/tmp"), ("--user", "34567:34567"), ("--cap-drop", "all")])
def test_a_read_only_root_is_no_hindrance(image: Image, options: tuple[str, ...]) -> None:
    needs = ("--user", "34567") if "--cap-drop" in options else ()
    words = ("--instance-type", "c7i.large", "--region", "us-east-1")
    refused = image.run(*words, options=("--read-only", *options, *needs), environment=WITHOUT_AWS)
    # Preflight, a playbook, has run, and its directory could be made.
    assert "preflight" in refused.output
    assert "No directory is mounted at /runs" in refused.output
    assert "No AWS credentials were found" in refused.output
    assert refused.code == 2


def test_a_key_that_is_not_on_the_host_is_told_from_the_directory_that_docker_makes(
    image: Image, tmp_path: Path
) -> None:
    mount = ("--volume", f"{tmp_path}/benchmarks.pem:/root/benchmarks.pem")
    refused = image.run("--cpu", "8", options=mount)
    assert refused.output.startswith("/root/benchmarks.pem is a directory, not a key: engines make one where")
    assert len(refused.output.splitlines()) == 1
    assert refused.code == 2


def test_without_the_right_to_change_users_it_is_said_which_one_to_give(image: Image) -> None:
    refused = image.run("--cpu", "8", options=("--cap-drop", "all"))
    assert "give --user 65532:65532." in refused.output
    assert len(refused.output.splitlines()) == 1
    assert refused.code == 2
