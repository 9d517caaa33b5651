"""Launches a run's instances idempotently: repeating a launch gives the same instance.

RunInstances with a client token: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.exceptions

from benchmarks import __version__
from benchmarks.aws import launch_templates, quotas, tags
from benchmarks.aws.aws_errors import code
from benchmarks.aws.session import AwsShape, Client, disable_retries
from benchmarks.errors import FailedError, RefusedError
from benchmarks.launch import boot_times, cloud_init, refused_places
from benchmarks.runs import files, run_layout
from benchmarks.runs.records import LaunchPlan, Place
from benchmarks.runs.ssh_keys import RunKeys

SPOT_QUOTA = "MaxSpotInstanceCountExceeded"
QUOTA = ("VcpuLimitExceeded", "InstanceLimitExceeded", SPOT_QUOTA)
# The error code for the client token of an instance that was terminated.
ENDED = "IdempotentInstanceTerminated"
# EC2 accepts a new instance profile only after some seconds.
PROFILE_TIMEOUT = 60.0  # seconds


class QuotaError(FailedError):
    """The account's quota is used up: when something of it has ended, the same launch may succeed."""


@dataclass(frozen=True)
class Launch:
    """The launch of one host of a run."""

    run_id: str
    plan: LaunchPlan
    started: datetime  # of the run
    user_data: str
    lifetime: int  # minutes until the instance has powered itself off, with its boot
    owner: str

    @property
    def tags(self) -> dict[str, str]:
        expires = self.started + timedelta(minutes=self.lifetime)
        price = self.plan.price
        return {
            tags.NAME: f"benchmarks {self.run_id}",
            tags.RUN: self.run_id,
            tags.HOST: str(self.plan.host),
            tags.OWNER: self.owner,
            tags.EXPIRES: expires.isoformat(timespec="seconds"),
            tags.LIFETIME: str(self.lifetime),
            tags.VERSION: __version__,
            **({tags.PRICE: f"{price.usd_per_hour:.6g}"} if price else {}),
        }

    def tags_of(self, kind: str) -> dict[str, str]:
        """The tags to request for one type of resource, "instance" or "volume".

        Without a name where the launch template gives one: it is the user's, and no key may be in both.
        """
        named = kind in self.plan.named_by_template
        return {key: value for key, value in self.tags.items() if not (named and key == tags.NAME)}


def prepare(run_id: str, started: datetime, run_keys: RunKeys, lifetime: int, owner: str, plan: LaunchPlan) -> Launch:
    """The launch of one host, with user data that lets the run's key log in. `lifetime` is in minutes."""
    left = boot_times.once_booted(plan, lifetime)
    data = cloud_init.cloud_config(run_keys.login, run_keys.host.private, run_keys.host.public, left)
    return Launch(run_id, plan, started, data, lifetime, owner)


def settings(plan: LaunchPlan, subnet: str | None) -> AwsShape:
    """The parameters of RunInstances that follow from the plan; they override the launch template.

    A plan whose template has no id is only rehearsed, before setup has created the template.
    """
    template = {"LaunchTemplateId": plan.launch_template.id, "Version": plan.launch_template.version}
    given = {
        "LaunchTemplate": template if plan.launch_template.id else None,
        "InstanceType": plan.instance_type,
        "ImageId": plan.image.id,
        "CpuOptions": plan.cpu_options,
        "BlockDeviceMappings": plan.block_devices and list(plan.block_devices),
        **_network(plan, subnet),
        # By default a shutdown only stops the instance, and its volume still costs money.
        "InstanceInitiatedShutdownBehavior": "terminate",
        **plan.overrides,
        "MetadataOptions": launch_templates.METADATA_OPTIONS,
        "MinCount": 1,
        "MaxCount": 1,
    }
    return {name: value for name, value in given.items() if value is not None}


def _network(plan: LaunchPlan, subnet: str | None) -> AwsShape:
    """A request has a network interface or a subnet, never both."""
    if plan.network_interface is None or subnet is None:
        return {"SubnetId": subnet}
    return {"NetworkInterfaces": [{**plan.network_interface, "SubnetId": subnet}]}


def request(launch: Launch, subnet: str | None) -> AwsShape:
    """All parameters of RunInstances but the client token: those of the launch, and of the dry run before it."""
    return {
        **settings(launch.plan, subnet),
        "UserData": launch.user_data,
        "TagSpecifications": [
            {"ResourceType": kind, "Tags": tags.as_list(launch.tags_of(kind))} for kind in ("instance", "volume")
        ],
    }


def parameters(launch: Launch, subnet: str | None) -> AwsShape:
    """All parameters of RunInstances, with a client token that identifies the launch.

    EC2 rejects a known token with other parameters, so the token is a hash of the parameters too.
    """
    given = request(launch, subnet)
    canonical = json.dumps([launch.run_id, launch.plan.host, given], sort_keys=True)
    return {**given, "ClientToken": hashlib.sha256(canonical.encode()).hexdigest()}


def _token_file(directory: Path, host: int) -> Path:
    # It goes with the keys: without them, the launch would have another token.
    return directory / run_layout.KEYS / f"token-{host}"


def _in_order(launch: Launch, directory: Path | None) -> list[tuple[Place, AwsShape]]:
    """The plan's places with their requests; first the one that was asked last by the same request, if any."""
    asked = [(place, parameters(launch, place.subnet)) for place in launch.plan.places]
    try:
        last = _token_file(directory, launch.plan.host).read_text() if directory else ""
    except FileNotFoundError:
        last = ""
    return sorted(asked, key=lambda one: one[1]["ClientToken"] != last)


def run(
    ec2: Client, launch: Launch, sleep: Callable[[float], None] = time.sleep, directory: Path | None = None
) -> AwsShape:
    """Launch one host in the first of the plan's places that can take it; return the instance from EC2's response.

    In the run's `directory` the client token is noted before each request. A repeated launch begins with that one: it
    may have been accepted without an answer, and a place that had no capacity before it may have some now.
    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html

    Raises QuotaError if a quota is used up, FailedError if no place can or the run has ended, OSError if the token
    cannot be noted, and ClientError otherwise.
    """
    disable_retries(ec2, "RunInstances", refused_places.ELSEWHERE)
    refusals: list[refused_places.Refusal] = []
    for place, given in _in_order(launch, directory):
        if directory:
            files.write_whole(_token_file(directory, launch.plan.host), given["ClientToken"])
        try:
            answer = run_instances(ec2, given, sleep)
            return answer["Instances"][0]  # type: ignore[no-any-return]
        except botocore.exceptions.ClientError as error:
            if code(error) in QUOTA:
                message = error.response["Error"]["Message"].rstrip(".")
                raise QuotaError(f"{message}.{_where_to_ask(launch.plan, code(error))}") from None
            if code(error) == ENDED:
                raise FailedError(
                    f"The run {launch.run_id} has ended, and its instance with it: leave run_id out to start a new run."
                ) from None
            if code(error) not in refused_places.ELSEWHERE:
                raise
            refusals.append(refused_places.of(place, error))
    raise FailedError(refused_places.sentence(launch.plan.instance_type, refusals, launch.plan.alternatives))


def rehearse(ec2: Client, launch: Launch, sleep: Callable[[float], None] = time.sleep) -> None:
    """Ask EC2 by a dry run whether it would accept a launch in any of its places.

    Lack of capacity is no obstacle: another place may have some, or this one in a minute. Raises RefusedError if EC2
    accepts the launch in no place, and ClientError for what holds everywhere.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
    """
    disable_retries(ec2, "RunInstances", refused_places.ELSEWHERE)
    refusals: list[refused_places.Refusal] = []
    for place in launch.plan.places:
        try:
            run_instances(ec2, {**request(launch, place.subnet), "DryRun": True}, sleep)
            return
        except botocore.exceptions.ClientError as error:
            if code(error) in ("DryRunOperation", *refused_places.NO_CAPACITY):
                return
            if code(error) not in refused_places.ELSEWHERE:
                raise
            refusals.append(refused_places.of(place, error))
    raise RefusedError(refused_places.sentence(launch.plan.instance_type, refusals, launch.plan.alternatives))


def _where_to_ask(plan: LaunchPlan, exceeded: str) -> str:
    # Plans of earlier versions do not say that they are for a spot instance.
    quota = quotas.of(plan.instance_type, spot=plan.spot or exceeded == SPOT_QUOTA)
    return f" Ask for more of {quota} in Service Quotas." if quota else ""


def run_instances(ec2: Client, given: AwsShape, sleep: Callable[[float], None] = time.sleep) -> Any:
    """Call RunInstances, with retries while EC2 rejects the instance profile, which may be too new."""
    deadline = time.monotonic() + PROFILE_TIMEOUT
    while True:
        try:
            return ec2.run_instances(**given)
        except botocore.exceptions.ClientError as error:
            if "Invalid IAM Instance Profile" not in str(error) or time.monotonic() > deadline:
                raise
            sleep(2)
