"""A run's hosts: those that there are, and those that are missing and launched."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.aws import instances, tags
from benchmarks.aws.session import Client
from benchmarks.launch import run_instances
from benchmarks.launch.run_instances import RECORD, Launch
from benchmarks.runs import files, run_directory


def there(ec2: Client, run_id: str) -> list[dict[str, Any]]:
    """The run's hosts that exist, as `ensure` would give them."""
    return _records(instances.alive(ec2, run_id))


def difference(there: Sequence[Mapping[str, Any]], plan: Mapping[str, Any]) -> dict[str, str]:
    """What `ensure` would change, as Ansible's `diff`: nothing where the run's host exists, else what is launched."""
    wanted = {
        "instance type": f"{plan['instance_type']}, {plan['cores']} cores, {plan['threads_per_core']} threads each",
        "image": f"{plan['image']['id']} ({plan['image']['name']})",
        "launch template": f"{plan['launch_template']['name']}, version {plan['launch_template']['version']}",
        "zone": ", else ".join(subnet["zone"] or "the launch template's" for subnet in plan["subnets"]),
    }
    after = "".join(f"{name}: {value}\n" for name, value in wanted.items())
    return {"before": after if there else "", "after": after, "after_header": f"an instance in {plan['region']}"}


def ensure(
    ec2: Client,
    launches: Sequence[Launch],
    timeout: float,
    note: Callable[[list[dict[str, Any]]], object],
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[bool, list[dict[str, Any]]]:
    """Bring all hosts of a run to running, launching those that are not there; whether any was launched, and all hosts.

    Each host is `{host, instance_id, public_dns, public_ip, private_ip, zone, launched}`. All of them are given to
    `note` as soon as they are launched, and again when they run. Raises FailedError.
    """
    run_id = launches[0].run_id
    found = {instances.host_of(instance): instance for instance in instances.alive(ec2, run_id)}
    missing = [launch for launch in launches if launch.host not in found]
    for launch in missing:
        found[launch.host] = {**run_instances.run(ec2, launch, sleep), "Tags": tags.as_list(launch.tags)}
        note(_records(found.values()))
    running = instances.wait_running(ec2, run_id, {i["InstanceId"] for i in found.values()}, timeout, sleep)
    note(_records(running))
    return bool(missing), _records(running)


def note(directory: Path, region: str, host_key: str, found: Sequence[Mapping[str, Any]]) -> None:
    """Write down a run's instances, and the key by which each is known. Raises OSError."""
    run_directory.write_record(directory, RECORD, {"region": region, "instances": list(found)})
    files.write_whole(directory / "known_hosts", "".join(f"{one['instance_id']} {host_key}\n" for one in found))


def _records(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [instances.record(instance) for instance in sorted(found, key=instances.host_of)]
