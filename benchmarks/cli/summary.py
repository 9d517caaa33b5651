"""The summary that is printed at the end of a run."""

from __future__ import annotations

import shlex
from pathlib import Path

from msgspec.structs import replace
from rich.console import Console, Group, RenderableType
from rich.text import Text

from benchmarks.cli import hosts_summary
from benchmarks.errors import FailedError
from benchmarks.host import host_layout, ssh
from benchmarks.launch import cost, remaining
from benchmarks.playbook import stages
from benchmarks.results import link, remarks, results_table
from benchmarks.runs import attempts, parameters_file, record_files, run_layout
from benchmarks.runs.records import Instances, Preflight, Published, Terminated
from benchmarks.runs.result_records import Results
from benchmarks.terminal import rendering


def _stages(directory: Path, *, is_of_several: bool) -> list[RenderableType]:
    times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stages.times(directory).items())
    of = "on the host that took longest: " if is_of_several else ""
    return [rendering.Hanging(Text(f"Stages    {of}{times}"))] if times else []


def _numbers(directory: Path, told: str) -> list[RenderableType]:
    try:
        found = record_files.read(Results, directory)
    except FailedError as error:
        return [Text(str(error))]
    if not found:
        return []
    # Why it is partial was said when it happened, and may be the last line again: here that it is.
    remarked = replace(found, partial=None) if _is_told(found.partial or "", told) else found
    said: list[RenderableType] = [rendering.Hanging(rendering.plain(one)) for one in remarks.of_results(remarked)]
    if not found.measurements:
        return said
    return [Text(), results_table.table(found.measurements), Text(), *said, Text(_measured(found))]


def _is_told(partial: str, told: str) -> bool:
    _, _, why = partial.partition(": ")
    return bool(why) and why in told


def _measured(found: Results) -> str:
    return f"Measured  {_count(found)}"


def _count(found: Results) -> str:
    count = len(found.measurements)
    number = f"{count} of {found.expected}" if found.partial and found.expected else str(count)
    noun = "benchmark" if number == "1" else "benchmarks"
    return f"{number} {noun}{', partial' if found.partial else ''}"


def _host(directory: Path, told: str) -> list[RenderableType]:
    parts = _numbers(directory, told)
    places = {"Log": run_layout.LOG, "Page": run_layout.PAGE}
    parts += [Text(f"{title:<9} {directory / name}") for title, name in places.items() if (directory / name).exists()]
    if published := record_files.recall(Published, directory):
        parts.append(Text(f"S3        {published.uri}"))
        in_full = f"in full in {directory / published.FILE}"
        parts.append(rendering.Link("Link      ", published.link, run_layout.LOG, in_full))
        parts.append(Text(f"          {link.opening(published.link_until, published.link_note)}"))
    return parts


def _others(host: Path) -> list[RenderableType]:
    """A line on each attempt on a host, other than the current one, that has results, and how to see them."""
    lines: list[RenderableType] = []
    for number in attempts.here(host):
        found = record_files.recall(Results, run_layout.attempt(host, number))
        if found and found.measurements and number != attempts.current(host):
            shown = remaining.results_command(f"{host.parent.name}/{host.name}/{number}", host.parent)
            lines.append(Text(f"{f'Attempt {number}':<9} {_count(found)}: {shown}"))
    return lines


def kept(directory: Path, launched: Instances, terminated: Terminated) -> list[str]:
    """How to log in to the instances that were kept, and how to terminate them."""
    try:
        parameters = parameters_file.read_parameters(directory)
    except FailedError:
        return []
    left = [instance for instance in launched.instances if instance.instance_id not in terminated.times]
    if not (parameters.get("keep") and left):
        return []
    key = parameters.get("key_file") or directory / run_layout.LOGIN_KEY
    # Not -i: ssh expands percent signs in its value in some cases and not in others.
    files = {"IdentityFile": key, "UserKnownHostsFile": directory / run_layout.KNOWN_HOSTS}
    options = [ssh.option(name, str(path)) for name, path in files.items()]
    words = ["ssh", *(word for option in options for word in ("-o", option)), "-p", str(parameters["ssh_port"])]
    logins = [
        shlex.join([*words, "-o", f"HostKeyAlias={one.instance_id}", f"{host_layout.LOGIN}@{one.address}"])
        for one in left
    ]
    return [
        "Kept      costs money until it is ended, or switches itself off. To log in:",
        *(f"          {line}" for line in logins),
        "          To end it:",
        f"          {remaining.end_command(directory.name, launched.region, directory)}",
    ]


def of_run(directory: Path, told: str = "") -> RenderableType:
    """The results, locations, cost and times of a run, as far as its directory has them.

    Why results are partial is left out if `told`, which is printed after it, says so.
    """
    parts: list[RenderableType] = []
    preflight = record_files.recall(Preflight, directory)
    launched = record_files.recall(Instances, directory)
    terminated = record_files.recall(Terminated, directory) or Terminated()
    hosts = list(run_layout.hosts(directory))
    is_of_several = bool(preflight and len(preflight.launches) > 1)
    if is_of_several:
        parts += hosts_summary.parts(directory, launched, terminated, told)
        parts += [line for host in hosts for line in _others(host)]
    else:
        for host in hosts:
            parts += [*_host(run_layout.attempt(host, attempts.current(host)), told), *_others(host)]
        if preflight and preflight.launch and launched:
            parts.append(rendering.Hanging(Text(f"Cost      {cost.line(preflight.launch, launched, terminated)}")))
    if preflight and preflight.launch and launched:
        parts += [Text(line) for line in kept(directory, launched, terminated)]
    parts += _stages(directory, is_of_several=is_of_several)
    parts.append(Text(f"Run       {directory}"))
    return Group(*parts)


def show(directory: Path, told: str = "") -> None:
    """Print the summary of a run, which `told` follows, or nothing if its directory does not exist."""
    if not directory.exists():
        return
    terminal = Console()
    # No hard line breaks in URLs and paths: a terminal wraps them itself, and copies them whole.
    width = terminal.width if terminal.is_terminal else rendering.PIPED_WIDTH
    Console(highlight=False, soft_wrap=True, width=width).print(of_run(directory, told))
