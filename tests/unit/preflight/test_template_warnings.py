"""What is said of a launch template's settings before anything is launched."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.aws.launch_templates import METADATA_OPTIONS, Template
from benchmarks.preflight import run_plan, template_warnings
from tests.support.launch_account import PROFILE, STARTED, account, parameters, template, type_info


def said(subnet: str | None = None, type: dict[str, Any] | None = None, **data: Any) -> list[str]:
    given = {"IamInstanceProfile": PROFILE, **data}
    return list(template_warnings.warnings(Template("lt-1", "mine", "1", given), type or type_info(), subnet))


def burstable(name: str) -> dict[str, Any]:
    return type_info(name, BurstablePerformanceSupported=True)


def test_a_plain_template_is_not_remarked_upon() -> None:
    own: dict[str, Any] = {"ImageId": "ami-1", "SecurityGroupIds": ["sg-1"], "MetadataOptions": METADATA_OPTIONS}
    harmless = {"CapacityReservationPreference": "open"}
    assert said(**own, CapacityReservationSpecification=harmless, CreditSpecification={"CpuCredits": "standard"}) == []


@pytest.mark.parametrize("profile", [None, {}, {"Name": ""}])
def test_a_template_without_a_role_is_told_of(profile: dict[str, str] | None) -> None:
    assert said(IamInstanceProfile=profile) == [
        "The launch template mine names no instance profile, so that the instance cannot upload its results by itself: "
        "keep this machine connected until they are here, or let ./inv bench.setup make a role, and a template with it."
    ]


def test_a_plan_knows_whether_its_instance_gets_a_role() -> None:
    plain = template(IamInstanceProfile=None)
    with_role, without = (
        run_plan.make(parameters(), account(**more), STARTED).launch
        for more in ({}, {"describe_launch_template_versions": plain})
    )
    assert with_role and with_role.has_profile
    assert without and not without.has_profile


@pytest.mark.parametrize(
    ("name", "data", "credits", "effect"),
    [
        ("t2.large", {}, "standard CPU credits (by default)", "is throttled"),
        ("t3.large", {}, "unlimited CPU credits (by default)", "costs extra"),
        (
            "t4g.large",
            {"CreditSpecification": {"CpuCredits": "standard"}},
            "standard CPU credits (set by the launch template mine)",
            "is throttled",
        ),
        (
            "t2.large",
            {"CreditSpecification": {"CpuCredits": "unlimited"}},
            "unlimited CPU credits (set by the launch template mine)",
            "costs extra",
        ),
    ],
)
def test_a_burstable_type_is_told_of_with_its_credits(
    name: str, data: dict[str, Any], credits: str, effect: str
) -> None:
    assert said(type=burstable(name), **data) == [
        f"{name} is burstable with {credits}: its CPU {effect} after a while, so its numbers say little: choose a type "
        "that is not burstable."
    ]


def test_a_burstable_type_on_a_dedicated_host_has_standard_credits() -> None:
    assert said(type=burstable("t3.large"), Placement={"HostId": "h-1"})[0].startswith(
        "t3.large is burstable with standard CPU credits (by default): its CPU is throttled"
    )


@pytest.mark.parametrize(
    "interface",
    [
        {"PrivateIpAddress": "172.31.0.9"},
        {"PrivateIpAddresses": [{"PrivateIpAddress": "172.31.0.9", "Primary": True}]},
    ],
)
def test_a_pinned_address_is_told_of(interface: dict[str, Any]) -> None:
    assert said(NetworkInterfaces=[{"DeviceIndex": 0, **interface}]) == [
        "The launch template mine pins the private address 172.31.0.9, so that only one instance at a time can have "
        "it: leave PrivateIpAddress out of the template if runs may overlap."
    ]


@pytest.mark.parametrize(
    ("data", "pins"),
    [
        ({"NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": "subnet-a"}]}, "the subnet subnet-a"),
        ({"Placement": {"AvailabilityZone": "eu-central-1a"}}, "the zone eu-central-1a"),
        ({"Placement": {"AvailabilityZoneId": "euc1-az2"}}, "the zone euc1-az2"),
        (
            {"NetworkInterfaces": [{"SubnetId": "subnet-a"}], "Placement": {"AvailabilityZone": "eu-central-1a"}},
            "the subnet subnet-a and the zone eu-central-1a",
        ),
    ],
)
def test_a_pinned_place_is_told_of_once(data: dict[str, Any], pins: str) -> None:
    assert said(**data) == [
        f"The launch template mine pins {pins}, so no other zone is tried where EC2 has no capacity: leave that out of "
        "the template to have all tried."
    ]


def test_a_templates_subnet_is_no_pin_for_who_gives_another() -> None:
    assert said("subnet-b", NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": "subnet-a"}]) == []


def test_metadata_options_that_the_launch_overrides_are_named() -> None:
    own = {"HttpTokens": "optional", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"}
    assert said(MetadataOptions={**own, "InstanceMetadataTags": "enabled"}) == [
        "The launch template mine sets HttpTokens=optional, HttpPutResponseHopLimit=1 in its metadata options: this "
        "launch overrides that with HttpTokens=required, HttpPutResponseHopLimit=2, so that programs get at the "
        "instance's metadata by IMDSv2 only."
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"Placement": {"Tenancy": "dedicated"}}, "asks for dedicated hardware, for which AWS charges a fee an hour"),
        ({"Placement": {"Tenancy": "host"}}, "asks for a Dedicated Host, which is billed for as long as it is"),
        ({"Placement": {"HostId": "h-1"}}, "asks for a Dedicated Host, "),
        ({"Placement": {"HostResourceGroupArn": "arn:aws:resource-groups:x"}}, "asks for a Dedicated Host, "),
        (
            {"CapacityReservationSpecification": {"CapacityReservationTarget": {"CapacityReservationId": "cr-1"}}},
            "asks for a Capacity Reservation, so that EC2 launches only what is left of it",
        ),
        (
            {"CapacityReservationSpecification": {"CapacityReservationPreference": "capacity-reservations-only"}},
            "asks for a Capacity Reservation, ",
        ),
        ({"Placement": {"GroupName": "close"}}, "asks for a placement group, which limits where EC2 finds capacity"),
        ({"LicenseSpecifications": [{"LicenseConfigurationArn": "arn"}]}, "counts instances against a licence"),
        ({"ElasticGpuSpecifications": [{"Type": "eg1.medium"}]}, "attaches an accelerator of a kind that AWS has"),
        ({"ElasticInferenceAccelerators": [{"Type": "eia2.medium"}]}, "attaches an accelerator of a kind that AWS has"),
        ({"NetworkInterfaces": [{"DeleteOnTermination": False}]}, "keeps its network interface when the instance is"),
    ],
)
def test_a_setting_that_limits_or_costs_is_told_of(data: dict[str, Any], sentence: str) -> None:
    (warning,) = said(**data)
    assert warning.startswith(f"The launch template mine {sentence}")
    assert ": " in warning
    assert warning.endswith(".")


def test_a_runs_plan_has_what_is_said_of_its_template_and_type() -> None:
    connect = account(
        describe_instance_types={"InstanceTypes": [burstable("t3.large")]},
        describe_launch_template_versions=template(Placement={"AvailabilityZone": "eu-central-1b"}),
    )
    made = run_plan.make(parameters(), connect, STARTED)
    assert [warning.partition(",")[0] for warning in made.warnings] == [
        "t3.large is burstable with unlimited CPU credits (by default): its CPU costs extra after a while",
        "The launch template benchmarks pins the zone eu-central-1b",
    ]
