"""Instance states: the state that moto shows follows the instance's machine.

States follow https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html: an instance is pending
until its machine runs, stopping until it is off, and shutting-down until it is gone. An instance whose machine powers
itself off is stopped or terminated according to its InstanceInitiatedShutdownBehavior.
"""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sandbox.aws import moto_repairs
from sandbox.aws.ec2 import ssh_access
from sandbox.aws.moto_repairs import STATE_CODES, Ec2
from sandbox.aws.protocol import AwsError, Backend, Call, Reply, answer, result_of
from sandbox.machine import Addresses, Machines, MachineSpec, Stage
from sandbox.settings import Settings

log = logging.getLogger(__name__)

BY_USER = ("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown")
BY_INSTANCE = ("Client.InstanceInitiatedShutdown", "Client.InstanceInitiatedShutdown: Instance initiated shutdown")
BY_SPOT = ("Server.SpotInstanceTermination", "Server.SpotInstanceTermination: Spot instance termination")
BY_FAULT = "Server.InternalError"
# Calls that may change what a machine's metadata service shows.
CHANGES = frozenset(
    {
        "AssociateIamInstanceProfile",
        "AuthorizeSecurityGroupIngress",
        "CreateTags",
        "DeleteTags",
        "DisassociateIamInstanceProfile",
        "ModifyInstanceAttribute",
        "ModifyInstanceMetadataOptions",
        "ReplaceIamInstanceProfileAssociation",
        "RevokeSecurityGroupIngress",
    }
)
LIVE = frozenset({"pending", "running", "stopping", "stopped", "shutting-down"})
POLL_SECONDS = 0.5


@dataclass
class Record:
    """What the sandbox knows about an instance in addition to moto."""

    spec: MachineSpec
    addresses: Addresses
    public: bool
    launched: float
    spot: bool
    running: float | None = None
    terminated: float | None = None
    notice: Mapping[str, str] | None = None  # IMDS's notice of a coming interruption
    interrupted_at: float | None = None
    impaired: Mapping[str, datetime] = field(default_factory=dict)  # since when each failed status check has failed


class Fleet:
    """All instances of the account. Thread-safe; times are of time.monotonic()."""

    def __init__(
        self, settings: Settings, machines: Machines, moto: Backend, clock: Callable[[], float] = time.monotonic
    ):
        self._settings = settings
        self._machines = machines
        self._moto = moto
        self._clock = clock
        self._lock = threading.RLock()
        self._records: dict[str, Record] = {}

    def ec2(self, region: str) -> Ec2:
        return Ec2(self._settings.account_id, region)

    def record(self, instance_id: str) -> Record | None:
        return self._records.get(instance_id)

    def records(self) -> dict[str, Record]:
        with self._lock:
            return dict(self._records)

    def live(self) -> Iterable[Record]:
        """The instances that count against a quota: those neither stopped nor terminated."""
        with self._lock:
            for instance_id, record in self._records.items():
                if record.terminated is None and self.ec2(record.spec.region).state(instance_id) in LIVE - {"stopped"}:
                    yield record

    def launch(self, spec: MachineSpec, addresses: Addresses, public: bool, spot: bool) -> None:
        """Boot an instance that moto already knows."""
        with self._lock:
            self.ec2(spec.region).set_state(spec.instance_id, "pending")
            self._records[spec.instance_id] = Record(spec, addresses, public, self._clock(), spot)
        self._machines.boot(spec)

    def forget(self, instance_id: str) -> None:
        with self._lock:
            self._records.pop(instance_id, None)

    def notice(self, instance_id: str) -> Mapping[str, str] | None:
        """The content of spot/instance-action in the instance's metadata service, or None."""
        record = self._records.get(instance_id)
        return None if record is None else record.notice

    def interrupt(self, instance_id: str, after_seconds: float, time_of_day: str) -> None:
        """Announce a spot instance's interruption, then terminate it. Raises AwsError for any other instance."""
        with self._lock:
            record = self._alive(instance_id)
            if not record.spot:
                raise AwsError("IncorrectInstanceState", f"{instance_id} is not a spot instance")
            record.notice = {"action": "terminate", "time": time_of_day}
            record.interrupted_at = self._clock() + after_seconds

    def impair(self, instance_id: str, checks: Mapping[str, datetime]) -> None:
        """Have status checks of an instance fail, each since a time; the others pass. Raises AwsError."""
        with self._lock:
            self._alive(instance_id).impaired = dict(checks)

    def crash(self, instance_id: str) -> None:
        """Let an instance crash and boot again, as when EC2 recovers one whose hardware failed. Raises AwsError.

        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-configuration-recovery.html
        """
        self._need_running(instance_id)
        self._machines.crash(instance_id)

    def limit_disk(self, instance_id: str, directory: str, mebibytes: int) -> None:
        """Give a directory of an instance a small disk of its own, until it restarts. Raises AwsError."""
        self._need_running(instance_id)
        self._machines.limit_disk(instance_id, directory, mebibytes)

    def _need_running(self, instance_id: str) -> None:
        with self._lock:
            record = self._alive(instance_id)
            if self.ec2(record.spec.region).state(instance_id) != "running":
                raise AwsError("IncorrectInstanceState", f"The instance '{instance_id}' is not running.")

    def _alive(self, instance_id: str) -> Record:
        record = self._records.get(instance_id)
        if record is None or record.terminated is not None:
            raise AwsError("InvalidInstanceID.NotFound", f"The instance ID '{instance_id}' does not exist")
        return record

    def learn(self, call: Call, reply: Reply) -> None:
        """After a call that may have changed what machines' metadata services show, update them."""
        if reply.ok and call.service == "ec2" and call.action in CHANGES:
            with self._lock:
                for instance_id, record in self._records.items():
                    if record.terminated is None and record.spec.region == call.region:
                        self._respecify(instance_id, record)

    def _respecify(self, instance_id: str, record: Record) -> None:
        ec2 = self.ec2(record.spec.region)
        tokens, hops, tags = ec2.metadata_options(instance_id)
        groups = ec2.instance_groups(instance_id)
        arn = ec2.profile(instance_id)
        profile = moto_repairs.instance_profile(self._settings.account_id, None, arn) if arn else None
        spec = replace(
            record.spec,
            http_tokens=tokens,
            http_hop_limit=hops,
            instance_metadata_tags=tags,
            shutdown_behavior=ec2.shutdown_behavior(instance_id),
            tags=tuple(sorted(ec2.tags(instance_id).items())),
            security_groups=ec2.group_names(groups),
            ssh_open=ssh_access.ssh_open(ec2.ingress(groups), self._settings.endpoint_url),
            role_name=profile[2] if profile else None,
            profile_arn=profile[1] if profile else None,
        )
        if spec != record.spec:
            record.spec = spec
            self._machines.update(spec)

    # Changes due to time and to machines

    def watch(self) -> threading.Thread:
        """Follow the machines from a thread, so that a machine that powers off is noticed without any call."""

        def follow() -> None:
            while True:
                time.sleep(POLL_SECONDS)
                try:
                    self.refresh()
                except Exception:
                    log.exception("cannot follow the machines")

        thread = threading.Thread(target=follow, name="fleet", daemon=True)
        thread.start()
        return thread

    def refresh(self) -> None:
        """Update every instance's state from its machine's."""
        with self._lock:
            for instance_id, record in list(self._records.items()):
                self._refresh(instance_id, record)

    def _refresh(self, instance_id: str, record: Record) -> None:
        ec2 = self.ec2(record.spec.region)
        now = self._clock()
        if record.terminated is not None:
            if now - record.terminated > self._settings.terminated_visible_seconds:
                ec2.forget(instance_id)
                del self._records[instance_id]
            return
        state = ec2.state(instance_id)
        if record.interrupted_at is not None and now >= record.interrupted_at and state in {"pending", "running"}:
            self._machines.remove(instance_id)
            self._end(instance_id, record, *BY_SPOT)
            return
        phase = self._machines.phase(instance_id)
        match state, phase.stage:
            case "pending", Stage.RUNNING:
                ec2.set_state(instance_id, "running")
                record.running = now
            case (("pending" | "running"), Stage.FAILED):
                log.error("%s failed: %s", instance_id, phase.reason)
                self._machines.remove(instance_id)
                self._end(instance_id, record, BY_FAULT, f"{BY_FAULT}: Internal error on launch ({phase.reason})")
            case "running", Stage.STOPPED if record.spec.shutdown_behavior == "terminate":
                self._machines.remove(instance_id)
                self._end(instance_id, record, *BY_INSTANCE)
            case "running", Stage.STOPPED:
                ec2.set_state(instance_id, "stopped", *BY_INSTANCE)
            case "stopping", (Stage.STOPPED | Stage.FAILED):
                ec2.set_state(instance_id, "stopped")
            case "shutting-down", Stage.GONE:
                ec2.set_state(instance_id, "terminated")
                record.terminated = now
            case (("running" | "stopping" | "stopped"), Stage.GONE):
                self._end(instance_id, record, BY_FAULT, f"{BY_FAULT}: The instance's machine is gone")
            case _:
                pass

    def _end(self, instance_id: str, record: Record, code: str, message: str) -> None:
        """Terminate an instance that ended by itself, which protection from TerminateInstances does not prevent."""
        self.ec2(record.spec.region).describe_as(instance_id, {"disable_api_termination": False})
        self._moto_call(record.spec.region, "TerminateInstances", instance_id)
        ec2 = self.ec2(record.spec.region)
        if self._machines.phase(instance_id).stage is Stage.GONE:
            ec2.set_state(instance_id, "terminated", code, message)
            record.terminated = self._clock()
        else:
            ec2.set_state(instance_id, "shutting-down", code, message)

    def _moto_call(self, region: str, action: str, instance_id: str) -> None:
        call = Call.internal("ec2", region, self._settings.account_id).with_parameters(
            {"InstanceIds": [instance_id]}, action
        )
        result_of(call, self._moto(call))

    # Calls

    def terminate(self, call: Call) -> Reply:
        """TerminateInstances: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html."""
        with self._lock:
            self.refresh()
            ec2 = self.ec2(call.region)
            identifiers = call.parameters.get("InstanceIds", [])
            before = {one: ec2.state(one) for one in identifiers}
            ending = [one for one, state in before.items() if state not in {"shutting-down", "terminated"}]
            if ending or not before or call.parameters.get("DryRun"):
                reply = self._moto(call.with_parameters({**call.parameters, "InstanceIds": ending or list(before)}))
                if not reply.ok:
                    return reply
            for one in ending:
                self._machines.remove(one)
                ec2.set_state(one, "shutting-down", *BY_USER)
        return self._changes(call, "TerminatingInstances", before)

    def stop(self, call: Call) -> Reply:
        """StopInstances: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html."""
        with self._lock:
            self.refresh()
            ec2 = self.ec2(call.region)
            before = {one: ec2.state(one) for one in call.parameters.get("InstanceIds", [])}
            for one, state in before.items():
                if state not in {"running", "stopping", "stopped"}:
                    raise AwsError(
                        "IncorrectInstanceState",
                        f"This instance '{one}' is not in a state from which it can be stopped.",
                    )
            reply = self._moto(call)
            if not reply.ok:
                return reply
            for one, state in before.items():
                if state == "stopped":
                    continue
                ec2.set_state(one, "stopping", *BY_USER)
                if state == "running":
                    self._machines.stop(one)
        return self._changes(call, "StoppingInstances", before)

    def start(self, call: Call) -> Reply:
        """StartInstances: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html."""
        with self._lock:
            self.refresh()
            ec2 = self.ec2(call.region)
            before = {one: ec2.state(one) for one in call.parameters.get("InstanceIds", [])}
            for one, state in before.items():
                if state not in {"stopped", "pending", "running"}:
                    raise AwsError(
                        "IncorrectInstanceState",
                        f"The instance '{one}' is not in a state from which it can be started.",
                    )
            reply = self._moto(call)
            if not reply.ok:
                return reply
            for one, state in before.items():
                ec2.set_state(one, "pending" if state == "stopped" else state)
                record = self._records.get(one)
                if record is not None:
                    ec2.set_addresses(one, record.addresses, record.public)
                if state == "stopped":
                    self._machines.start(one)
        return self._changes(call, "StartingInstances", before)

    def reboot(self, call: Call) -> Reply:
        """RebootInstances: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RebootInstances.html."""
        ec2 = self.ec2(call.region)
        identifiers = call.parameters.get("InstanceIds", [])
        for one in identifiers:
            if ec2.state(one) != "running":
                raise AwsError("IncorrectInstanceState", f"The instance '{one}' is not in the 'running' state.")
        if call.parameters.get("DryRun"):
            return self._moto(call)
        for one in identifiers:
            self._machines.reboot(one)
        return answer(call, {})

    def modify(self, call: Call) -> Reply:
        """ModifyInstanceAttribute; moto silently ignores a new shutdown behaviour.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html
        """
        behavior = call.parameters.get("InstanceInitiatedShutdownBehavior", {}).get("Value")
        if behavior is None or call.parameters.get("DryRun"):
            return self._moto(call)
        if behavior not in {"stop", "terminate"}:
            raise AwsError(
                "InvalidParameterValue", f"Invalid value '{behavior}' for InstanceInitiatedShutdownBehavior."
            )
        change = {"instance_initiated_shutdown_behavior": behavior}
        self.ec2(call.region).describe_as(call.parameters["InstanceId"], change)
        return answer(call, {})

    def console(self, call: Call) -> Reply:
        """GetConsoleOutput: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html."""
        instance_id = call.parameters.get("InstanceId", "")
        self.ec2(call.region).state(instance_id)
        output = base64.b64encode(self._machines.console(instance_id).encode()[-65536:]).decode()
        return answer(call, {"InstanceId": instance_id, "Output": output, "Timestamp": datetime.now(UTC)})

    def _changes(self, call: Call, key: str, before: dict[str, str]) -> Reply:
        ec2 = self.ec2(call.region)

        def state(name: str) -> dict[str, object]:
            return {"Code": STATE_CODES[name], "Name": name}

        changed = [
            {"InstanceId": one, "CurrentState": state(ec2.state(one)), "PreviousState": state(previous)}
            for one, previous in before.items()
        ]
        return answer(call, {key: changed})
