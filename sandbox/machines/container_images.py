"""The container images that instances boot, rebuilt when their inputs change."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.exclusive_lock import machine_wide
from sandbox.machines import host_configuration
from sandbox.machines.engine import Engine, EngineError
from sandbox.machines.host_configuration import HostConfig

TARGETS = ("default", "rust")  # stages of the Containerfile, and the images that a machine can ask for
REGISTRY_BASE = "docker.io/library/debian:trixie-slim"
REPOSITORY = "localhost/benchmarks-sandbox"
LABEL = "benchmarks.sandbox.image"
_SOURCE = Path(__file__).parent / "image"
_BASE = f"{REPOSITORY}-base:trixie"


class ImageError(Exception):
    """An image could not be built; the message says why and what helps."""


def tag(target: str, config: HostConfig) -> str:
    """The image's name, which changes with any of its inputs."""
    inputs = hashlib.sha256(config.digest().encode())
    for path in sorted(_SOURCE.iterdir()):
        inputs.update(path.read_bytes())
    return f"{REPOSITORY}:{target}-{inputs.hexdigest()[:12]}"


def ensure(engine: Engine, target: str, say: Callable[[str], None], known: set[str] | None = None) -> str:
    """The name of the image for `target`, built if it does not exist. Raises ImageError.

    Names in `known` are assumed to exist; names found are added to it.
    """
    config = host_configuration.read()
    name = tag(target, config)
    known = set() if known is None else known
    if name not in known and not _exists(engine, name):
        _build_once(engine, target, name, config, say)
    known.add(name)
    return name


def _build_once(engine: Engine, target: str, name: str, config: HostConfig, say: Callable[[str], None]) -> None:
    with machine_wide("image"):
        if not _exists(engine, name):
            for secret in config.secrets_left_out:
                say(f"Left out of the image, since it holds a password: {secret}")
            _build(engine, target, name, config, say)


def remove_all(engine: Engine) -> None:
    """Remove every image that a sandbox of this user built. Raises EngineError for one that a container uses."""
    with machine_wide("image"):
        shown = engine.call("images", "--format", "{{.Repository}}:{{.Tag}}").split()
        # By name, without force: force would also remove containers of other sandboxes.
        if names := [name for name in shown if name.startswith((f"{REPOSITORY}:", _BASE))]:
            engine.call("rmi", *names)


def _exists(engine: Engine, name: str) -> bool:
    return bool(engine.call("images", "--quiet", "--filter", f"reference={name}").strip())


def _build(engine: Engine, target: str, name: str, config: HostConfig, say: Callable[[str], None]) -> None:
    base = _base(engine, config, say)
    say(f"Building the image {name} …")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="benchmarks-sandbox-") as scratch:
        context = Path(scratch)
        shutil.copytree(_SOURCE, context, dirs_exist_ok=True)
        for name_in_host, content in config.files.items():
            file = context / "host" / name_in_host
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        for path in context.rglob("*"):
            # File modes in the image must not depend on the umask of whoever builds it.
            path.chmod(0o755 if path.is_dir() else 0o644)
        options = ["--build-arg", f"BASE={base}", "--target", target, "--tag", name, "--label", f"{LABEL}={target}"]
        try:
            engine.call(
                "build", *engine.build, *options, "--file", str(context / "Containerfile"), scratch, timeout=1800
            )
        except EngineError as error:
            raise ImageError(f"The sandbox's image could not be built. {error}") from error
    say(f"Built the image in {time.monotonic() - began:.0f} s.")


def _base(engine: Engine, config: HostConfig, say: Callable[[str], None]) -> str:
    """The Debian 13 base image: from a registry if one is reachable, else made here."""
    if _exists(engine, _BASE):
        return _BASE
    try:
        engine.call("pull", "--quiet", REGISTRY_BASE, timeout=300)
        return REGISTRY_BASE
    except EngineError as error:
        refused = str(error)
    if shutil.which("mmdebstrap") is None:
        raise ImageError(
            f"No registry gave {REGISTRY_BASE}, and mmdebstrap, which would make it here, is not installed. {refused}"
        )
    say("No container registry answers: making the Debian 13 base with mmdebstrap …")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="benchmarks-sandbox-") as scratch:
        archive = Path(scratch) / "base.tar"
        command = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", "trixie"]
        done = subprocess.run(
            [*command, str(archive), config.mirror],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ImageError(f"mmdebstrap could not make the Debian 13 base: {done.stderr.strip()[-600:]}")
        engine.call("import", str(archive), _BASE, timeout=600)
    say(f"Made the base in {time.monotonic() - began:.0f} s.")
    return _BASE
