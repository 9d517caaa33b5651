"""Launching a run's instances so that doing it twice gives one.

RunInstances with a client token: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.exceptions

from benchmarks import __version__
from benchmarks.aws import instances, quotas
from benchmarks.aws.session import Client, as_tags, code, give_up_on
from benchmarks.errors import FailedError
from benchmarks.launch import cloud_init, remaining
from benchmarks.runs import run_directory, ssh_keys

# Where a run's instances are written down, and what is.
RECORD = run_directory.INSTANCES
NAMES = ("region", "instances")
# Reasons to try another zone, and only these:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
NO_CAPACITY = ("InsufficientInstanceCapacity", "InsufficientHostCapacity", "Unsupported")
QUOTA = ("VcpuLimitExceeded", "InstanceLimitExceeded", "MaxSpotInstanceCountExceeded")
# What a client token brings that belongs to an instance which was ended.
ENDED = "IdempotentInstanceTerminated"
# A new instance profile is accepted only after some seconds.
PROFILE_PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Launch:
    """One host of a run, as it is to be launched; `host` counts from 1."""

    run_id: str
    host: int
    plan: Mapping[str, Any]
    user_data: str
    lifetime: int  # minutes until the instance switches itself off
    owner: str

    @property
    def tags(self) -> dict[str, str]:
        expires = datetime.fromisoformat(self.plan["started"]) + timedelta(minutes=self.lifetime)
        price = self.plan["price"]
        return {
            "Name": f"benchmarks {self.run_id}",
            instances.RUN_TAG: self.run_id,
            "benchmarks:host": str(self.host),
            "benchmarks:owner": self.owner,
            "benchmarks:expires": expires.isoformat(timespec="seconds"),
            remaining.LIFETIME_TAG: str(self.lifetime),
            "benchmarks:version": __version__,
            **({remaining.PRICE_TAG: f"{price['usd_per_hour']:.6g}"} if price else {}),
        }


@dataclass(frozen=True)
class RunKeys:
    """The keys of a run: its hosts' own, and the one that may log in."""

    host: ssh_keys.KeyPair
    login: str


def run_keys(directory: Path, key_file: Path | None) -> RunKeys:
    """The run's keys, made and kept in its directory on first use; to log in, the user's own where there is one."""
    host = ssh_keys.persistent_pair(directory / "keys" / "host")
    login = (
        ssh_keys.public_half(key_file) if key_file else ssh_keys.persistent_pair(directory / "keys" / "login").public
    )
    return RunKeys(host, login)


def has_keys(directory: Path) -> bool:
    """Whether the run of a directory has made its keys there, as it does before it launches anything."""
    return (directory / "keys" / "host").exists()


def prepare(
    run_id: str, plan: Mapping[str, Any], run_keys: RunKeys, lifetime: int, owner: str, host: int = 1
) -> Launch:
    """One host's launch with the user data that lets this run in."""
    data = cloud_init.cloud_config(run_keys.login, run_keys.host.private, run_keys.host.public, lifetime)
    return Launch(run_id, host, plan, data, lifetime, owner)


def skeleton(plan: Mapping[str, Any], subnet: str | None) -> dict[str, Any]:
    """RunInstances' parameters as far as they follow from the plan: what overrides the launch template."""
    given = {
        "LaunchTemplate": {
            "LaunchTemplateId": plan["launch_template"]["id"],
            "Version": plan["launch_template"]["version"],
        },
        "InstanceType": plan["instance_type"],
        "ImageId": plan["image"]["id"],
        "CpuOptions": plan["cpu_options"],
        "BlockDeviceMappings": plan["block_devices"],
        "SubnetId": subnet,
        # The default would stop it, which keeps its disk and the cost of that.
        "InstanceInitiatedShutdownBehavior": "terminate",
        **plan["overrides"],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"},
        "MinCount": 1,
        "MaxCount": 1,
    }
    return {name: value for name, value in given.items() if value is not None}


def request(launch: Launch, subnet: str | None) -> dict[str, Any]:
    """RunInstances' parameters, with a token that is the same for the same request and another for any other.

    A token that comes again with other parameters would be refused, so the parameters are part of it.
    """
    tags = as_tags(launch.tags)
    parameters = {
        **skeleton(launch.plan, subnet),
        "UserData": launch.user_data,
        "TagSpecifications": [{"ResourceType": kind, "Tags": tags} for kind in ("instance", "volume")],
    }
    canonical = json.dumps([launch.run_id, launch.host, parameters], sort_keys=True)
    return {**parameters, "ClientToken": hashlib.sha256(canonical.encode()).hexdigest()}


def run(ec2: Client, launch: Launch, sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """Launch one host in the first of the plan's subnets that has capacity; the instance, as EC2 answers.

    Raises FailedError where none has, where a quota is used up, and for whatever else EC2 refuses.
    """
    give_up_on(ec2, "RunInstances", NO_CAPACITY)
    without: list[str] = []
    for subnet in launch.plan["subnets"]:
        try:
            answer = run_instances(ec2, request(launch, subnet["id"]), sleep)
            return answer["Instances"][0]  # type: ignore[no-any-return]
        except botocore.exceptions.ClientError as error:
            if code(error) in QUOTA:
                message = error.response["Error"]["Message"].rstrip(".")
                raise FailedError(f"{message}.{_where_to_ask(launch.plan['instance_type'])}") from None
            if code(error) == ENDED:
                raise FailedError(
                    f"The run {launch.run_id} has ended, and its instance with it: leave run_id out to start a new run."
                ) from None
            if code(error) not in NO_CAPACITY:
                raise
            without.append(subnet["zone"] or "the launch template's zone")
    raise FailedError(
        f"EC2 has no capacity for {launch.plan['instance_type']} in {', '.join(without)} now: "
        "try again later, in another region by --region, or another type."
    )


def _where_to_ask(instance_type: str) -> str:
    quota = quotas.of(instance_type)
    return f" Ask for more of {quota} in Service Quotas." if quota else ""


def run_instances(ec2: Client, parameters: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep) -> Any:
    """RunInstances, again and again while an instance profile is refused that may be too new to be known yet."""
    deadline = time.monotonic() + PROFILE_PATIENCE
    while True:
        try:
            return ec2.run_instances(**parameters)
        except botocore.exceptions.ClientError as error:
            if "Invalid IAM Instance Profile" not in str(error) or time.monotonic() > deadline:
                raise
            sleep(2)


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
        found[launch.host] = {**run(ec2, launch, sleep), "Tags": as_tags(launch.tags)}
        note(_records(found.values()))
    running = instances.wait_running(ec2, run_id, {i["InstanceId"] for i in found.values()}, timeout, sleep)
    note(_records(running))
    return bool(missing), _records(running)


def note(directory: Path, region: str, host_key: str, found: Sequence[Mapping[str, Any]]) -> None:
    """Write down a run's instances, and the key by which each is known. Raises OSError."""
    run_directory.write_record(directory, RECORD, {"region": region, "instances": list(found)})
    run_directory.write_whole(directory / "known_hosts", "".join(f"{one['instance_id']} {host_key}\n" for one in found))


def _records(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [instances.record(instance) for instance in sorted(found, key=instances.host_of)]
