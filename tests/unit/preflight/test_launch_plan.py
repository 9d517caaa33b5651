"""What will be launched, and every sentence with which a launch is refused before it is tried."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.launch import boot_times, run_instances
from benchmarks.preflight import resuming, run_plan
from benchmarks.runs import ssh_keys
from benchmarks.runs.records import LaunchPlan, Place, Preflight
from tests.support.aws_fakes import aws_error
from tests.support.launch_account import (
    OFFERED,
    STARTED,
    account,
    image,
    parameters,
    refusal,
    subnets,
    template,
    type_info,
)


def launch_of(made: Preflight) -> LaunchPlan:
    assert made.launch
    return made.launch


def test_planning_launches_nothing_but_asks_whether_it_would() -> None:
    connect = account()
    run_plan.make(parameters(), connect, STARTED)
    assert [call["DryRun"] for call in connect.ec2.called("run_instances")] == [True]


def test_an_unknown_type_is_refused_with_the_nearest_names() -> None:
    connect = account(
        describe_instance_types=aws_error("InvalidInstanceType", "[c7i.2xlrage]", "DescribeInstanceTypes")
    )
    said = refusal(connect, instance_type="c7i.2xlrage")
    assert said.startswith("There is no instance type c7i.2xlrage in eu-central-1. Did you mean c7i.2xlarge")


def test_a_type_like_no_other_is_refused_with_a_way_to_see_some() -> None:
    connect = account(describe_instance_types=aws_error("InvalidInstanceType", "", "DescribeInstanceTypes"))
    assert refusal(connect, instance_type="zzzzzzzzzz") == (
        "There is no instance type zzzzzzzzzz in eu-central-1. ./inv bench.types --cpu 4 lists some."
    )


def test_a_type_that_no_zone_offers_is_refused() -> None:
    said = refusal(account(describe_instance_type_offerings={"InstanceTypeOfferings": []}))
    assert said == ("c7i.2xlarge is not offered in eu-central-1: choose another type, or another region by --region.")


def test_a_number_of_cores_that_the_type_has_not_is_refused() -> None:
    assert refusal(account(), cpu=3) == (
        "c7i.2xlarge cannot run with 3 cores: EC2 offers 1, 2 or 4. Use --cpu 2 or --cpu 4."
    )


def test_less_memory_than_asked_is_refused() -> None:
    assert refusal(account(), memory=20000).startswith("c7i.2xlarge has 16384 MiB of memory, less than the 20000 asked")


def test_less_memory_than_the_suite_needs_is_refused() -> None:
    small = type_info("t2.nano", MemoryInfo={"SizeInMiB": 512})
    assert refusal(account(describe_instance_types={"InstanceTypes": [small]})).startswith(
        "t2.nano has 512 MiB of memory, less than the 1024 MiB that the suite plonky2 needs: "
    )


def test_a_type_without_64_bit_linux_is_refused() -> None:
    old = type_info("m1.old", ProcessorInfo={"SupportedArchitectures": ["i386"]})
    assert refusal(account(describe_instance_types={"InstanceTypes": [old]})) == (
        "m1.old (i386) runs no 64-bit Linux: choose another type, of which ./inv bench.types --cpu 4 lists some."
    )


@pytest.mark.parametrize(("name", "architecture"), [("mac1.metal", "x86_64_mac"), ("mac2.metal", "arm64_mac")])
def test_a_mac_is_refused_before_all_else(name: str, architecture: str) -> None:
    mac = type_info(name, ProcessorInfo={"SupportedArchitectures": [architecture]})
    nothing: dict[str, Any] = {"LaunchTemplateVersions": []}
    connect = account(describe_instance_types={"InstanceTypes": [mac]}, describe_launch_template_versions=nothing)
    assert refusal(connect, cpu=99).startswith(
        f"{name} ({architecture}) runs no 64-bit Linux and needs a dedicated host: choose another type, "
    )


def test_a_template_whose_instances_come_back_is_refused() -> None:
    persistent = template(InstanceMarketOptions={"SpotOptions": {"SpotInstanceType": "persistent"}})
    assert refusal(account(describe_launch_template_versions=persistent)).startswith(
        "The launch template benchmarks asks for spot instances persistently, so that EC2 launches another when a run's"
    )


def test_a_type_in_capital_letters_is_answered_with_its_name() -> None:
    unknown = aws_error("InvalidInstanceType", "The following supplied instance types do not exist")
    said = refusal(account(describe_instance_types=unknown), instance_type=OFFERED[0].upper())
    assert said.endswith(f" Did you mean {OFFERED[0]}?")


def test_an_image_of_another_architecture_is_refused() -> None:
    connect = account(describe_images={"Images": [image("ami-arm", "arm64")]})
    assert refusal(connect, ami="ami-arm").startswith("c7i.2xlarge is x86_64, but the image ami-arm is for arm64: ")


def test_a_deprecated_image_is_launched_with_a_warning() -> None:
    old = {**image("ami-old"), "State": "available", "DeprecationTime": "2024-01-01T00:00:00.000Z"}
    made = run_plan.make(parameters(ami="ami-old"), account(describe_images={"Images": [old]}), STARTED)
    assert launch_of(made).image.id == "ami-old"
    assert [warning for warning in made.warnings if warning.startswith("The image ami-old has been deprecated")]


def test_no_default_vpc_is_refused_with_both_ways_out() -> None:
    assert refusal(account(describe_subnets={"Subnets": []})) == (
        "eu-central-1 has no default VPC: give --subnet, or create one by aws ec2 create-default-vpc --region "
        "eu-central-1."
    )


def test_a_default_vpc_without_a_subnet_where_the_type_is_offered_is_refused() -> None:
    assert refusal(account(describe_subnets=subnets("eu-central-1c"))) == (
        "c7i.2xlarge is offered in eu-central-1a, eu-central-1b, but the default VPC has no subnet there: "
        "give --subnet."
    )


def test_a_subnet_that_there_is_not_is_refused() -> None:
    said = refusal(account(describe_subnets={"Subnets": []}), subnet="subnet-9")
    assert said == (
        "There is no subnet subnet-9 in eu-central-1: check --subnet, or give the region that it is in by --region."
    )


def test_a_subnet_where_the_type_is_not_offered_is_refused() -> None:
    assert refusal(account(describe_subnets=subnets("eu-central-1c")), subnet="subnet-c") == (
        "c7i.2xlarge is not offered in eu-central-1c, where the subnet subnet-c is: give a subnet in eu-central-1a, "
        "eu-central-1b, or choose another type."
    )


def test_a_subnet_of_ones_own_is_the_only_one_tried() -> None:
    made = run_plan.make(parameters(subnet="subnet-b"), account(describe_subnets=subnets("eu-central-1b")), STARTED)
    assert launch_of(made).places == (Place(subnet="subnet-b", zone="eu-central-1b"),)


def test_a_template_that_pins_a_zone_leaves_only_that_one() -> None:
    pinned = template(Placement={"AvailabilityZone": "eu-central-1b"})
    made = run_plan.make(parameters(), account(describe_launch_template_versions=pinned), STARTED)
    assert launch_of(made).places == (Place(subnet="subnet-b", zone="eu-central-1b"),)


def test_a_template_that_pins_a_zone_without_the_type_is_refused() -> None:
    pinned = template(Placement={"AvailabilityZone": "eu-central-1c"})
    assert refusal(account(describe_launch_template_versions=pinned)) == (
        "c7i.2xlarge is offered in eu-central-1a, eu-central-1b, but the launch template benchmarks pins "
        "eu-central-1c: give --subnet."
    )


def test_a_template_with_network_interfaces_leaves_the_subnet_to_itself() -> None:
    interfaces = template(NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": "subnet-a"}])
    connect = account(describe_launch_template_versions=interfaces, describe_subnets=subnets("eu-central-1a"))
    assert launch_of(run_plan.make(parameters(), connect, STARTED)).places == (
        Place(subnet=None, zone="eu-central-1a"),
    )
    assert "NetworkInterfaces" not in connect.ec2.called("run_instances")[-1]


def test_a_network_interface_is_moved_from_subnet_to_subnet_with_all_that_it_sets() -> None:
    own = {"DeviceIndex": 0, "Groups": ["sg-1"], "AssociatePublicIpAddress": True, "DeleteOnTermination": True}
    connect = account(
        describe_launch_template_versions=template(NetworkInterfaces=[own]),
        describe_security_groups={"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1"}]},
        run_instances=[aws_error("Unsupported", "Not in this zone."), aws_error("DryRunOperation")],
    )
    made = launch_of(run_plan.make(parameters(), connect, STARTED))
    assert made.network_interface == own
    sent = connect.ec2.called("run_instances")
    assert [call["NetworkInterfaces"] for call in sent] == [
        [{**own, "SubnetId": "subnet-a"}],
        [{**own, "SubnetId": "subnet-b"}],
    ]
    assert not [call for call in sent if "SubnetId" in call or "SecurityGroupIds" in call]


def test_a_templates_own_disks_and_image_are_kept() -> None:
    own = template(ImageId="ami-own", BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 40}}])
    connect = account(describe_launch_template_versions=own, describe_images={"Images": [image("ami-own")]})
    made = launch_of(run_plan.make(parameters(), connect, STARTED))
    assert (made.image.id, made.block_devices) == ("ami-own", None)


def test_a_template_whose_root_volume_is_another_images_gets_one_of_the_needed_size() -> None:
    other = {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 40}}
    own = template(BlockDeviceMappings=[other])
    made = run_plan.make(parameters(), account(describe_launch_template_versions=own), STARTED)
    devices = launch_of(made).block_devices
    assert devices
    assert devices[0] == other
    assert (devices[1]["DeviceName"], devices[1]["Ebs"]["VolumeSize"]) == ("/dev/xvda", 9)
    assert made.warnings[0].startswith("The launch template benchmarks adds /dev/sda1, which nothing here uses: ")


def test_a_templates_cores_are_what_the_plan_says_and_the_run_resumes_with() -> None:
    own = template(CpuOptions={"CoreCount": 2, "ThreadsPerCore": 1})
    made = launch_of(run_plan.make(parameters(), account(describe_launch_template_versions=own), STARTED))
    assert (made.cores, made.threads_per_core, made.cpu_options) == (2, 1, None)
    whole = launch_of(run_plan.make(parameters(cpu=4), account(describe_launch_template_versions=own), STARTED))
    assert (whole.cores, whole.threads_per_core) == (4, 2)
    assert whole.cpu_options == {"CoreCount": 4, "ThreadsPerCore": 2}


def test_user_data_that_is_replaced_is_told() -> None:
    own = template(UserData="I2Nsb3VkLWNvbmZpZwo=")
    made = run_plan.make(parameters(), account(describe_launch_template_versions=own), STARTED)
    assert made.warnings == ("The user data of the launch template benchmarks is replaced by this tool's own.",)


def test_a_launch_that_ec2_would_not_allow_is_refused() -> None:
    denied = aws_error("UnauthorizedOperation", "You are not authorized to perform: ec2:RunInstances on resource x.")
    assert refusal(account(run_instances=denied)).startswith(
        "Your AWS user lacks the permission ec2:RunInstances: ask for the policy in docs/iam-policy.md."
    )


def test_a_missing_capacity_is_no_reason_to_refuse() -> None:
    without = aws_error("InsufficientInstanceCapacity")
    assert run_plan.make(parameters(), account(run_instances=without), STARTED).launches


def test_a_zone_that_does_not_support_the_launch_leaves_the_others() -> None:
    answers = [aws_error("Unsupported", "Not in this zone."), aws_error("DryRunOperation")]
    connect = account(run_instances=answers)
    assert len(launch_of(run_plan.make(parameters(), connect, STARTED)).places) == 2
    assert [call["SubnetId"] for call in connect.ec2.called("run_instances")] == ["subnet-a", "subnet-b"]


def test_a_configuration_that_no_zone_supports_is_refused_with_ec2s_own_sentence() -> None:
    said = refusal(account(run_instances=aws_error("Unsupported", "Tenancy host is not supported.")))
    assert said.startswith(
        "EC2 cannot launch c7i.2xlarge: of eu-central-1a, eu-central-1b it says: Tenancy host is not supported. Choose"
    )


def test_the_dry_run_has_the_runs_tags_and_user_data_of_its_size(tmp_path: Path) -> None:
    begun = resuming.Begun(tmp_path / "r1", None)
    connect = account(describe_instances={"Reservations": []})
    made = launch_of(run_plan.make(parameters(), connect, STARTED, begun))
    (sent,) = connect.ec2.called("run_instances")
    lifetime = boot_times.lifetime([made], 60, 180)
    real = run_instances.prepare("r1", STARTED, ssh_keys.run_keys(tmp_path, None), lifetime, "alice", made)
    assert sent["TagSpecifications"] == run_instances.request(real, "subnet-a")["TagSpecifications"]
    assert len(sent["UserData"]) == len(real.user_data)
    assert sent["UserData"] != real.user_data


def test_a_run_that_has_its_instance_is_not_rehearsed(tmp_path: Path) -> None:
    ssh_keys.run_keys(tmp_path / "r1", None)
    there = {"InstanceId": "i-1", "InstanceType": "c7i.2xlarge", "ImageId": "ami-debian", "State": {"Name": "running"}}
    connect = account(describe_instances={"Reservations": [{"Instances": [there]}]})
    assert run_plan.make(parameters(), connect, STARTED, resuming.Begun(tmp_path / "r1", None)).launches
    assert connect.ec2.called("run_instances") == []


def test_a_templates_own_name_is_left_to_it() -> None:
    named = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "mine"}, {"Key": "name", "Value": "x"}]}]
    own = template(TagSpecifications=named)
    connect = account(describe_launch_template_versions=own)
    assert launch_of(run_plan.make(parameters(), connect, STARTED)).named_by_template == ("instance",)
    (sent,) = connect.ec2.called("run_instances")
    of_instance = next(one for one in sent["TagSpecifications"] if one["ResourceType"] == "instance")
    assert "Name" not in {tag["Key"] for tag in of_instance["Tags"]}


def test_a_template_with_the_tags_of_a_run_is_refused() -> None:
    taken = [{"ResourceType": "instance", "Tags": [{"Key": "benchmarks:run", "Value": "mine"}]}]
    connect = account(describe_launch_template_versions=template(TagSpecifications=taken))
    assert refusal(connect).startswith("The launch template benchmarks sets the tags benchmarks:run, by which runs")


def test_a_bare_metal_type_is_planned_as_such() -> None:
    metal = account(describe_instance_types={"InstanceTypes": [type_info("c7i.metal-24xl", BareMetal=True)]})
    assert launch_of(run_plan.make(parameters(), metal, STARTED)).bare_metal
    assert not launch_of(run_plan.make(parameters(), account(), STARTED)).bare_metal


def test_an_address_that_the_launchs_group_shuts_out_is_told_before_the_launch(
    own_range: Callable[[str | None], None],
) -> None:
    own_range("203.0.113.7/32")
    shut = {"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "benchmarks", "IpPermissions": []}]}
    own = template(SecurityGroupIds=["sg-1"])
    connect = account(describe_launch_template_versions=own, describe_security_groups=shut)
    assert run_plan.make(parameters(), connect, STARTED).warnings == (
        "Your address 203.0.113.7/32 is not among those that the security group benchmarks (sg-1) lets in on port 22: "
        "run ./inv bench.setup, which adds it.",
    )


def test_a_run_that_has_its_instance_is_neither_refused_nor_warned_of_a_launch(tmp_path: Path) -> None:
    ssh_keys.run_keys(tmp_path / "r1", None)
    there = {
        "InstanceId": "i-1",
        "InstanceType": "c7i.2xlarge",
        "ImageId": "ami-debian",
        "State": {"Name": "running"},
        "SubnetId": "subnet-a",
        "CpuOptions": {"CoreCount": 4, "ThreadsPerCore": 2},
    }
    connect = account(
        {"quota": {"Quota": {"Value": 8.0}}}, describe_instances={"Reservations": [{"Instances": [there]}]}
    )
    asked: list[object] = []

    def check_source(source: object) -> tuple[str, ...]:
        asked.append(source)
        return ("a warning",)

    begun = resuming.Begun(tmp_path / "r1", None)
    made = run_plan.make(parameters(max_price=0.1, max_cost=0.1), connect, STARTED, begun, check_source)
    assert (made.existing, made.warnings, asked) == (("i-1",), (), [])
