"""The public parameters: their names and types, how text becomes a typed value, and which values are refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from benchmarks import hints
from benchmarks.errors import RefusedError
from benchmarks.paths import ROOT
from benchmarks.runs.records import Values
from benchmarks.text import is_single_line, shown

SPECS = ROOT / "roles/preflight/meta/argument_specs.yml"
# Commands without a playbook.
COMMANDS = Path(__file__).parent / "commands.yml"

# Argument specs have no field for a short flag, nor for whether a flag is basic or advanced.
SHORT_FLAGS = {"instance_type": "i", "cpu": "c", "memory": "m", "suite": "s", "tail": "f", "verbose": "v"}
FIRST_FLAGS = (
    "instance_type",
    "cpu",
    "memory",
    "suite",
    "tail",
    "detach",
    "host",
    "launch_template",
    "key_file",
    "bucket",
    "region",
    "keep",
    "expired",
    "arch",
    "family",
    "all",
    "sort",
    "wide",
    "format",
    "sources",
    "filter",
    "link",
    "by",
    "group",
    "changed",
    "regressions",
    "fail_on",
    "since",
)

# Nor for a parameter that ./inv takes as a word without a flag.
WORDS: Mapping[str, str] = {"terminate": "run"}  # by entry point

# Nor for the largest value. EC2 uses 32-bit integers; a time limit of more than a month is a mistake.
LARGEST = 2**31 - 1
MONTH = 30 * 24 * 60  # minutes
LIMITS: Mapping[str, int] = {"ssh_port": 65535, "time_limit": MONTH, "build_limit": MONTH}


@dataclass(frozen=True)
class Parameter:
    """One public parameter of one playbook or command."""

    name: str
    type: str
    help: str
    default: Any = None
    required: bool = False
    choices: tuple[Any, ...] = ()
    positional: bool = False  # given as words without a flag

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def words(self) -> str:
        """What stands in a usage line for the words of a positional parameter."""
        if self.type == "list":
            return f"{self.name.removesuffix('s').upper()}..."
        return self.name.removesuffix("_id").upper()

    @property
    def short(self) -> str | None:
        return SHORT_FLAGS.get(self.name)

    @property
    def largest(self) -> float:
        """The largest number allowed."""
        return LIMITS.get(self.name, LARGEST if self.type == "int" else math.inf)

    @property
    def advanced(self) -> bool:
        return self.name not in FIRST_FLAGS and not self.positional


# A flag of ./inv and no parameter: it changes what is shown, and ansible-playbook has its own.
VERBOSE = Parameter(
    name="verbose",
    type="bool",
    help="Show the output of Ansible itself, task by task, in place of a line a stage.",
    default=False,
)
PLAYING = ("benchmark", "setup", "teardown", "terminate")  # the entry points whose commands play a playbook


@cache
def _of_file(path: Path) -> Values:
    # The C loader, which most PyYAML builds have, makes every command start 25 ms faster.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    specs: Values = yaml.load(path.read_text(), Loader=loader)["argument_specs"]
    return specs


def _specs() -> Values:
    return {**_of_file(SPECS), **_of_file(COMMANDS)}


def playbooks() -> tuple[str, ...]:
    """The entry points that have a playbook of the same name."""
    return tuple(_of_file(SPECS))


def commands() -> tuple[str, ...]:
    """The entry points of commands that have no playbook."""
    return tuple(_of_file(COMMANDS))


def entry_points() -> tuple[str, ...]:
    """All entry points: of playbooks, and of commands that have none."""
    return tuple(_specs())


def summary(entry_point: str) -> str:
    """One line on what the playbook or command does."""
    text: str = _specs()[entry_point]["short_description"]
    return text


def parameters(entry_point: str) -> tuple[Parameter, ...]:
    """The parameters of a playbook or command, in the order of its spec."""
    return tuple(
        Parameter(
            name=name,
            type=option["type"],
            help=option["description"],
            default=option.get("default"),
            required=option.get("required", False),
            choices=tuple(option.get("choices", ())),
            positional=option.get("positional", False) or WORDS.get(entry_point) == name,
        )
        for name, option in _specs()[entry_point]["options"].items()
    )


def flags(entry_point: str) -> tuple[Parameter, ...]:
    """What the command of ./inv takes: the parameters, and flags of its own."""
    return (*parameters(entry_point), *((VERBOSE,) if entry_point in PLAYING else ()))


def _boolean(value: object) -> bool:
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    return words[str(value).lower()]


def _whole(value: object) -> int:
    if isinstance(value, bool | float):
        raise ValueError
    return int(str(value))


def _number(value: object) -> float:
    result = float(str(value))
    # Comparisons with "nan" are always false, and JSON has neither "nan" nor "inf".
    if not math.isfinite(result):
        raise ValueError
    return result


def _percent(value: object) -> float:
    return _number(str(value).removesuffix("%"))


def _time(value: object) -> datetime:
    """A time in UTC if it names no other zone, or a number of days or hours ago."""
    text = str(value)
    if ago := re.fullmatch(r"(\d{1,5})([dh])", text):
        return datetime.now(UTC) - timedelta(hours=int(ago[1]) * {"d": 24, "h": 1}[ago[2]])
    given = datetime.fromisoformat(text)
    return given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)


def _text(value: object) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError
    return str(value)


def _path(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


_READERS: Mapping[str, tuple[Callable[[object], Any], str]] = {
    "str": (_text, "a string"),
    "path": (_path, "a path"),
    "int": (_whole, "a whole number"),
    "float": (_number, "a number"),
    "bool": (_boolean, "true or false"),
    "percent": (_percent, "a percentage, such as 5%"),
    "time": (_time, "a date such as 2026-05-19, with or without a time, or a number of days or hours, such as 7d"),
}


def read(parameter: Parameter, value: object) -> Any:
    """`value`, given as text or typed, as the parameter's type. Raises RefusedError, which says what is valid."""
    if parameter.type == "list":
        every = value if isinstance(value, list | tuple) else [value]
        return [read(replace(parameter, type="str"), each) for each in every]
    if isinstance(value, str) and not value.strip():
        raise RefusedError(
            f"{parameter.name} is given but empty, as from a variable that is not set: "
            "give it a value, or leave it out."
        )
    reader, wanted = _READERS[parameter.type]
    try:
        result = reader(value)
    except (ValueError, KeyError, OverflowError):
        raise RefusedError(f"{parameter.name} must be {wanted}, not {shown(value)}.") from None
    if isinstance(result, str) and not is_single_line(result):
        raise RefusedError(f"{parameter.name} must be one line of UTF-8 without control characters, not {value!r}.")
    if parameter.type in ("int", "float", "percent") and not 0 < result <= parameter.largest:
        bound = f"at most {parameter.largest}" if result > 0 else "greater than 0"
        raise RefusedError(f"{parameter.name} must be {bound}, not {value}.")
    if parameter.choices and result not in parameter.choices:
        raise RefusedError(f"{parameter.name} must be one of {', '.join(map(str, parameter.choices))}, not {value!r}.")
    return result


def read_all(entry_point: str, given: Mapping[str, object]) -> Values:
    """The values given for a playbook's parameters, typed; no defaults are added.

    None counts as not given, as in a run's recorded parameters. Empty text is refused, as in `-e host=$HOST` with HOST
    unset: the default would be another machine than the one that was meant.
    Raises RefusedError for an unknown name, for a value that is empty or of the wrong type, and if a required parameter
    is missing.
    """
    known = {p.name: p for p in parameters(entry_point)}
    for name in given:
        if name not in known:
            raise RefusedError(f"Unknown parameter {name}.{hints.nearest(name, known)} Known: {', '.join(known)}.")
    values = {name: read(known[name], value) for name, value in given.items() if value is not None}
    for parameter in known.values():
        if parameter.required and parameter.name not in values:
            raise RefusedError(f"{parameter.name} is missing: {parameter.help}")
    return values


def with_defaults(entry_point: str, values: Values) -> Values:
    """All parameters of a playbook: the given value, else the default, else None."""
    return {p.name: values.get(p.name, p.default) for p in parameters(entry_point)}


def names(entry_point: str) -> tuple[str, ...]:
    return tuple(_specs()[entry_point]["options"])


def role_variables(roles: str) -> list[str]:
    """The variables declared by the roles in a directory, except preflight's, whose spec has the public parameters."""
    specs = [path for path in Path(roles).glob("*/meta/argument_specs.yml") if path.parts[-3] != SPECS.parts[-3]]
    entries = [entry for spec in specs for entry in yaml.safe_load(spec.read_text())["argument_specs"].values()]
    return sorted({name for entry in entries for name in entry["options"]})
