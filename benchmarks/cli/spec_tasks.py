"""The Invoke side of the interface: typed flags and help made from the specs, and parse errors that help."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.parser.argument import Argument
from invoke.parser.parser import ParseMachine
from invoke.tasks import Task

from benchmarks import hints
from benchmarks.cli import task_help
from benchmarks.errors import FailedError, RefusedError
from benchmarks.parameters import spec
from benchmarks.terminal import wrapping

Body = Callable[[Context, Mapping[str, Any]], None]
REFUSED = 2
FAILED = 1


class SpecTask(Task[Any]):
    """A task whose flags are a playbook's parameters. Its body gets those that were given, as text or True."""

    def __init__(self, body: Body, entry_point: str, command: str, examples: tuple[tuple[str, str], ...]) -> None:
        super().__init__(body, positional=())
        self.entry_point = entry_point
        self.command = command
        self.examples = tuple((hints.command_line(words), meaning) for words, meaning in examples)

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:
        flags = [_argument(parameter) for parameter in spec.parameters(self.entry_point)]
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
            raise _exit(error, REFUSED) from None
        except FailedError as error:
            raise _exit(error, FAILED) from None

    def print_manual(self) -> None:
        task_help.show(self.entry_point, hints.command_line(self.command), inspect.getdoc(self) or "", self.examples)


def _exit(sentence: object, code: int) -> Exit:
    return Exit(wrapping.wrapped(str(sentence), wrapping.columns(sys.stderr)), code)


def _argument(parameter: spec.Parameter) -> Argument:
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

    Invoke has no hook for this: its parser raises from one method and reads words in another, which are replaced. A
    task's flags are its own: Invoke would read one that the task has not as a flag of its own, such as -f as --config.
    """
    read = ParseMachine.handle

    def handle(machine: ParseMachine, word: str) -> None:
        if _is_flag_of_invoke(machine, word):
            machine.error(f"No idea what {word!r} is!")
        read(machine, word)

    def error(machine: ParseMachine, message: str) -> NoReturn:
        raise _exit(_explain(machine, message), REFUSED)

    ParseMachine.handle = handle  # type: ignore[method-assign,assignment]
    ParseMachine.error = error  # type: ignore[method-assign,assignment]


def _is_flag_of_invoke(machine: ParseMachine, word: str) -> bool:
    """Whether `word`, behind a task's name, can only be a flag of Invoke's own; --help is every task's."""
    task = machine.context
    if not task or not task.name or word in task.flags or word in task.inverse_flags or machine.waiting_for_flag_value:
        return False
    return word in machine.initial.flags and machine.initial.flags[word].name != "help"


def _explain(machine: ParseMachine, message: str) -> str:
    context = machine.context
    # As it was most likely typed: a collection's default task, such as bench.run, goes by the collection's name.
    task = min((context.name, *context.aliases), key=len) if context and context.name else ""
    help_line = hints.command_line(f"{task} --help".strip())
    if not message.startswith("No idea what"):
        # Such as: Flag <Argument: cpu (c)> needed value and was not given one!
        said = re.sub(r"<Argument: ([\w-]+)[^>]*> needed value and was not given one!", r"--\1 needs a value.", message)
        # Such as: 'bench.completion' did not receive required positional arguments: 'shell'
        said = re.sub(r"'(\S+)' did not receive required positional arguments: (.*)", r"\1 needs a value for \2.", said)
        return f"{said} See {help_line}."
    word = message.split("'")[1].partition("=")[0]
    if not word:
        return f"A word is given but empty, as from a variable that is not set: leave it out. See {help_line}."
    if word.startswith("-") and context:
        return f"Unknown flag {word}.{_nearest_flag(word, context.flags)} See {help_line}."
    if machine.flag and machine.flag.takes_value and machine.flag.raw_value is not None:
        return f"{word} belongs to no flag: was --{machine.flag.names[0]} given twice?"
    known = [*machine.contexts, *machine.contexts.aliases]
    return f"Unknown task {word}.{hints.nearest(word, known)} {hints.command_line('--list')} shows them all."


def _nearest_flag(word: str, known: Iterable[str]) -> str:
    """A hint with the flags that `word` most likely stands for: for one letter, those that begin with it."""
    if word.startswith("--"):
        return hints.nearest(word, known)
    found = sorted(flag for flag in known if flag.startswith(f"-{word}"))
    return f" Did you mean {' or '.join(found)}?" if found else ""
