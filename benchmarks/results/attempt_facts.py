"""What the results of an attempt depend on, from the run's records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.host import background_services
from benchmarks.results import code_facts, manifest, money_facts, platform_facts
from benchmarks.runs import planned_hosts, record_files, run_layout
from benchmarks.runs.records import Build, Instances, Preflight, Toolchain
from benchmarks.runs.result_records import Code, Money, Platform, Tool


@dataclass(frozen=True)
class Facts:
    """What is recorded beside measurements: code and platform are None if the toolchain's record is missing."""

    code: Code | None
    platform: Platform | None
    money: Money | None
    tool: Tool


def of_attempt(run_dir: Path, host: str, attempt: int, plan: Preflight, ended: datetime | None) -> Facts:
    """The facts of an attempt on a host, which is named as in the inventory; `ended` is the end of its measurement.

    A record that is missing or damaged leaves out what only it has.
    """
    directory = run_layout.attempt(run_layout.host(run_dir, host), attempt)
    toolchain = record_files.recall(Toolchain, directory)
    launched = record_files.recall(Instances, run_dir)
    instance = next((one for one in launched.instances if one.instance_id == host), None) if launched else None
    launch = planned_hosts.launch(plan, launched, host)
    code = platform = None
    if toolchain:
        suite = manifest.suite_of(run_layout.host(run_dir, host), attempt, plan)
        code = code_facts.code(suite, toolchain, record_files.recall(Build, directory))
        platform = platform_facts.platform(toolchain, launch, instance, _stopped(directory))
    return Facts(code, platform, money_facts.money(launch, instance, ended), code_facts.tool(plan))


def _stopped(directory: Path) -> tuple[str, ...]:
    path = directory / run_layout.STOPPED
    return background_services.read(path.read_text(errors="replace")) if path.is_file() else ()
