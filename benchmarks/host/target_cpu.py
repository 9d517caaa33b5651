"""The CPU that the compiler generates code for: named by flags, that of the host, or the target's default.

https://doc.rust-lang.org/rustc/codegen-options/index.html#target-cpu
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

Table = Mapping[str, Any]

# Lines of `rustc --print target-cpus`. Older compilers do not say which CPU is the default.
_NATIVE = re.compile(r"^ *native +- .*\(currently (?P<cpu>[^)\s]+)\)", re.MULTILINE)
_DEFAULT = re.compile(r"^ *(?P<cpu>\S+) +- This is the default target CPU", re.MULTILINE)
_HOST = re.compile(r"^host: (?P<triple>\S+)$", re.MULTILINE)  # in the output of `rustc -vV`
# rustc takes an underscore for a hyphen here.
_OPTION = re.compile(r"target[-_]cpu=(?P<cpu>.*)", re.DOTALL)


def resolve(
    printed: str | None, compiler: str | None, config: str | None, environment: Mapping[str, str]
) -> str | None:
    """The CPU's name as the compiler knows it, None if it cannot be told.

    `printed` is the output of `rustc --print target-cpus`, `compiler` that of `rustc -vV`, and `config` the text of the
    source's .cargo/config.toml.
    """
    try:
        loaded = tomllib.loads(config or "")
        settings = {name: msgspec.convert(loaded.get(name, {}), Table) for name in ("build", "target")}
        host = _HOST.search(compiler or "")
        target = _target(settings, environment) or (host["triple"] if host else "")
        # Only the compiler can evaluate cfg(…): the answer must be the same whether they are true or not.
        named = {_named(_flags(settings, environment, target, cfgs)) for cfgs in (False, True)}
    except (tomllib.TOMLDecodeError, msgspec.ValidationError):
        return None
    if len(named) > 1:
        return None
    cpu = named.pop()
    if cpu == "native":
        return _found(_NATIVE, printed)
    if cpu is None:
        return _found(_DEFAULT, printed) if host and target == host["triple"] else None
    return cpu


def _found(pattern: re.Pattern[str], printed: str | None) -> str | None:
    match = pattern.search(printed or "")
    return match["cpu"] if match else None


def _target(config: Mapping[str, Table], environment: Mapping[str, str]) -> str | None:
    """The target that is built for, None for the host. Raises ValidationError for several."""
    target = environment.get("CARGO_BUILD_TARGET") or config["build"].get("target")
    return msgspec.convert(target, str | None)


def _flags(config: Mapping[str, Table], environment: Mapping[str, str], target: str, cfgs: bool) -> Sequence[str]:
    """The flags of the first source that has any, with those of all cfg(…) or of none.

    https://doc.rust-lang.org/cargo/reference/config.html#buildrustflags
    """
    if (encoded := environment.get("CARGO_ENCODED_RUSTFLAGS")) is not None:
        return encoded.split("\x1f")
    if (flags := environment.get("RUSTFLAGS")) is not None:
        return flags.split()
    targets = config["target"]
    variable = f"CARGO_TARGET_{target.upper().replace('-', '_').replace('.', '_')}_RUSTFLAGS"
    tables = [targets.get(target, {}), {"rustflags": environment.get(variable, "")}]
    if cfgs:
        tables += [table for name, table in targets.items() if name.startswith("cfg(")]
    of_target = [flag for table in tables for flag in _list(table)]
    return of_target or [*_list(config["build"]), *environment.get("CARGO_BUILD_RUSTFLAGS", "").split()]


def _list(table: object) -> Sequence[str]:
    flags = msgspec.convert(table, Table).get("rustflags", ())
    return flags.split() if isinstance(flags, str) else msgspec.convert(flags, Sequence[str])


def _named(flags: Sequence[str]) -> str | None:
    """The last CPU that is named: `-C target-cpu=NAME`, `-Ctarget-cpu=NAME`, `--codegen=target-cpu=NAME`."""
    found = [match["cpu"] for option in _options(flags) if (match := _OPTION.fullmatch(option))]
    return found[-1] if found else None


def _options(flags: Sequence[str]) -> Iterator[str]:
    """The values of `-C` and `--codegen`."""
    for flag, following in itertools.pairwise([*flags, ""]):
        if flag in ("-C", "--codegen"):
            yield following
        elif flag.startswith(("-C", "--codegen=")):
            yield flag.removeprefix("--codegen=").removeprefix("-C")
