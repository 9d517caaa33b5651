"""The ways into the tool, as commands: what each is called, and how a request of a playbook is put to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from benchmarks.parameters.spec import Parameter
from benchmarks.paths import ROOT

BIN = Path(sys.executable).parent
# No parameter takes these, whatever else it refuses.
WRONG = {
    "int": "four",
    "float": "dear",
    "percent": "much",
    "time": "soon",
    "bool": "perhaps",
    "str": "",
    "path": "",
    "list": "",
}
COMMANDS = {"benchmark": "bench"}


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and all that it showed, as one line of text."""

    code: int
    screen: str


def refusal(parameter: Parameter) -> str:
    """The sentence that refuses the wrong value of a parameter."""
    try:
        spec.read(parameter, WRONG[parameter.type])
    except RefusedError as error:
        return str(error)
    raise AssertionError(f"{parameter.name} takes {WRONG[parameter.type]!r}")


def flags(given: Mapping[str, object]) -> list[str]:
    return [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]


def environment(home: Path) -> dict[str, str]:
    """That of a user with an empty home and no AWS credentials, on a screen that is wide enough."""
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "LANG", "TERM") if name in os.environ}
    # So that a test on an EC2 instance finds no credentials there.
    aws = {"AWS_EC2_METADATA_DISABLED": "true"}
    return {**kept, **aws, "PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(home), "COLUMNS": "400"}


def task(entry_point: str) -> str:
    """What the task of a playbook or command is called."""
    return COMMANDS.get(entry_point, f"bench.{entry_point}")


def run(argv: list[str | Path], home: Path) -> Ended:
    done = subprocess.run(
        argv,
        cwd=home,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return Ended(done.returncode, " ".join(done.stdout.split()))


@dataclass(frozen=True)
class Ansible:
    """ansible-playbook, called again and again."""

    requests: IO[str]
    answers: IO[str]

    def playbook(self, entry_point: str, given: Mapping[str, object], home: Path) -> Ended:
        argv = [str(ROOT / f"playbooks/{entry_point}.yml"), "-e", json.dumps(given)]
        print(json.dumps({"argv": argv, "environment": environment(home)}), file=self.requests, flush=True)
        answer: dict[str, Any] = json.loads(self.answers.readline())
        return Ended(answer["code"], " ".join(answer["output"].split()))


@contextmanager
def ansible(home: Path) -> Iterator[Ansible]:
    """ansible-playbook, ready to be called; it reads the repository's ansible.cfg, as from the repository's root."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.ansible_forks"],
        cwd=ROOT,
        env={**environment(home), "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin
    assert server.stdout
    with server:
        yield Ansible(server.stdin, server.stdout)
        server.stdin.close()
