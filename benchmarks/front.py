"""The Invoke side of the interface: typed flags and help made from the specs, and parse errors that help."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.parser.argument import Argument
from invoke.parser.parser import ParseMachine
from invoke.tasks import Task

from benchmarks import interface, invocation, manual
from benchmarks.errors import FailedError, RefusedError

Body = Callable[[Context, Mapping[str, Any]], None]
REFUSED = 2
FAILED = 1


class SpecTask(Task[Any]):
    """A task whose flags are a playbook's parameters. Its body gets those that were given, as text or True."""

    def __init__(self, body: Body, entry_point: str, command: str, examples: tuple[tuple[str, str], ...]) -> None:
        super().__init__(body, positional=())
        self.entry_point = entry_point
        self.command = command
        self.examples = tuple((invocation.line(words), meaning) for words, meaning in examples)

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        flags = [_argument(parameter) for parameter in interface.parameters(self.entry_point)]
        # Invoke's own --help would show flags without order or examples; a task's own flag comes first.
        return [*flags, Argument(names=("help", "h"), kind=bool, help="Show this help.")]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        (context,) = args
        if kwargs.pop("help", None):
            return self.print_manual()
        given = {name: value for name, value in kwargs.items() if value is not None}
        try:
            return super().__call__(context, given)
        except RefusedError as error:
            raise Exit(str(error), code=REFUSED) from None
        except FailedError as error:
            raise Exit(str(error), code=FAILED) from None

    def print_manual(self) -> None:
        manual.show(self.entry_point, invocation.line(self.command), self.__doc__ or "", self.examples)


def _argument(parameter: interface.Parameter) -> Argument:
    dashed = parameter.name.replace("_", "-")
    names = [dashed, *([parameter.short] if parameter.short else [])]
    # Values stay text here: one reader, the same for every way in, says what is wrong with them.
    kind = bool if parameter.type == "bool" else str
    return Argument(
        names=names, kind=kind, help=parameter.help, attr_name=parameter.name if parameter.name != dashed else None
    )


def spec_task(entry_point: str, command: str, examples: tuple[tuple[str, str], ...] = ()) -> Callable[[Body], SpecTask]:
    """Decorates the body of a task whose flags are those of a playbook.

    `command` is what users call it, and examples are the words of a command line, with what it does.
    """
    return lambda body: SpecTask(body, entry_point, command, examples)


def help_parse_errors() -> None:
    """Let Invoke's parser end with exit code 2 and the nearest name, instead of 1 and none.

    Invoke has no hook for this: its parser raises from one method, which is replaced.
    """

    def error(machine: ParseMachine, message: str) -> NoReturn:
        raise Exit(_explain(machine, message), code=REFUSED)

    ParseMachine.error = error  # type: ignore[method-assign,assignment]


def _explain(machine: ParseMachine, message: str) -> str:
    context = machine.context
    # As it was most likely typed: a collection's default task, such as bench.run, goes by the collection's name.
    task = min((context.name, *context.aliases), key=len) if context and context.name else ""
    if not message.startswith("No idea what"):
        # Such as: Flag <Argument: cpu (c)> needed value and was not given one!
        said = re.sub(r"<Argument: ([\w-]+)[^>]*> needed value and was not given one!", r"--\1 needs a value.", message)
        return f"{said} See {invocation.line(f'{task} --help'.strip())}."
    word = message.split("'")[1].partition("=")[0]
    if word.startswith("-") and context and task:
        known = context.flags
        return f"Unknown flag {word}.{interface.nearest(word, known)} See {invocation.line(f'{task} --help')}."
    if machine.flag and machine.flag.takes_value and machine.flag.raw_value is not None:
        return f"{word} belongs to no flag: was --{machine.flag.names[0]} given twice?"
    return (
        f"Unknown task {word}.{interface.nearest(word, machine.contexts)} {invocation.line('--list')} shows them all."
    )
