"""What a user sees at the end of a run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from benchmarks import attempts, cost, criterion, invocation, plan, publishing, runs, user_data
from benchmarks.errors import FailedError
from benchmarks.interface import ROOT

# Columns of output that no terminal shows, so that no name is broken.
PIPED_WIDTH = 200


def _table(estimates: tuple[criterion.Estimate, ...]) -> RenderableType:
    level = f"{estimates[0].confidence:.0%}"
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("benchmark", overflow="fold")
    table.add_column("estimate", justify="right", no_wrap=True)
    table.add_column(f"{level} interval", justify="right", no_wrap=True)
    for estimate in estimates:
        interval = f"{criterion.duration(estimate.low)} to {criterion.duration(estimate.high)}"
        table.add_row(Text(estimate.id), criterion.duration(estimate.point), interval)
    return table


def _stages(directory: Path) -> list[RenderableType]:
    stages: dict[str, dict[str, Any]] = runs.recall(directory, "stages.json") or {}
    times = ", ".join(f"{name} {entry['seconds']:.1f} s" for name, entry in stages.items())
    return [Text(f"Stages    {times}")] if times else []


def _numbers(directory: Path) -> list[RenderableType]:
    try:
        estimates = criterion.read(directory) if directory.is_dir() else ()
    except ValueError as error:
        return [Text(str(error))]
    return [Text(), _table(estimates), Text(), Text(f"Measured  {len(estimates)} benchmarks")] if estimates else []


def _host(directory: Path) -> list[RenderableType]:
    parts = _numbers(directory / "criterion")
    if (directory / "benchmark.log").exists():
        parts.append(Text(f"Log       {directory / 'benchmark.log'}"))
    if published := runs.recall(directory, publishing.PUBLISHED):
        parts.append(Text(f"S3        {published['uri']}"))
        parts.append(Text(f"Link      {published['link']}"))
        parts.append(Text(f"          opens until {published['link_until']} {published['link_note']}".rstrip()))
    return parts


def kept(directory: Path, instances: dict[str, Any], terminated: dict[str, str]) -> list[str]:
    """How to log in to the instances that were kept, and how to end them."""
    try:
        parameters = runs.read_parameters(directory)
    except FailedError:
        return []
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
    """Numbers, places, cost and times of a run, from what there is in its directory."""
    hosts = sorted(path.parent for path in directory.glob(f"*/{attempts.RECORD}"))
    parts = [part for host in hosts for part in _host(host / str(attempts.current(host)))]
    launch = plan.recall(directory)["launch"]
    instances = runs.recall(directory, "instances.json")
    if launch and instances:
        terminated = runs.recall(directory, "terminated.json") or {}
        parts.append(Text(f"Cost      {cost.line(launch, instances, terminated)}"))
        parts += [Text(line) for line in kept(directory, instances, terminated)]
    parts += _stages(directory)
    parts.append(Text(f"Run       {directory}"))
    return Group(*parts)


def show(directory: Path) -> None:
    terminal = Console()
    # Long links and paths are not to be broken: a terminal wraps them itself, and copies them whole.
    width = terminal.width if terminal.is_terminal else PIPED_WIDTH
    Console(highlight=False, soft_wrap=True, width=width).print(of_run(directory))
