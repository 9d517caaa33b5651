"""What a user sees at the end of a run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from benchmarks.errors import FailedError
from benchmarks.host import ssh
from benchmarks.launch import cloud_init, cost, remaining, run_instances, termination
from benchmarks.playbook import stages
from benchmarks.preflight import run_plan
from benchmarks.results import host_results, publishing, results_table
from benchmarks.runs import attempts, parameters_file, run_directory
from benchmarks.terminal import rendering

# Columns of output that no terminal shows, so that no name is broken.
PIPED_WIDTH = 200


def _stages(directory: Path) -> list[RenderableType]:
    times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stages.times(directory).items())
    return [rendering.Hanging(Text(f"Stages    {times}"))] if times else []


def _numbers(directory: Path) -> list[RenderableType]:
    found = host_results.of_host(directory)
    said: list[RenderableType] = [Text(sentence) for sentence in (*found.problems, *found.notes)]
    if not found.estimates:
        return said
    return [Text(), results_table.table(found.estimates), Text(), *said, Text(_measured(len(found.estimates)))]


def _measured(count: int) -> str:
    return f"Measured  {count} {'benchmark' if count == 1 else 'benchmarks'}"


def _host(directory: Path) -> list[RenderableType]:
    parts = _numbers(directory)
    if (directory / "benchmark.log").exists():
        parts.append(Text(f"Log       {directory / 'benchmark.log'}"))
    if published := run_directory.recall(directory, attempts.PUBLISHED, publishing.SHOWN):
        parts.append(Text(f"S3        {published['uri']}"))
        in_full = f"in full in {directory / attempts.PUBLISHED}"
        parts.append(rendering.Link("Link      ", published["link"], "benchmark.log", in_full))
        parts.append(Text(f"          opens until {published['link_until']} {published['link_note']}".rstrip()))
    return parts


def _address(instance: dict[str, Any]) -> str:
    return str(instance["public_ip"] or instance["private_ip"])


def kept(directory: Path, instances: dict[str, Any], terminated: dict[str, str]) -> list[str]:
    """How to log in to the instances that were kept, and how to end them."""
    try:
        parameters = parameters_file.read_parameters(directory)
    except FailedError:
        return []
    key = parameters.get("key_file") or directory / "keys/login"
    left = [i for i in instances["instances"] if i["instance_id"] not in terminated]
    if not (parameters.get("keep") and left):
        return []
    # Not -i, behind which ssh takes a percent sign now for itself and now for more.
    files = (ssh.option("IdentityFile", str(key)), ssh.option("UserKnownHostsFile", f"{directory}/known_hosts"))
    words = ["ssh", *(word for file in files for word in ("-o", file)), "-p", str(parameters["ssh_port"])]
    logins = [
        shlex.join([*words, "-o", f"HostKeyAlias={i['instance_id']}", f"{cloud_init.LOGIN}@{_address(i)}"])
        for i in left
    ]
    return [
        "Kept      costs money until it is ended, or switches itself off. To log in:",
        *(f"          {line}" for line in logins),
        "          To end it:",
        f"          {remaining.end_command(directory.name, instances['region'], directory)}",
    ]


def of_run(directory: Path) -> RenderableType:
    """Numbers, places, cost and times of a run, from what there is in its directory."""
    hosts = sorted(path.parent for path in directory.glob(f"*/{attempts.CURRENT}"))
    parts = [part for host in hosts for part in _host(host / str(attempts.current(host)))]
    launch = run_plan.recall(directory)["launch"]
    instances = run_directory.recall(directory, run_instances.RECORD, run_instances.NAMES)
    if launch and instances:
        terminated = run_directory.recall(directory, termination.RECORD) or {}
        parts.append(rendering.Hanging(Text(f"Cost      {cost.line(launch, instances, terminated)}")))
        parts += [Text(line) for line in kept(directory, instances, terminated)]
    parts += _stages(directory)
    parts.append(Text(f"Run       {directory}"))
    return Group(*parts)


def show(directory: Path) -> None:
    """Print what there is of a run, of which nothing may have begun."""
    if not directory.exists():
        return
    terminal = Console()
    # Long addresses and paths are not to be broken: a terminal wraps them itself, and copies them whole.
    width = terminal.width if terminal.is_terminal else PIPED_WIDTH
    Console(highlight=False, soft_wrap=True, width=width).print(of_run(directory))
