"""The command that prints a shell's completion script."""

from __future__ import annotations

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from benchmarks.cli import completion as shells
from benchmarks.errors import REFUSED, RefusedError


@task(positional=["shell"], help={"shell": "bash, zsh or fish"})
def completion(_context: Context, shell: str) -> None:
    """Print what makes bash, zsh or fish complete ./inv.

    In bash and zsh: eval "$(./inv bench.completion bash)"; in fish: ./inv bench.completion fish | source.
    """
    try:
        print(shells.script(shell), end="")
    except RefusedError as error:
        raise Exit(str(error), code=REFUSED) from None
