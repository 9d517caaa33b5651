"""The program `./inv`: Invoke with its tasks listed in groups, and a version that names what results depend on."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from platform import python_version
from types import FrameType
from typing import Any, NoReturn

from invoke.collection import Collection
from invoke.program import Program
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from benchmarks import __version__, hints
from benchmarks.bootstrap import COLLECTIONS
from benchmarks.cli import invoke_parser
from benchmarks.errors import REFUSED, RefusedError
from benchmarks.paths import ROOT
from benchmarks.terminal import streams
from benchmarks.text import escaped

WIDTH = 110  # columns at most, as in task_help


class Inv(Program):
    """Invoke's program, as called by `./inv`. The groups of tasks are in the configuration of tasks.py's namespace."""

    def normalize_argv(self, argv: Any) -> None:
        try:
            super().normalize_argv(invoke_parser.normalized(argv))
        except RefusedError as error:
            print(escaped(str(error)), file=sys.stderr)
            sys.exit(REFUSED)

    def print_version(self) -> None:
        print(versions())

    def list_flat(self) -> None:
        if self.list_root:
            super().list_flat()
            return
        lines = dict(names(self.collection))
        console = Console(highlight=False, width=min(Console().width, WIDTH))
        longest = max(map(len, lines))
        for title, tasks in groups(self.collection).items():
            table = Table.grid(padding=(0, 2))
            table.add_column(no_wrap=True, width=longest)
            table.add_column()
            for name in tasks:
                table.add_row(name, Text(lines[name]))
            console.print(Text(title, style="bold"))
            console.print(Padding(table, (0, 0, 1, 2)))

    def no_tasks_given(self) -> None:
        self.list_root, self.list_format = "", "flat"
        self.list_flat()
        print(first_steps(self.collection))
        sys.exit(0)


def groups(namespace: Collection) -> Mapping[str, tuple[str, ...]]:
    """The title of each group and the names of its tasks, in the order shown. Groups without tasks are left out."""
    wanted: Mapping[str, tuple[str, ...]] = namespace.configuration()["groups"]
    existing = dict(names(namespace))
    found = {title: tuple(name for name in group if name in existing) for title, group in wanted.items()}
    return {title: group for title, group in found.items() if group}


def names(namespace: Collection) -> Iterator[tuple[str, str]]:
    """Every task's name as users type it (`bench`, not bench.run), with the first line of its help."""
    for name, aliases in namespace.task_names.items():
        shown = min((name, *aliases), key=len)
        yield shown, (namespace[name].__doc__ or "").strip().splitlines()[0]


def first_steps(namespace: Collection) -> str:
    """A sentence on what to type first."""
    first = f"{hints.command_line('demo')}, which needs no AWS account, or " if "demo" in dict(names(namespace)) else ""
    return f"Start with {first}{hints.command_line('bench --help')}."


def versions() -> str:
    manifest = COLLECTIONS / "ansible_collections/amazon/aws/MANIFEST.json"
    collection = json.loads(manifest.read_text())["collection_info"]["version"]
    return (
        f"benchmarks {__version__}\n"
        f"ansible-core {version('ansible-core')}, amazon.aws {collection}, Python {python_version()}"
    )


def exit_on_signal(number: int, _frame: FrameType | None) -> NoReturn:
    """Handle Ctrl-C if nothing has to be cleaned up. Invoke itself would exit with code 1, as after a failure."""
    raise SystemExit(128 + number)


def main() -> None:
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, exit_on_signal)
    streams.ignore_closed_output()
    # Show the list of tasks instead of Invoke's own help, whose flags nobody needs here.
    words = [] if sys.argv[1:] in (["--help"], ["-h"]) else sys.argv[1:]
    Inv().run(["inv", "--search-root", str(ROOT), *words])


if __name__ == "__main__":
    main()
