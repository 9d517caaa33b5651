"""The page docs/parameters.md, generated from the specs by `./inv generate`."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.parameters import spec
from benchmarks.paths import ROOT

PATH = ROOT / "docs/parameters.md"
HEAD = """\
# Parameters

<!-- Made by ./inv generate from roles/preflight/meta/argument_specs.yml: change that file, not this page. -->

Every parameter has one name. `./inv` takes it as a flag with hyphens, ansible-playbook with underscores, as in
`-e instance_type=c7i.2xlarge`, or in a file, as in `-e @parameters.yml`. Both refuse an unknown name or value with the
same message, before anything is launched.

With `./inv`, flags of type *bool* need no value: `--keep` is `--keep=true`; ansible-playbook takes `true` or `false`.
An empty value, as in `--host "$HOST"` with HOST unset, is refused: leave out what you do not want to set. Relative
paths start in the current directory; the default of `--runs-dir` is in this repository.

Only `./inv` has `--verbose`: ansible-playbook shows its own output anyway, and has its own `-v`.
"""


def command(entry_point: str) -> str:
    """The command that runs an entry point's task."""
    return "./inv bench" if entry_point == "benchmark" else f"./inv bench.{entry_point}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(parameter: spec.Parameter) -> str:
    if parameter.required:
        return "*required*"
    if parameter.default is None or parameter.type == "bool":
        return ""
    return f"`{parameter.default}`"


def _row(parameter: spec.Parameter) -> str:
    short = f"`-{parameter.short}`, " if parameter.short else ""
    choices = f" One of {', '.join(f'`{choice}`' for choice in parameter.choices)}." if parameter.choices else ""
    bound = f" At most {parameter.largest}." if parameter.name in spec.LIMITS else ""
    text = parameter.help + choices + bound
    flag = f"`{parameter.words}`" if parameter.positional else f"{short}`{parameter.flag}` *{parameter.type}*"
    cells = (flag, _default(parameter), _cell(text))
    return f"| {' | '.join(cells)} |"


def _table(parameters: list[spec.Parameter]) -> Iterator[str]:
    yield "| flag | default | |"
    yield "|---|---|---|"
    yield from map(_row, parameters)


def _section(entry_point: str) -> Iterator[str]:
    every = spec.flags(entry_point)
    yield f"## {command(entry_point).removeprefix('./inv ')}"
    yield ""
    playbook = f", `ansible-playbook playbooks/{entry_point}.yml`" if entry_point in spec.playbooks() else ""
    yield f"{spec.summary(entry_point)}: `{command(entry_point)}`{playbook}."
    for title, parameters in (
        ("", [parameter for parameter in every if not parameter.advanced]),
        ("Advanced:", [parameter for parameter in every if parameter.advanced]),
    ):
        if parameters:
            yield ""
            yield from [title, ""] if title else []
            yield from _table(parameters)


def page() -> str:
    """The whole page as Markdown."""
    sections = ["\n".join(_section(entry_point)) for entry_point in spec.entry_points()]
    return "\n".join([HEAD, "\n\n".join(sections), ""])
