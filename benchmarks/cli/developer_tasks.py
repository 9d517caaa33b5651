"""Tasks for developers of this project: tests, checks, performance measurements, documentation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from benchmarks import bootstrap
from benchmarks.cli import developer_programs
from benchmarks.errors import REFUSED, RefusedError
from benchmarks.pages import parameter_page, policy_page, record_schemas, role_pages
from benchmarks.paths import ROOT

BIN = Path(sys.executable).parent


def _install_packages(*files: str) -> None:
    try:
        for requirements in files:
            bootstrap.ensure(requirements)
    except bootstrap.SetupError as error:
        raise Exit(str(error), code=REFUSED) from None


def _install() -> None:
    try:
        developer_programs.install()
    except RefusedError as error:
        raise Exit(str(error), code=REFUSED) from None
    _install_packages("requirements-dev.txt", "sandbox/requirements.txt", "docs/requirements.txt")


def _check(*argv: str, **variables: str) -> None:
    """Run a command in the repository's root, with more environment variables.

    Raises Exit with its exit code if it fails.
    """
    print("$", *argv, flush=True)
    program = shutil.which(argv[0], path=f"{BIN}{os.pathsep}{os.environ['PATH']}") or argv[0]
    code = subprocess.run([program, *argv[1:]], cwd=ROOT, env={**os.environ, **variables}).returncode
    if code:
        raise Exit(f"{argv[0]} found problems.", code=code)


@contextmanager
def _meanwhile(*argv: str) -> Iterator[None]:
    """Run a command beside what the block does, and wait for its end, or end it if the block fails."""
    process = subprocess.Popen(argv, cwd=ROOT)
    try:
        yield
        process.wait()
    finally:
        process.terminate()
        process.wait()


@task
def generate(_context: Context) -> None:
    """Generate the pages made from the specs.

    These are the page of all parameters, the READMEs of the roles, the JSON Schemas of the records, and the policies
    shown on the page of permissions.
    """
    parameter_page.PATH.write_text(parameter_page.page())
    for role in role_pages.roles():
        role_pages.readme(role).write_text(role_pages.page(role))
    for path, schema in record_schemas.schemas().items():
        path.write_text(schema)
    policy_page.INSTANCE.write_text(policy_page.instance_policy())
    policy_page.PATH.write_text(policy_page.page(policy_page.PATH.read_text()))


@task
def lint(_context: Context) -> None:
    """Check style and types of the whole project."""
    _install()
    _check("ruff", "check", ".")
    _check("ruff", "format", "--check", ".")
    _check("mypy", ".")
    _check("lint-imports", "--no-logo", "--no-cache")
    _check("yamllint", "--strict", ".")
    _check("ansible-lint", "--offline", "--strict")
    _check("shellcheck", "inv", "benchmarks.sh", ".ci/run")


@task
def test(context: Context) -> None:
    """Run every check and every test."""
    _install()
    with _meanwhile(sys.executable, "-m", "tests.support.preparation"):
        lint(context)
        _check("python", "-m", "tests.support.oldest_and_newest", "-q", "-n", "2")
    # These run real containers and processes, which wait half of their time: 4 workers on 2 cores. Slowest first.
    directories = [f"tests/{name}" for name in ("e2e", "docs", "integration", "sandbox")]
    with tempfile.TemporaryDirectory() as recorded:
        options = ("-n", "4", "--dist", "loadgroup", "--no-loadscope-reorder")
        _check("pytest", *options, *directories, BENCHMARKS_RECORDED_PERMISSIONS=recorded)
        # Only all integration tests together call everything that the documented policies are to allow.
        _check("python", "-m", "tests.support.documented_policies", recorded)


@task
def perf(_context: Context) -> None:
    """Measure overhead, speed, and how often comparisons err."""
    _install()
    _check("python", "-m", "tests.performance.overhead")
    _check("python", "-m", "tests.performance.types")
    _check("python", "-m", "tests.performance.comparison")
    _check("python", "-m", "tests.performance.page")
    _check("python", "-m", "tests.performance.history")


@task(pre=[generate])
def docs(_context: Context) -> None:
    """Build the documentation into docs/_build/html."""
    _install_packages("docs/requirements.txt")
    # -W turns warnings, such as broken links, into errors.
    _check("python", "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html")
    print(f"The pages begin at {ROOT / 'docs/_build/html/index.html'}")


tasks = (test, lint, docs, generate, perf)
