"""Starting and stopping sandboxes. Functions report progress with `say` and raise SandboxError for the user."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox import background_process, state
from sandbox.exclusive_lock import exclusive
from sandbox.machines import container_images, containers, engine, engine_install, host_configuration
from sandbox.machines.container_images import ImageError
from sandbox.machines.engine import Engine, EngineError, UnsuitableEngineError
from sandbox.machines.engine_install import NoEngineError
from sandbox.settings import Settings
from sandbox.state import Sandbox, State

Say = Callable[[str], None]


class SandboxError(Exception):
    """A command failed; the message is one or two sentences for the user."""


def running(sandbox: Sandbox) -> State | None:
    """The state of a sandbox whose endpoint runs, else None."""
    found = state.read(sandbox)
    return found if found is not None and background_process.is_alive(found.process) else None


def up(sandbox: Sandbox, say: Say, choices: Mapping[str, Any] | None = None) -> State:
    """Start the sandbox unless it runs; remove what a crashed one left. Raises SandboxError.

    `choices` are settings (see sandbox.cli.options); those of a running sandbox cannot be changed.
    """
    sandbox.lock.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(sandbox.lock):
        found = running(sandbox)
        image = container_images.tag("default", host_configuration.read())
        if found is not None and not _answers(found.endpoint_url):
            found = None
        if found is not None:
            _check_same(sandbox, choices or {})
            if found.image == image:
                return found
        container_engine = _engine(say)
        try:
            container_images.ensure(container_engine, "default", say)
            if found is None:
                _clear(container_engine, sandbox)
                return _start(sandbox, image, choices or {})
        except (EngineError, ImageError) as error:
            raise SandboxError(str(error)) from error
        # The endpoint looks up its images itself: instances booted from now on use the new one.
        found = replace(found, image=image)
        state.write_private(sandbox.state, found.to_json())
        return found


def down(sandbox: Sandbox, say: Say) -> bool:
    """Remove the sandbox completely; return whether there was anything to remove. Raises SandboxError."""
    sandbox.lock.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(sandbox.lock):
        try:
            left = _clear(engine.find(), sandbox)
        except (EngineError, UnsuitableEngineError) as error:
            raise SandboxError(str(error)) from error
        sandbox.lock.unlink()
    if left:
        say(f"Sandbox {sandbox.name} is gone.")
    return left


def everywhere() -> list[Sandbox]:
    """All sandboxes of this user: those with a state directory, and those with only containers left."""
    found = {path for path in state.root().glob("*") if path.is_dir()}
    container_engine = engine.find()
    if container_engine is not None:
        found |= containers_of_sandboxes(container_engine)
    return [Sandbox(path.name, path) for path in sorted(found)]


def machines(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The sandbox's machines: identity, addresses, state, share of this computer."""
    container_engine = engine.find()
    up_now: set[str] = set()
    if container_engine is not None:
        options = [word for name, value in containers.labels(sandbox).items() for word in _filter(name, value)]
        up_now = set(container_engine.call("ps", "--format", "{{.Names}}", *options).split())
    summaries = []
    for path in sandbox.machines.glob("*/machine.json"):
        with contextlib.suppress(FileNotFoundError):  # terminated just now
            summaries.append(json.loads(path.read_text(encoding="utf-8")))
    return [
        summary | {"state": "up" if summary["container"] in up_now else "off"}
        for summary in sorted(summaries, key=lambda summary: str(summary["instance_id"]))
    ]


def build_images(say: Say) -> None:
    """Build every image that a machine can ask for, unless it exists. Raises SandboxError."""
    try:
        container_engine = _engine(say)
        for target in container_images.TARGETS:
            container_images.ensure(container_engine, target, say)
    except (EngineError, ImageError) as error:
        raise SandboxError(str(error)) from error


def remove_images() -> None:
    """Remove all images that sandboxes of this user built. Raises SandboxError."""
    try:
        container_engine = engine.find()
        if container_engine is not None:
            container_images.remove_all(container_engine)
    except (EngineError, UnsuitableEngineError) as error:
        raise SandboxError(str(error)) from error


def containers_of_sandboxes(container_engine: Engine) -> set[Path]:
    """State directories that containers name in their labels."""
    template = f'{{{{index .Labels "{containers.STATE_LABEL}"}}}}'
    marked = ("--filter", f"label={containers.STATE_LABEL}", "--format", template)
    printed = container_engine.call("ps", "--all", *marked)
    return {Path(line) for line in printed.splitlines() if line.startswith("/")}


def _filter(label: str, value: str) -> tuple[str, str]:
    return ("--filter", f"label={label}={value}")


def _engine(say: Say) -> Engine:
    try:
        found = engine.find()
        if (
            engine_install.may_install()
            and (found is None or found.name == "podman")
            and engine_install.missing_packages()
        ):
            engine_install.install(say)
            found = engine.find()
    except (UnsuitableEngineError, NoEngineError) as error:
        raise SandboxError(str(error)) from error
    if found is None:
        raise SandboxError(engine_install.advice())
    return found


def _check_same(sandbox: Sandbox, choices: Mapping[str, Any]) -> None:
    settings = Settings.from_json(sandbox.settings.read_text(encoding="utf-8"))
    if other := [name for name, value in choices.items() if getattr(settings, name) != value]:
        raise SandboxError(
            f"Sandbox {sandbox.name} runs with another {' and '.join(other)}. End it first: "
            f"./inv sandbox.down --name {sandbox.name}"
        )


def _start(sandbox: Sandbox, image: str, choices: Mapping[str, Any]) -> State:
    state.make_private(sandbox.directory)
    settings = Settings(
        access_key_id=f"AKIA{_capitals(16)}",
        secret_access_key=secrets.token_urlsafe(30),
        admin_token=secrets.token_urlsafe(30),
        requests_log=sandbox.requests_log,
        **choices,
    )
    state.write_private(sandbox.settings, settings.to_json())
    reader, writer = os.pipe()
    with os.fdopen(os.open(sandbox.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as log:
        subprocess.Popen(
            [sys.executable, "-m", "sandbox.service.endpoint", str(sandbox.directory), image, str(writer)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(writer,),
            start_new_session=True,
            cwd="/",
            env=_environment(),
        )
    os.close(writer)
    with os.fdopen(reader, "rb") as channel:
        ready = channel.read()
    found = state.read(sandbox)
    if not ready or found is None:
        lines = sandbox.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise SandboxError(f"The sandbox's endpoint did not start: {lines[-1] if lines else 'it said nothing'}")
    return found


def _environment() -> dict[str, str]:
    """The endpoint's environment: this one, plus the package's path, without the user's AWS variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    paths = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths)}


def _clear(container_engine: Engine | None, sandbox: Sandbox) -> bool:
    """Stop the process, remove containers, network and state; return whether any existed."""
    left = False
    if (found := state.read(sandbox)) is not None:
        left = background_process.is_alive(found.process)
        background_process.end(found.process)
    if container_engine is not None:
        marks = containers.labels(sandbox)
        # Containers that joined another one's network are removed first.
        for role in ("instance", "metadata"):
            if ids := container_engine.labelled("container", marks | {containers.ROLE_LABEL: role}):
                container_engine.call("rm", "--force", *container_engine.remove, *ids)
                left = True
        if networks := container_engine.labelled("network", marks):
            container_engine.call("network", "rm", *networks)
            left = True
    if sandbox.directory.exists():
        left = True
        shutil.rmtree(sandbox.directory)
    return left


def _answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{url}/_sandbox/health", timeout=5):
            return True
    except OSError:
        return False


def _capitals(length: int) -> str:
    return "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(length))
