"""Invoke tasks whose flags and help are generated from the specs."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from typing import Any

from invoke.context import Context
from invoke.parser.argument import Argument
from invoke.tasks import Task

from benchmarks import hints
from benchmarks.cli import invoke_parser, task_help
from benchmarks.errors import BeyondLimitError, FailedError, RefusedError
from benchmarks.parameters import spec
from benchmarks.playbook import command_line
from benchmarks.runs.records import Values
from benchmarks.terminal import streams

Body = Callable[[Context, Values], None]


class SpecTask(Task[Any]):
    """A task whose flags are the parameters of a playbook or command.

    Its body gets the values given, as text, a list of texts or True.
    """

    def __init__(self, body: Body, entry_point: str, command: str, examples: tuple[tuple[str, str], ...]) -> None:
        super().__init__(body, positional=())
        self.entry_point = entry_point
        self.command = command
        self.examples = tuple((hints.command_line(words), meaning) for words, meaning in examples)

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        flags = [_argument(parameter) for parameter in spec.flags(self.entry_point)]
        # Invoke's own --help would show the flags unordered and without examples; a task's own flag takes precedence.
        return [*flags, Argument(names=("help", "h"), kind=bool, help="Show this help.")]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        (context,) = args
        # ./inv has done so before; called as `invoke`, nobody has.
        if sys.stdout is sys.__stdout__:
            streams.ignore_closed_output()
        if kwargs.pop("help", None):
            return self.print_manual()
        if kwargs.pop(spec.VERBOSE.name, None):
            # For all that the command starts: it is about the screen, and nothing that a run remembers.
            os.environ[command_line.VERBOSE] = "1"
        given = {name: value for name, value in kwargs.items() if value not in (None, [])}
        try:
            return super().__call__(context, given)
        except (RefusedError, FailedError, BeyondLimitError) as error:
            raise invoke_parser.exit_with(error, error.exit_code) from None

    def print_manual(self) -> None:
        task_help.show(self.entry_point, hints.command_line(self.command), inspect.getdoc(self) or "", self.examples)


def _argument(parameter: spec.Parameter) -> Argument:
    dashed = parameter.name.replace("_", "-")
    names = [dashed, *([parameter.short] if parameter.short else [])]
    # Values stay text here: parameters.spec reads and checks them, the same for Invoke and for ansible-playbook.
    kind = {"bool": bool, "list": list}.get(parameter.type, str)
    return Argument(
        names=names, kind=kind, help=parameter.help, attr_name=parameter.name if parameter.name != dashed else None
    )


def spec_task(entry_point: str, command: str, examples: tuple[tuple[str, str], ...] = ()) -> Callable[[Body], SpecTask]:
    """Decorator that makes a function the body of a SpecTask.

    `command` is its name as users type it. Each of `examples` is the words of a command line and what it does.
    """
    return lambda body: SpecTask(body, entry_point, command, examples)
