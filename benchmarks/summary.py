"""What a user sees at the end of a run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console, Group, RenderableType
from rich.text import Text

from benchmarks import cost, invocation, results, results_table, runs, user_data
from benchmarks.interface import ROOT

# Columns of output that no terminal shows, so that no name is broken.
PIPED_WIDTH = 200


def _stages(directory: Path) -> list[RenderableType]:
    stages: dict[str, dict[str, Any]] = runs.read_record(directory, "stages.json") or {}
    times = ", ".join(f"{name} {entry['seconds']:.1f} s" for name, entry in stages.items())
    return [Text(f"Stages    {times}")] if times else []


def _numbers(directory: Path) -> list[RenderableType]:
    found = results.of_host(directory)
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
    if published := runs.read_record(directory, "published.json"):
        parts.append(Text(f"S3        {published['uri']}"))
        parts.append(Text(f"Link      {published['link']}"))
        parts.append(Text(f"          opens until {published['link_until']} {published['link_note']}".rstrip()))
    return parts


def kept(
    directory: Path, parameters: dict[str, Any], instances: dict[str, Any], terminated: dict[str, str]
) -> list[str]:
    """How to log in to the instances that were kept, and how to end them."""
    end = f"bench.terminate --run-id {directory.name} --region {instances['region']}"
    if directory.parent != ROOT / "runs":
        end += f" --runs-dir {shlex.quote(str(directory.parent))}"
    key = parameters.get("key_file") or directory / "keys/login"
    left = [i for i in instances["instances"] if i["instance_id"] not in terminated]
    if not (parameters.get("keep") and left):
        return []
    logins = [
        f"          ssh -i {key} -p {parameters['ssh_port']} -o UserKnownHostsFile={directory}/known_hosts "
        f"-o HostKeyAlias={i['instance_id']} {user_data.LOGIN}@{i['public_ip'] or i['private_ip']}"
        for i in left
    ]
    return [
        "Kept      costs money until it is ended, or switches itself off. To log in:",
        *logins,
        "          To end it:",
        f"          {invocation.line(end)}",
    ]


def of_run(directory: Path) -> RenderableType:
    """Numbers, places, cost and times of a run, from its directory."""
    hosts = sorted(path.parent for path in directory.glob("*/toolchain.json"))
    parts = [part for host in hosts for part in _host(host)]
    plan = runs.read_record(directory, "preflight.json")
    instances = runs.read_record(directory, "instances.json")
    if plan and plan["launch"] and instances:
        terminated = runs.read_record(directory, "terminated.json") or {}
        parts.append(Text(f"Cost      {cost.line(plan['launch'], instances, terminated)}"))
        parameters = yaml.safe_load((directory / "parameters.yml").read_text())
        parts += [Text(line) for line in kept(directory, parameters, instances, terminated)]
    parts += _stages(directory)
    parts.append(Text(f"Run       {directory}"))
    return Group(*parts)


def show(directory: Path) -> None:
    terminal = Console()
    # Long links and paths are not to be broken: a terminal wraps them itself, and copies them whole.
    width = terminal.width if terminal.is_terminal else PIPED_WIDTH
    Console(highlight=False, soft_wrap=True, width=width).print(of_run(directory))
