"""The dry run of a launch: whether EC2 would accept the request that the launch will send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.aws.session import Client
from benchmarks.launch import boot_times, run_instances
from benchmarks.runs import ssh_keys
from benchmarks.runs.records import LaunchPlan, Values


@dataclass(frozen=True)
class Run:
    """What identifies a run in the tags of its instances."""

    id: str
    started: datetime
    owner: str


def check(ec2: Client, run: Run, plan: LaunchPlan, parameters: Values) -> None:
    """Raises RefusedError if EC2 accepts the launch in no place, and ClientError for what holds everywhere.

    The request is the launch's own, tags and user data included, since IAM policies may have conditions on them, and
    EC2 limits their size. Only the keys are not the run's.
    """
    key_file = parameters["key_file"]
    keys = ssh_keys.stand_in(Path(key_file) if key_file else None)
    lifetime = boot_times.lifetime([plan], parameters["build_limit"], parameters["time_limit"])
    run_instances.rehearse(ec2, run_instances.prepare(run.id, run.started, keys, lifetime, run.owner, plan))
