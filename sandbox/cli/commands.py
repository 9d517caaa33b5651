"""The sandbox's commands: an EC2 and S3 look-alike on this machine. See docs/sandbox.md."""

from __future__ import annotations

import os
import sys
import time

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from benchmarks import bootstrap
from sandbox import state
from sandbox.cli import options, show
from sandbox.service import lifecycle
from sandbox.service.lifecycle import SandboxError
from sandbox.state import Sandbox, State

_NAME = {"name": "name of the sandbox, if there are several"}


@task(help=_NAME | {"set": "NAME=VALUE, a setting such as vcpu_quota=8; may be repeated"}, iterable=["set"])
def up(_context: Context, name: str = "default", set: list[str] | None = None) -> None:
    """Start the sandbox, after building what it needs."""
    sandbox = _named(name)
    began = time.monotonic()
    try:
        bootstrap.ensure("sandbox/requirements.txt")
        running = lifecycle.up(sandbox, _say, options.parse(set or ()))
    except ValueError as error:
        raise Exit(str(error), code=2) from error
    except (bootstrap.SetupError, SandboxError) as error:
        raise Exit(str(error), code=1) from error
    _say(f"Sandbox {name} answers at {running.endpoint_url} ({time.monotonic() - began:.1f} s).")
    _say(f'Use it in this shell: eval "$(./inv sandbox.env{"" if name == "default" else f" --name {name}"})"')


@task(help=_NAME | {"format": "shell, to eval, or json"})
def env(_context: Context, name: str = "default", format: str = "shell") -> None:
    """Print what to export so that AWS clients use the sandbox."""
    sandbox = _named(name)
    running = _running(sandbox)
    if format not in ("shell", "json"):
        raise Exit(f"The environment can be printed as shell or json, not as {format!r}.", code=2)
    print(show.as_json(sandbox, running, os.environ) if format == "json" else show.as_shell(running, os.environ))


@task(help=_NAME)
def status(_context: Context, name: str = "default") -> None:
    """Show what runs, and its share of this machine."""
    sandbox = _named(name)
    running = _running(sandbox)
    print(show.status(sandbox, running, lifecycle.machines(sandbox)))


@task(
    help=_NAME | {"all": "every sandbox of this user", "image": "remove the images too; the next start rebuilds them"}
)
def down(_context: Context, name: str = "default", all: bool = False, image: bool = False) -> None:
    """Remove the sandbox and everything it started."""
    try:
        for sandbox in lifecycle.everywhere() if all else [_named(name)]:
            if not lifecycle.down(sandbox, _say):
                _say(f"There is no sandbox {sandbox.name}.")
        if image:
            lifecycle.remove_images()
    except SandboxError as error:
        raise Exit(str(error), code=1) from error


def _named(name: str) -> Sandbox:
    try:
        return state.named(name)
    except ValueError as error:
        raise Exit(str(error), code=2) from error


def _running(sandbox: Sandbox) -> State:
    running = lifecycle.running(sandbox)
    if running is None:
        raise Exit(f"Sandbox {sandbox.name} does not run. Start it: ./inv sandbox.up --name {sandbox.name}", code=1)
    return running


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


namespace = Collection("sandbox", up, env, status, down)
