"""The image, built as its first lines say, and containers of it as a user runs them."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from benchmarks.paths import ROOT
from sandbox.machines import container_images, engine
from sandbox.machines.engine import Engine
from tests.integration.conftest import TIMEOUT, Result


@dataclass(frozen=True)
class Image:
    """An image in an engine."""

    engine: Engine
    name: str

    def command(self, *words: str, options: tuple[str, ...] = (), name: str = "") -> list[str]:
        """What runs the image with `words`."""
        named = ("--name", name) if name else ()
        # The endpoint and the instances are at addresses of this machine.
        return [*self.engine.command, "run", "--rm", "--network", "host", *self.engine.run, *named, *options, self.name,
                *words]  # fmt: skip

    def run(self, *words: str, options: tuple[str, ...] = (), environment: Mapping[str, str] | None = None) -> Result:
        """Run it to its end; variables of `environment` reach the container, and no others.

        The output is stdout, then stderr: engines carry the two apart and do not keep their order.
        """
        done = subprocess.run(
            self.command(*words, options=(*variables(environment), *options)),
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        return Result(done.returncode, done.stdout + done.stderr)

    def shell(self, script: str) -> str:
        """What a script prints in a container, in place of the tool."""
        done = subprocess.run(
            self.command("-c", script, options=("--entrypoint", "/bin/sh")), check=True, capture_output=True, text=True
        )
        return done.stdout

    @property
    def bytes(self) -> int:
        return int(self.engine.call("image", "inspect", "--format", "{{.Size}}", self.name))


def variables(environment: Mapping[str, str] | None) -> tuple[str, ...]:
    """Options that hand variables on by name, so that no value is on a command line."""
    return tuple(word for name in environment or {} for word in ("--env", name))


@contextmanager
def built(by: Engine, base: str) -> Iterator[Image]:
    """The image, built by an engine on a base; removed in the end, with everything that its building made."""
    name = f"localhost/benchmarks-test:{uuid.uuid4().hex[:12]}"
    options = ["--network", "host", "--build-arg", f"BASE={base}", "--tag", name, "--file", str(ROOT / "Containerfile")]
    by.call("build", *by.build, *options, str(ROOT), timeout=TIMEOUT)
    try:
        yield Image(by, name)
    finally:
        by.call("rmi", "--force", name)


@pytest.fixture(scope="session")
def container_engine() -> Engine:
    """The one that the sandbox uses: podman, where both are here."""
    found = engine.find()
    assert found, "No container engine: ./inv sandbox.up installs one, or says how."
    return found


@pytest.fixture(scope="session")
def base(container_engine: Engine) -> str:
    """Debian with this machine's certificates and mirrors: all that a base can bring, and what the sandbox's has."""
    return container_images.ensure(container_engine, "host", print)
