"""The tasks of those who work on this project: tests, checks, measurements."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from benchmarks import bootstrap
from benchmarks.interface import ROOT

BIN = Path(sys.executable).parent
PYTHON = str(BIN / "python")


def _install() -> None:
    try:
        for requirements in ("requirements-dev.txt", "sandbox/requirements.txt"):
            bootstrap.ensure(requirements)
    except bootstrap.SetupError as error:
        raise Exit(str(error), code=2) from None


def _check(*argv: str) -> None:
    """Run one command in the repository's root. Raises Exit with its exit code when it fails."""
    print("$", *argv, flush=True)
    code = subprocess.run([str(BIN / argv[0]), *argv[1:]], cwd=ROOT).returncode
    if code:
        raise Exit(f"{argv[0]} found something to mend.", code=code)


@task
def lint(_context: Context) -> None:
    """Check style and types: ruff, mypy, yamllint, ansible-lint, shellcheck."""
    _install()
    _check("ruff", "check", ".")
    _check("ruff", "format", "--check", ".")
    _check("mypy", ".")
    _check("yamllint", "--strict", ".")
    _check("ansible-lint", "--offline", "--strict")
    _check("shellcheck", "inv", ".ci/run")


@task
def test(context: Context) -> None:
    """Run every check and every test."""
    lint(context)
    _check("python", "-m", "tests.oldest_and_newest", "-q")
    # Real containers and processes: more of them at once than cores would only wait for each other.
    _check("pytest", "-n", "2", "--dist", "loadfile", "tests/sandbox", "tests/integration", "tests/e2e")


@task
def perf(_context: Context) -> None:
    """Measure what the pipeline adds over the same commands typed by hand. Prints ratios, judges nothing."""
    _install()
    _check("python", "-m", "tests.performance.overhead")


tasks = (test, lint, perf)
