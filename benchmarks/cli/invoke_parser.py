"""Invoke's parser, with this tool's exit codes and hints for mistyped words."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NoReturn

from invoke.exceptions import Exit
from invoke.parser.parser import ParseMachine

from benchmarks import hints
from benchmarks.errors import REFUSED
from benchmarks.parameters import spec
from benchmarks.terminal import wrapping
from benchmarks.text import escaped


def exit_with(sentence: object, code: int) -> Exit:
    """The exception by which Invoke prints `sentence`, wrapped to the terminal, and exits with `code`."""
    shown = "\n".join(map(escaped, str(sentence).split("\n")))
    return Exit(wrapping.wrapped(shown, wrapping.columns(sys.stderr)), code)


def help_parse_errors() -> None:
    """Make Invoke's parser exit with code 2 and suggest the nearest name, instead of exit code 1 without a hint.

    Invoke has no hook for this, so two methods of its parser are replaced: the one that raises and the one that reads a
    word. After a task's name, a flag that only Invoke has is refused: else -f, say, would be read as Invoke's --config.
    """
    read = ParseMachine.handle

    def handle(machine: ParseMachine, word: str) -> None:
        if _is_flag_of_invoke(machine, word):
            machine.error(f"No idea what {word!r} is!")
        read(machine, word)

    def error(machine: ParseMachine, message: str) -> NoReturn:
        raise exit_with(_explain(machine, message), REFUSED)

    ParseMachine.handle = handle  # type: ignore[method-assign,assignment]
    ParseMachine.error = error  # type: ignore[method-assign,assignment]


def _is_flag_of_invoke(machine: ParseMachine, word: str) -> bool:
    """Whether `word` follows a task's name but is only a flag of Invoke itself. Every task has --help."""
    task = machine.context
    if not task or not task.name or word in task.flags or word in task.inverse_flags or machine.waiting_for_flag_value:
        return False
    return word in machine.initial.flags and machine.initial.flags[word].name != "help"


def _explain(machine: ParseMachine, message: str) -> str:
    context = machine.context
    # The shortest name is most likely the one typed: `bench` for bench.run, the default task of its collection.
    task = min((context.name, *context.aliases), key=len) if context and context.name else ""
    help_line = hints.command_line(f"{task} --help".strip())
    if not message.startswith("No idea what"):
        # For example: Flag <Argument: cpu (c)> needed value and was not given one!
        said = re.sub(r"<Argument: ([\w-]+)[^>]*> needed value and was not given one!", r"--\1 needs a value.", message)
        # For example: 'bench.completion' did not receive required positional arguments: 'shell'
        said = re.sub(r"'(\S+)' did not receive required positional arguments: (.*)", r"\1 needs a value for \2.", said)
        return f"{said} See {help_line}."
    word = message.split("'")[1].partition("=")[0]
    if not word:
        return f"A word is given but empty, as from a variable that is not set: leave it out. See {help_line}."
    if word.startswith("-") and context:
        return f"Unknown flag {word}.{_nearest_flag(word, context.flags)} See {help_line}."
    if single := _single_word(task):
        return f"{task} takes one {single}, and {word} is one too many. See {help_line}."
    if machine.flag and machine.flag.takes_value and machine.flag.raw_value is not None:
        if str(machine.flag.raw_value).endswith(","):
            return f"{word} belongs to no flag: give --{machine.flag.names[0]} without spaces after commas."
        return f"{word} belongs to no flag: was --{machine.flag.names[0]} given twice?"
    known = [*machine.contexts, *machine.contexts.aliases]
    return f"Unknown task {word}.{hints.nearest(word, known)} {hints.command_line('--list')} shows them all."


def _single_word(task: str) -> str:
    """What a task takes once, as a word without a flag, such as RUN; empty if it takes none, or several."""
    entry_point = _entry_points().get(task)
    every = spec.parameters(entry_point) if entry_point else ()
    return next((parameter.words for parameter in every if parameter.positional and parameter.type != "list"), "")


def _entry_points() -> dict[str, str]:
    """The entry point of each task that may take words without a flag."""
    return {f"bench.{name}": name for name in (*spec.commands(), *spec.WORDS)}


def _nearest_flag(word: str, known: Iterable[str]) -> str:
    """A hint with the flag that is most like `word`; after a single hyphen, the flags that begin with that letter."""
    if word.startswith("--"):
        return hints.nearest(word, known)
    found = sorted(flag for flag in known if flag.startswith(f"-{word}"))
    return f" Did you mean {' or '.join(found)}?" if found else ""


def normalized(words: Sequence[str]) -> list[str]:
    """A command line of ./inv as Invoke can read it. Raises RefusedError for the wrong value of a switch."""
    return list(with_flags_for_words(list(without_values_of_switches(words)), _entry_points()))


def without_values_of_switches(words: Sequence[str]) -> Iterator[str]:
    """The command line with `--keep=true` replaced by `--keep`, and `--keep=false` removed.

    Invoke would take the value for a task's name. Raises RefusedError for a value that is neither true nor false.
    """
    every = [p for entry_point in spec.entry_points() for p in spec.flags(entry_point)]
    switches = {parameter.flag: parameter for parameter in every if parameter.type == "bool"}
    for word in words:
        flag, equals, value = word.partition("=")
        if not equals or flag not in switches:
            yield word
        elif spec.read(switches[flag], value):
            yield flag


def with_flags_for_words(words: Sequence[str], tasks: Mapping[str, str]) -> Iterator[str]:
    """The command line with `--sources WORD` for each word that a task takes without a flag.

    Invoke takes only a fixed number of such words, and would read the others as names of tasks. `tasks` are the entry
    points of tasks, by name. Such a task ends the command line: all that follows is for it, and after `--` there are no
    flags any more.
    """
    at = next((index for index, word in enumerate(words) if word in tasks), len(words))
    yield from words[: at + 1]
    if at == len(words):
        return
    parameters = spec.parameters(tasks[words[at]])
    positional = next((parameter.flag for parameter in parameters if parameter.positional), None)
    takes_value = {flag for p in parameters if p.type != "bool" for flag in _flags(p)}
    is_value = only_words = False
    for word in words[at + 1 :]:
        if positional and word == "--" and not (is_value or only_words):
            only_words = True
            continue
        if positional and (only_words or not (is_value or word.startswith("-"))):
            yield positional
        yield word
        is_value = not (is_value or only_words) and word in takes_value
    if is_value and words[-1] == positional:
        yield ""  # which is refused; Invoke would take no value for an empty list


def _flags(parameter: spec.Parameter) -> tuple[str, ...]:
    return (parameter.flag, f"-{parameter.short}") if parameter.short else (parameter.flag,)
