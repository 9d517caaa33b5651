"""Eventual consistency of EC2 and IAM: what is not yet visible. Callers that do not expect it fail on AWS.

https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.aws.ec2.instance_states import Fleet
from sandbox.aws.ec2.launch_checks import Plan, no_profile
from sandbox.aws.ec2.shown_instance import tidy
from sandbox.aws.protocol import AwsError, Backend, Call, Reply, answer, result_of
from sandbox.settings import Settings

INSTANCE_ID = re.compile(r"i-([0-9a-f]{8}|[0-9a-f]{17})")


class Consistency:
    """The age of tags and instance profiles, and so what a Describe call may show. Thread-safe."""

    def __init__(
        self, settings: Settings, fleet: Fleet, moto: Backend, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._fleet = fleet
        self._moto = moto
        self._clock = clock
        self._lock = threading.Lock()
        self._tagged: dict[tuple[str, str], float] = {}
        self._profiles: dict[str, float] = {}

    def learn(self, call: Call, reply: Reply) -> None:
        """Record when a call created a tag or an instance profile."""
        if not reply.ok:
            return
        now = self._clock()
        if (call.service, call.action) == ("ec2", "CreateTags"):
            with self._lock:
                for resource in call.parameters.get("Resources", ()):
                    for tag in call.parameters.get("Tags", ()):
                        self._tagged[resource, tag["Key"]] = now
        elif call.service == "iam" and call.action in {"CreateInstanceProfile", "AddRoleToInstanceProfile"}:
            with self._lock:
                self._profiles[call.parameters.get("InstanceProfileName", "")] = now

    def check_profile(self, plan: Plan) -> None:
        """Raise the AwsError of a launch whose instance profile EC2 does not know yet."""
        if plan.profile is None:
            return
        made = self._profiles.get(plan.profile[0])
        if made is not None and self._clock() - made < self._settings.profile_delay_seconds:
            named = plan.request["IamInstanceProfile"]
            raise no_profile(named.get("Name"), named.get("Arn"))

    def describe_instances(self, call: Call) -> Reply:
        """DescribeInstances without what is too new to be visible."""
        parameters = call.parameters
        self.refuse_unknown(parameters.get("InstanceIds", ()))
        known = self._fleet.records()  # moto shows a launch before it is complete
        try:
            reply = self._moto(call)
        except NotImplementedError as error:
            unknown = re.search(r"'([^']+)'", str(error))
            raise AwsError(
                "InvalidParameterValue", f"The filter '{unknown[1] if unknown else ''}' is invalid"
            ) from error
        if not reply.ok:
            return reply
        result = result_of(call, reply)
        hidden = self._hidden(parameters)
        for reservation in result.get("Reservations", []):
            shown = [one for one in reservation["Instances"] if one["InstanceId"] in known.keys() - hidden]
            reservation["Instances"] = [tidy(one) for one in shown]
        result["Reservations"] = [one for one in result.get("Reservations", []) if one["Instances"]]
        return answer(call, result)

    def describe_instance_status(self, call: Call) -> Reply:
        """DescribeInstanceStatus: status checks initialise for a while before they pass.

        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html
        """
        parameters = call.parameters
        self.refuse_unknown(parameters.get("InstanceIds", ()))
        reply = self._moto(call)
        if not reply.ok:
            return reply
        result = result_of(call, reply)
        hidden = self._hidden(parameters)
        shown = [one for one in result.get("InstanceStatuses", []) if one["InstanceId"] not in hidden]
        for status in shown:
            record = self._fleet.record(status["InstanceId"])
            if record is None or record.running is None or status["InstanceState"]["Name"] != "running":
                continue
            if self._clock() - record.running < self._settings.status_check_seconds:
                for check in ("InstanceStatus", "SystemStatus"):
                    status[check] = {
                        "Status": "initializing",
                        "Details": [{"Name": "reachability", "Status": "initializing"}],
                    }
            for check, since in record.impaired.items():
                failed = {"Name": "reachability", "Status": "failed", "ImpairedSince": since}
                status[check] = {"Status": "impaired", "Details": [failed]}
        result["InstanceStatuses"] = shown
        return answer(call, result)

    def describe_tags(self, call: Call) -> Reply:
        """DescribeTags without tags that are too new to be visible."""
        reply = self._moto(call)
        if not reply.ok:
            return reply
        result = result_of(call, reply)
        young = self._young()
        result["Tags"] = [
            tag
            for tag in result.get("Tags", [])
            if tag["ResourceId"] not in young and not self._fresh(tag["ResourceId"], tag["Key"])
        ]
        return answer(call, result)

    def refuse_unknown(self, instance_ids: Iterable[str]) -> None:
        """Just-launched instances are unknown even by id."""
        now = self._clock()
        unknown = []
        for instance_id in instance_ids:
            if not INSTANCE_ID.fullmatch(instance_id):
                raise AwsError("InvalidInstanceID.Malformed", f'Invalid id: "{instance_id}"')
            record = self._fleet.record(instance_id)
            if record is not None and now - record.launched < self._settings.instance_delay_seconds:
                unknown.append(instance_id)
        if len(unknown) == 1:
            raise AwsError("InvalidInstanceID.NotFound", f"The instance ID '{unknown[0]}' does not exist")
        if unknown:
            raise AwsError("InvalidInstanceID.NotFound", f"The instance IDs '{', '.join(unknown)}' do not exist")

    def _young(self) -> frozenset[str]:
        now = self._clock()
        return frozenset(
            instance_id
            for instance_id, record in self._fleet.records().items()
            if now - record.launched < self._settings.tag_delay_seconds
        )

    def _fresh(self, resource_id: str, key: str) -> bool:
        made = self._tagged.get((resource_id, key))
        return made is not None and self._clock() - made < self._settings.tag_delay_seconds

    def _hidden(self, parameters: Mapping[str, Any]) -> frozenset[str]:
        """The instances that a call with these filters does not show yet."""
        filters = parameters.get("Filters", [])
        hidden = frozenset() if parameters.get("InstanceIds") and not filters else self._young()
        names = [one.get("Name", "") for one in filters]
        keys = {name.removeprefix("tag:") for name in names if name.startswith("tag:")}
        keys |= {value for one in filters if one.get("Name") == "tag-key" for value in one.get("Values", ())}
        return hidden | {
            instance_id for instance_id in self._fleet.records() if any(self._fresh(instance_id, key) for key in keys)
        }
