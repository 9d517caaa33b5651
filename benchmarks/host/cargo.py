"""Cargo's command lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Toml = Mapping[str, Any]  # a table as read by tomllib

# Runs one target after the other, each with its own Criterion directory, since two targets may use the same benchmark
# names. If a target fails, the others still run; the exit status is that of the first failure. Values are passed as
# arguments, never inserted into the script. The log is split by the line that Cargo prints before each target; Cargo
# omits it when quiet and changes it when verbose, so both settings of the suite or the source are overridden.
# https://doc.rust-lang.org/cargo/reference/config.html#termquiet
_EACH_TARGET = """
targets=$1 home=$2 cargo=$3
shift 3
export CARGO_TERM_QUIET=false CARGO_TERM_VERBOSE=false
first=0
while IFS= read -r target <&3; do
    mkdir -p "$home/$target"
    CRITERION_HOME=$home/$target "$cargo" bench --bench "$target" "$@" 3<&-
    status=$?
    [ "$first" -ne 0 ] || first=$status
done 3<<END
$targets
END
exit "$first"
"""


# The package ids of cargo metadata up to 1.76: `name 1.0.0 (path+file:///directory)`.
_OLD_ID = re.compile(r"(?P<name>\S+) \S+ \(path\+(?P<url>file://.+)\)")


def package_spec(package: str, members: Sequence[Mapping[str, str]]) -> str:
    """The package ID specification of a workspace member, even if a dependency has the same name.

    `members` are the workspace members from cargo metadata, with name and id. The version in `name@version` is not
    needed to find the member. A package that is not in the workspace is passed to Cargo unchanged.
    https://doc.rust-lang.org/cargo/reference/pkgid-spec.html
    """
    name = package.partition("@")[0]
    identity = next((member["id"] for member in members if member["name"] == name), None)
    if identity is None:
        return package
    old = _OLD_ID.fullmatch(identity)
    return f"{old['url']}#{old['name']}" if old else identity


def package_refusal(package: str, members: Sequence[Mapping[str, str]]) -> str:
    """Why `package` cannot be benchmarked, as a sentence; empty if it is in the workspace."""
    names = sorted(member["name"] for member in members)
    if package.partition("@")[0] in names:
        return ""
    return f"The source has no package {package}: the suite's package must be one of {', '.join(names)}."


def overridden_flags(config: str | None, environment: Mapping[str, str]) -> str:
    """Which rustflags of the source's own Cargo configuration RUSTFLAGS overrides, as a sentence; empty if none.

    Cargo uses the first source of flags that is set and ignores the others:
    https://doc.rust-lang.org/cargo/reference/config.html#buildrustflags
    """
    keys = list(_flag_keys(tomllib.loads(config))) if config and "RUSTFLAGS" in environment else []
    if not keys:
        return ""
    return (
        f"RUSTFLAGS of the run ({environment['RUSTFLAGS'] or 'empty'}) replace {' and '.join(keys)} of the source's "
        f".cargo/config.toml: leave rustflags out of the suite and the request to build by those."
    )


def _flag_keys(config: Toml) -> Iterator[str]:
    if "rustflags" in config.get("build", {}):
        yield "build.rustflags"
    for target, settings in config.get("target", {}).items():
        if "rustflags" in settings:
            yield f"target.{target}.rustflags"


@dataclass(frozen=True)
class Command:
    """The options of a `cargo bench` call for one package; `executable` is a path on the host."""

    executable: str
    package: str
    benches: Sequence[str]
    features: Sequence[str] = ()
    arguments: Sequence[str] = ()  # for the benchmark programs

    def build(self) -> list[str]:
        """The command that builds all targets."""
        targets = [part for bench in self.benches for part in ("--bench", bench)]
        return [self.executable, "bench", *targets, *self._options, "--no-run"]

    def run(self, home: str) -> list[str]:
        """The command that runs the targets, each with its own Criterion directory below `home`.

        Targets are always named: without `--bench`, the library's own test harness runs first and rejects Criterion's
        arguments.
        """
        arguments = ["--", *self.arguments] if self.arguments else []
        command = ["/bin/sh", "-c", _EACH_TARGET, "sh", "\n".join(self.benches), home]
        return [*command, self.executable, *self._options, *arguments]

    @property
    def _options(self) -> list[str]:
        features = ["--features", ",".join(self.features)] if self.features else []
        return ["--locked", "--package", self.package, *features]
