"""A task's help, generated from its spec: first the basic options, then the advanced ones."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from benchmarks.parameters import spec

PLACEHOLDERS = {"str": "TEXT", "path": "PATH", "int": "N", "float": "N", "percent": "N%", "time": "DATE"}


def _flag(parameter: spec.Parameter) -> str:
    if parameter.positional:
        return parameter.words
    short = f"-{parameter.short}, " if parameter.short else "    "
    value = f" {PLACEHOLDERS[parameter.type]}" if parameter.type != "bool" else ""
    return f"{short}{parameter.flag}{value}"


def _help(parameter: spec.Parameter) -> str:
    default = f" Default: {parameter.default}." if parameter.default not in (None, False) else ""
    return f"{parameter.help}{default}"


def line(parameter: spec.Parameter) -> str:
    """The help of one parameter, as one line of text."""
    return f"{_flag(parameter).strip()} {_help(parameter)}"


def _options(parameters: list[spec.Parameter]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for parameter in parameters:
        table.add_row(Text(_flag(parameter), style="bold"), Text(_help(parameter)))
    return table


def page(entry_point: str, command: str, text: str, examples: tuple[tuple[str, str], ...]) -> RenderableType:
    """The whole help of a command."""
    every = spec.flags(entry_point)
    groups = {"Options": [p for p in every if not p.advanced], "Advanced": [p for p in every if p.advanced]}
    words = "".join(f" [{parameter.words}]" for parameter in every if parameter.positional)
    parts: list[RenderableType] = [Text(f"Usage: {command}{words} [options]\n"), Text(text.strip() + "\n")]
    if examples:
        parts.append(Text("Examples", style="bold"))
        for line, meaning in examples:
            parts.append(Padding(Text(f"{line}\n    {meaning}"), (0, 0, 0, 2)))
        parts.append(Text())
    for title, parameters in groups.items():
        if parameters:
            parts += [Text(title, style="bold"), Padding(_options(parameters), (0, 0, 1, 2))]
    return Group(*parts)


def show(entry_point: str, command: str, text: str, examples: tuple[tuple[str, str], ...]) -> None:
    Console(highlight=False, width=min(Console().width, 110)).print(page(entry_point, command, text, examples))
