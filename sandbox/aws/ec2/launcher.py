"""RunInstances: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html.

A request is merged with its launch template, checked by launch_checks, passed to moto with all values decided, and
booted as a machine.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.aws.ec2 import amis, ssh_access, template_merge
from sandbox.aws.ec2 import launch_checks as planning
from sandbox.aws.ec2.instance_states import Fleet
from sandbox.aws.ec2.launch_checks import Plan
from sandbox.aws.ec2.shown_instance import tidy
from sandbox.aws.moto_repairs import Ec2
from sandbox.aws.protocol import AwsError, Backend, Call, Reply, answer, result_of
from sandbox.machine import Machines, MachineSpec
from sandbox.settings import Settings

SSM_IMAGE = "resolve:ssm:"
MAXIMUM_TOKEN = 64

# Each raises AwsError to refuse: a profile that is too new, a quota that is exceeded, a zone without capacity.
ProfileCheck = Callable[[Plan], None]
QuotaCheck = Callable[[Plan, int], None]
CapacityCheck = Callable[[str, str], None]


@dataclass(frozen=True)
class Launched:
    """The launch of a client token."""

    request: str
    instance_ids: tuple[str, ...]


class Launcher:
    """Answers RunInstances. Thread-safe: launches happen one after another."""

    def __init__(
        self,
        settings: Settings,
        machines: Machines,
        fleet: Fleet,
        moto: Backend,
        check_profile: ProfileCheck,
        check_quota: QuotaCheck,
        check_capacity: CapacityCheck,
    ):
        self._settings = settings
        self._machines = machines
        self._fleet = fleet
        self._moto = moto
        self._check_profile = check_profile
        self._check_quota = check_quota
        self._check_capacity = check_capacity
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, str], Launched] = {}

    def run(self, call: Call) -> Reply:
        """Answer RunInstances. Raises AwsError."""
        with self._lock:
            parameters = call.parameters
            ec2 = self._fleet.ec2(call.region)
            token = None if parameters.get("DryRun") else parameters.get("ClientToken")
            if token and (earlier := self._earlier(call, token)):
                return self._described(call, earlier)
            template, request = self._request(parameters, ec2)
            plan = planning.plan(request, ec2)
            count = _count(parameters, plan)
            self._check_profile(plan)
            if parameters.get("DryRun"):
                raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
            self._check_quota(plan, count)
            if not self._machines.can_run(plan.architecture):
                raise AwsError(
                    "Unsupported",
                    "The requested configuration is currently not supported. Please check the documentation for "
                    f"supported configurations. (The computer under this sandbox cannot run {plan.architecture}.)",
                )
            subnet = self._with_capacity(plan)
            instance_ids = self._through_moto(call, plan, subnet, count)
            try:
                for instance_id in instance_ids:
                    self._boot(ec2, instance_id, plan, subnet, template)
            except Exception:
                self._take_back(ec2, instance_ids)
                raise
            if token:
                self._tokens[(call.region, token)] = Launched(_canonical(parameters), instance_ids)
            return self._described(call, instance_ids)

    def new_template(self, call: Call) -> Reply:
        """CreateLaunchTemplate: its TagSpecifications are the template's own, and not those of what it launches.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
        """
        reply = self._moto(call)
        if reply.ok:
            self._fleet.ec2(call.region).take_own_tags_out(call.parameters["LaunchTemplateName"])
        return reply

    def new_template_version(self, call: Call) -> Reply:
        """CreateLaunchTemplateVersion: the new version inherits its source version's parameters, except those given.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html
        """
        parameters = call.parameters
        if not parameters.get("SourceVersion"):
            return self._moto(call)
        source = {**parameters, "Version": parameters["SourceVersion"]}
        _, _, data = self._fleet.ec2(call.region).template(source)
        given = {**parameters, "LaunchTemplateData": data | parameters.get("LaunchTemplateData", {})}
        del given["SourceVersion"]
        return self._moto(call.with_parameters(given))

    def _earlier(self, call: Call, token: str) -> tuple[str, ...]:
        """The instances that this token already launched.

        https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html: the same token with the same
        parameters returns the same instances and launches nothing, with other parameters it is refused;
        `IdempotentInstanceTerminated` once its instance is terminated (EC2's list of error codes).
        """
        if len(token) > MAXIMUM_TOKEN:
            raise AwsError("InvalidParameterValue", f"The client token must be {MAXIMUM_TOKEN} characters or fewer")
        launched = self._tokens.get((call.region, token))
        if launched is None:
            return ()
        if launched.request != _canonical(call.parameters):
            raise AwsError(
                "IdempotentParameterMismatch",
                "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
            )
        self._fleet.refresh()
        ec2 = self._fleet.ec2(call.region)
        states = {ec2.state(one) for one in launched.instance_ids if self._fleet.record(one)}
        if states <= {"shutting-down", "terminated"}:
            raise AwsError(
                "IdempotentInstanceTerminated",
                "The request to launch an instance uses the same client token as a previous request for which the "
                "instance has been terminated.",
            )
        return launched.instance_ids

    def _request(self, parameters: Mapping[str, Any], ec2: Ec2) -> tuple[tuple[str, int] | None, Mapping[str, Any]]:
        """Template (id and version) and request merged, with the image resolved."""
        named = parameters.get("LaunchTemplate")
        data: Mapping[str, Any] = {}
        template = None
        if named:
            if "LaunchTemplateId" in named and "LaunchTemplateName" in named:
                raise AwsError(
                    "InvalidParameterCombination",
                    "Either the launch template ID or the launch template name must be specified, not both.",
                )
            identifier, version, data = ec2.template(named)
            template = (identifier, version)
        request = template_merge.merge(data, parameters)
        image = request.get("ImageId", "")
        if image.startswith(SSM_IMAGE):
            request["ImageId"] = ec2.ssm_parameter(image.removeprefix(SSM_IMAGE))
        return template, request

    def _with_capacity(self, plan: Plan) -> Mapping[str, Any]:
        """The first subnet whose zone has capacity. Raises the first zone's AwsError if none has."""
        first: AwsError | None = None
        for subnet in plan.subnets:
            try:
                self._check_capacity(plan.instance_type, subnet["AvailabilityZone"])
            except AwsError as error:
                first = first or error
            else:
                return subnet
        assert first is not None
        raise first

    def _through_moto(self, call: Call, plan: Plan, subnet: Mapping[str, Any], count: int) -> tuple[str, ...]:
        request = plan.request
        parameters = {
            "ImageId": plan.image["ImageId"],
            "InstanceType": plan.instance_type,
            "MinCount": count,
            "MaxCount": count,
            "SubnetId": subnet["SubnetId"],
            "SecurityGroupIds": list(plan.groups),
            "BlockDeviceMappings": list(plan.devices),
            "MetadataOptions": {key: value for key, value in plan.metadata.items() if key != "State"},
            "InstanceInitiatedShutdownBehavior": plan.shutdown_behavior,
            "TagSpecifications": [
                {"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
                for kind in ("instance", "volume")
                if (tags := template_merge.tags_for(request, kind))
            ],
            **{
                key: request[key]
                for key in ("KeyName", "EbsOptimized", "Monitoring", "InstanceMarketOptions", "DisableApiStop")
                if key in request
            },
        }
        if call.parameters.get("ClientToken"):
            parameters["ClientToken"] = call.parameters["ClientToken"]
        if plan.user_data:
            parameters["UserData"] = base64.b64encode(plan.user_data).decode()
        inner = call.with_parameters(parameters)
        result = result_of(inner, self._moto(inner))
        return tuple(instance["InstanceId"] for instance in result["Instances"])

    def _boot(
        self, ec2: Ec2, instance_id: str, plan: Plan, subnet: Mapping[str, Any], template: tuple[str, int] | None
    ) -> None:
        public = bool(subnet["MapPublicIpOnLaunch"] if plan.public is None else plan.public)
        addresses = self._machines.reserve(instance_id)
        ec2.set_addresses(instance_id, addresses, public, plan.private_ip)
        ec2.describe_as(
            instance_id,
            {
                "cpu_credits": plan.cpu_credits,
                "cpu_options": {"CoreCount": plan.cpu.cores, "ThreadsPerCore": plan.cpu.threads},
                "disable_api_termination": bool(plan.request.get("DisableApiTermination", False)),
                "ena_support": True,
                "hypervisor": "xen",
                "virtualization_type": "hvm",
            },
        )
        ec2.place(instance_id, subnet["AvailabilityZoneId"], plan.tenancy)
        if plan.profile:
            ec2.associate_profile(instance_id, plan.profile[1])
        if template:
            ec2.tag(
                instance_id,
                {"aws:ec2launchtemplate:id": template[0], "aws:ec2launchtemplate:version": str(template[1])},
            )
        spec = MachineSpec(
            instance_id=instance_id,
            instance_type=plan.instance_type,
            region=ec2.region,
            availability_zone=subnet["AvailabilityZone"],
            ami_id=plan.image["ImageId"],
            image="rust" if plan.image["Name"].startswith(amis.RUST_PREFIX) else "default",
            architecture=plan.architecture,
            cores=plan.cpu.cores,
            threads_per_core=plan.cpu.threads,
            memory_mib=int(plan.type_facts["MemoryInfo"]["SizeInMiB"]),
            user_data=plan.user_data,
            public_keys=plan.public_keys,
            http_tokens=plan.metadata["HttpTokens"],
            http_hop_limit=plan.metadata["HttpPutResponseHopLimit"],
            instance_metadata_tags=plan.metadata["InstanceMetadataTags"] == "enabled",
            role_name=plan.profile[2] if plan.profile else None,
            profile_arn=plan.profile[1] if plan.profile else None,
            security_groups=ec2.group_names(plan.groups),
            ssh_open=ssh_access.ssh_open(ec2.ingress(plan.groups), self._settings.endpoint_url),
            shutdown_behavior=plan.shutdown_behavior,
            tags=tuple(sorted(ec2.tags(instance_id).items())),
            spot=plan.spot,
        )
        self._fleet.launch(spec, addresses, public, plan.spot)

    def _take_back(self, ec2: Ec2, instance_ids: Sequence[str]) -> None:
        """Remove everything of a launch that failed partway."""
        for instance_id in instance_ids:
            self._machines.remove(instance_id)
            ec2.forget(instance_id)
            self._fleet.forget(instance_id)

    def _described(self, call: Call, instance_ids: Sequence[str]) -> Reply:
        """RunInstances' answer: the reservation as DescribeInstances shows it now."""
        inner = call.with_parameters({"InstanceIds": list(instance_ids)}, "DescribeInstances")
        reservation = result_of(inner, self._moto(inner))["Reservations"][0]
        reservation["Instances"] = [tidy(one) for one in reservation["Instances"]]
        return answer(call, reservation)


def _canonical(parameters: Mapping[str, Any]) -> str:
    """A request in a form to compare with another of the same token."""
    relevant = {key: value for key, value in parameters.items() if key not in {"ClientToken", "DryRun"}}
    return json.dumps(relevant, sort_keys=True, default=str)


def _count(parameters: Mapping[str, Any], plan: Plan) -> int:
    low, high = int(parameters.get("MinCount") or 0), int(parameters.get("MaxCount") or 0)
    if low < 1 or high < 1:
        raise AwsError("MissingParameter", "The request must contain the parameters MinCount and MaxCount, 1 or more")
    if low > high:
        raise AwsError("InvalidParameterValue", f"Minimum instance count {low} exceeds maximum {high}")
    if plan.private_ip and high > 1:
        raise AwsError(
            "InvalidParameterCombination", "A launch that names a private IP address can launch one instance only"
        )
    return high
