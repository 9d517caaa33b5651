"""Shell completion for ./inv: the candidates, and the scripts that ask for them in bash, zsh and fish.

Instance types, families and zones come from the picker's cache: completion never calls AWS.
"""

from __future__ import annotations

import itertools
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.parameters import region, spec, suites
from benchmarks.parameters.spec import Parameter
from benchmarks.paths import ROOT, expand
from benchmarks.picker import region_data
from benchmarks.runs import named_run, run_directory, run_layout
from benchmarks.terminal import streams

# Each script runs this module with the words after ./inv; the last word is the one being typed. They are registered for
# the name `inv`, which shells also match for ./inv and longer paths.
SCRIPTS = {
    "bash": """\
_benchmarks_inv() {{
    local IFS=$'\\n' found
    found=$({command} "${{COMP_WORDS[@]:1:COMP_CWORD}}" 2>/dev/null)
    COMPREPLY=($(compgen -W "$found" -- "${{COMP_WORDS[COMP_CWORD]#=}}"))
}}
complete -o default -F _benchmarks_inv inv
""",
    "zsh": """\
_benchmarks_inv() {{
    local -a found
    found=(${{(f)"$({command} "${{(@)words[2,CURRENT]}}" 2>/dev/null)"}})
    if (( $#found )); then compadd -a found; else _files; fi
}}
(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit }}
compdef _benchmarks_inv inv
""",
    "fish": """\
function __benchmarks_inv
    {command} (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null
end
complete -c inv -f -a '(__benchmarks_inv)'
complete -c inv -n 'not __benchmarks_inv | string length -q' -F
""",
}


def script(shell: str) -> str:
    """The script that a shell has to evaluate. Raises RefusedError for an unknown shell."""
    if shell not in SCRIPTS:
        raise RefusedError(f"Completion is for {', '.join(SCRIPTS)}, not for {shell!r}.")
    return SCRIPTS[shell].format(command=shlex.join([sys.executable, "-P", "-m", "benchmarks.cli.completion"]))


def candidates(words: Sequence[str], environment: Mapping[str, str]) -> list[str] | None:
    """The candidates for the last of `words`; None if Invoke should complete it, as for tasks and its own flags."""
    # bash passes an equals sign as a separate word.
    *before, current = [word for word in words[:-1] if word != "="] + [
        "" if word == "=" else word for word in words[-1:]
    ]
    if before[-1:] == ["bench.completion"]:
        return [shell for shell in SCRIPTS if shell.startswith(current)]
    entry_point = _entry_point(before)
    if not entry_point:
        return None
    flags = {flag: p for p in spec.flags(entry_point) for flag in _flags(p)}
    asked_in, runs_dir = _value_of(before, "--region"), _value_of(before, "--runs-dir")
    if current.startswith("--") and "=" in current:
        flag, _, begun = current.partition("=")
        found = [f"{flag}={value}" for value in _values(flags.get(flag), begun, asked_in, runs_dir, environment)]
    elif before[-1] in flags and flags[before[-1]].type != "bool":
        found = _values(flags[before[-1]], current, asked_in, runs_dir, environment)
    elif current.startswith("-") or not any(parameter.positional for parameter in flags.values()):
        found = [*flags, "--help"]
    elif _value_of(before, "--bucket"):
        found = ["latest"]  # which runs a bucket has is not asked at each key
    else:
        reads_results = any(p.positional and p.type == "list" for p in flags.values())
        found = _runs(runs_dir, reads_results=reads_results)
    return [one for one in found if one.startswith(current)]


def _entry_point(before: Sequence[str]) -> str | None:
    """The entry point of the task on the command line."""
    task = next((word for word in before if not word.startswith("-")), "")
    name = task.removeprefix("bench.")
    return "benchmark" if name in ("bench", "run") else name if name in spec.entry_points() else None


def _flags(parameter: Parameter) -> list[str]:
    return [parameter.flag, *([f"-{parameter.short}"] if parameter.short else [])]


def _value_of(before: Sequence[str], flag: str) -> str | None:
    following = dict(itertools.pairwise(before))
    joined = next((word.partition("=")[2] for word in before if word.startswith(f"{flag}=")), None)
    return following.get(flag) or joined


def _values(
    parameter: Parameter | None, begun: str, asked_in: str | None, runs_dir: str | None, environment: Mapping[str, str]
) -> list[str]:
    if parameter is None:
        return []
    if parameter.choices:
        return list(map(str, parameter.choices))
    match parameter.name:
        case "region":
            return list(region.known())
        case "suite":
            return list(suites.names())
        case "run_id":
            return _runs(runs_dir, reads_results=False)[1:]  # whole ids alone
        case "instance_type" | "family" | "az":
            types = region_data.cached(region.choose(asked_in, {} if asked_in else environment), environment)
        case _:
            return []
    if parameter.name == "instance_type":
        return [offer.type.name for offer in types]
    if parameter.name == "az":
        return sorted({zone for offer in types for zone in offer.zones})
    done, comma, _ = begun.rpartition(",")
    chosen = done.split(",")
    return [f"{done}{comma}{name}" for name in sorted({o.type.family for o in types}) if name not in chosen]


def _runs(runs_dir: str | None, *, reads_results: bool) -> list[str]:
    """The runs, or only those whose results can be read, the latest first.

    The shell completes files if nothing here fits what was typed.
    """
    directory = run_directory.locate_runs(runs_dir and Path.cwd() / expand("runs_dir", runs_dir))
    admits = (lambda path: any(run_layout.hosts(path))) if reads_results else named_run.is_planned
    runs = sorted((path.name for path in named_run.directories(directory) if admits(path)), reverse=True)
    return ["latest", *runs] if runs else []


def main() -> None:
    """Print the candidates, one per line; on an error nothing, since a shell would take the message for candidates."""
    streams.ignore_closed_output()
    words = sys.argv[1:]
    try:
        found = candidates(words, os.environ)
    except RefusedError:
        return
    if found is not None:
        print("\n".join(found))
        return
    invoke = str(Path(sys.executable).parent / "invoke")
    os.execv(invoke, [invoke, "--search-root", str(ROOT), "--complete", "--", "inv", *words])


if __name__ == "__main__":
    main()
