"""What a run will do, and every sentence with which it is refused before anything is launched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from benchmarks.aws import prices
from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from benchmarks.preflight import run_plan
from tests.support.aws_fakes import FakeClient, aws_error

STARTED = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
PRICE = {"usd_per_hour": 0.357, "source": "AWS Price List, on demand", "date": "2026-05-19"}
ZONES = ["eu-central-1a", "eu-central-1b"]
OFFERED = ["c7i.2xlarge", "c7i.large", "c7g.large", "m7i.large", "t2.micro"]

Accounts = Callable[..., "Account"]


def type_info(name: str = "c7i.2xlarge", **more: Any) -> dict[str, Any]:
    cpu = {"DefaultVCpus": 8, "DefaultCores": 4, "DefaultThreadsPerCore": 2}
    return {
        "InstanceType": name,
        "VCpuInfo": {**cpu, "ValidCores": [1, 2, 4], "ValidThreadsPerCore": [1, 2]},
        "MemoryInfo": {"SizeInMiB": 16384},
        "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
        "BurstablePerformanceSupported": False,
        **more,
    }


def image(id: str = "ami-debian", architecture: str = "x86_64") -> dict[str, Any]:
    return {
        "ImageId": id,
        "Name": "debian-13",
        "Architecture": architecture,
        "RootDeviceName": "/dev/xvda",
        "CreationDate": "2026-05-01",
    }


def template(**data: Any) -> dict[str, Any]:
    found = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "benchmarks", "VersionNumber": 1}
    return {"LaunchTemplateVersions": [{**found, "LaunchTemplateData": data}]}


def subnets(*zones: str) -> dict[str, Any]:
    return {"Subnets": [{"SubnetId": f"subnet-{zone[-1]}", "AvailabilityZone": zone} for zone in zones]}


def offerings(LocationType: str, Filters: Any = None) -> dict[str, Any]:  # noqa: N803
    if LocationType == "region":
        return {"InstanceTypeOfferings": [{"InstanceType": name} for name in OFFERED]}
    return {"InstanceTypeOfferings": [{"Location": zone} for zone in reversed(ZONES)]}


class Account:
    """An account in which all is well, but for what a test changes."""

    def __init__(self, ec2: dict[str, Any], other: dict[str, Any]) -> None:
        self.ec2 = FakeClient(
            **{
                "describe_instance_types": {"InstanceTypes": [type_info()]},
                "describe_instance_type_offerings": offerings,
                "describe_launch_template_versions": template(),
                "describe_images": {"Images": [image()]},
                "describe_subnets": subnets(*ZONES),
                "run_instances": aws_error("DryRunOperation", "Request would have succeeded"),
                **ec2,
            }
        )
        self.clients = {
            "ec2": self.ec2,
            "sts": FakeClient(get_caller_identity=other.get("identity", {"Account": "123456789012"})),
            "s3": FakeClient(
                head_bucket=other.get(
                    "bucket", {"ResponseMetadata": {"HTTPHeaders": {"x-amz-bucket-region": "eu-central-1"}}}
                )
            ),
            "service-quotas": FakeClient(get_service_quota=other.get("quota", {"Quota": {"Value": 32.0}})),
        }

    def __call__(self, service: str, region: str | None = None) -> FakeClient:
        return self.clients[service]


def account(other: dict[str, Any] | None = None, **ec2: Any) -> Account:
    return Account(ec2, other or {})


def parameters(**given: Any) -> dict[str, Any]:
    usual = {"instance_type": "c7i.2xlarge", "region": "eu-central-1"}
    return spec.with_defaults("benchmark", {**usual, **given})


@pytest.fixture(autouse=True)
def price(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Sets what the Pricing API says."""

    def set_price(answer: Any) -> None:
        monkeypatch.setattr(prices, "of_type", lambda *_arguments: answer)

    set_price(PRICE)
    return set_price


def refusal(connect: Account, **given: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        run_plan.make(parameters(**given), connect, STARTED)
    assert not [call for call in connect.ec2.called("run_instances") if not call.get("DryRun")]
    return str(refused.value)


def test_a_plan_says_what_will_be_launched_and_where_it_goes() -> None:
    made = run_plan.make(parameters(cpu=2), account(), STARTED)
    assert made["warnings"] == []
    assert made["started"] == "2026-05-19T08:15:00+00:00"
    assert made["suite"]["name"] == "plonky2"
    assert made["launch"] == {
        "region": "eu-central-1",
        "overrides": {},
        "instance_type": "c7i.2xlarge",
        "architecture": "x86_64",
        "cores": 2,
        "threads_per_core": 1,
        "cpu_options": {"CoreCount": 2, "ThreadsPerCore": 1},
        "memory": 16384,
        "price": PRICE,
        "launch_template": {"id": "lt-1", "name": "benchmarks", "version": "1"},
        "image": {"id": "ami-debian", "name": "debian-13"},
        "block_devices": [
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 9, "VolumeType": "gp3", "DeleteOnTermination": True}}
        ],
        "subnets": [{"id": "subnet-a", "zone": "eu-central-1a"}, {"id": "subnet-b", "zone": "eu-central-1b"}],
        "started": "2026-05-19T08:15:00+00:00",
    }
    assert made["publish"] == {
        "bucket": "benchmarks-123456789012-eu-central-1",
        "account": "123456789012",
        "region": "eu-central-1",
        "suite": "plonky2",
        "started": "2026-05-19T08:15:00+00:00",
    }


def test_planning_launches_nothing_but_asks_whether_it_would() -> None:
    connect = account()
    run_plan.make(parameters(), connect, STARTED)
    assert [call["DryRun"] for call in connect.ec2.called("run_instances")] == [True]


def test_a_machine_one_has_asks_aws_nothing() -> None:
    def connect(service: str, region: str | None = None) -> Any:
        pytest.fail(f"asked {service}")

    made = run_plan.make(parameters(host="me@192.0.2.7", instance_type=None), connect, STARTED)
    assert (made["launch"], made["publish"]) == (None, None)


def test_a_machine_one_has_publishes_where_a_bucket_is_named() -> None:
    made = run_plan.make(parameters(host="a", instance_type=None, bucket="mine"), account(), STARTED)
    assert made["launch"] is None
    assert made["publish"]["bucket"] == "mine"


def test_a_run_that_goes_on_keeps_its_start() -> None:
    assert run_plan.start_of({"started": STARTED.isoformat()}) == STARTED
    assert run_plan.start_of(None).tzinfo is UTC


def test_parameters_change_the_suite_and_another_version_has_an_unknown_number_of_ids() -> None:
    made = run_plan.make(parameters(ref="1.0.0", toolchain="system", rustflags="-O"), account(), STARTED)["suite"]
    assert made["source"] == {"crate": "plonky2", "ref": "1.0.0"}
    assert (made["toolchain"], made["rustflags"], made["expected"]) == ("system", "-O", None)


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
    assert said == "There is no subnet subnet-9 in eu-central-1."


def test_a_subnet_where_the_type_is_not_offered_is_refused() -> None:
    assert refusal(account(describe_subnets=subnets("eu-central-1c")), subnet="subnet-c") == (
        "c7i.2xlarge is not offered in eu-central-1c, where the subnet subnet-c is: it is in eu-central-1a, "
        "eu-central-1b."
    )


def test_a_subnet_of_ones_own_is_the_only_one_tried() -> None:
    made = run_plan.make(parameters(subnet="subnet-b"), account(describe_subnets=subnets("eu-central-1b")), STARTED)
    assert made["launch"]["subnets"] == [{"id": "subnet-b", "zone": "eu-central-1b"}]


def test_a_template_that_pins_a_zone_leaves_only_that_one() -> None:
    pinned = template(Placement={"AvailabilityZone": "eu-central-1b"})
    made = run_plan.make(parameters(), account(describe_launch_template_versions=pinned), STARTED)
    assert made["launch"]["subnets"] == [{"id": "subnet-b", "zone": "eu-central-1b"}]


def test_a_template_that_pins_a_zone_without_the_type_is_refused() -> None:
    pinned = template(Placement={"AvailabilityZone": "eu-central-1c"})
    assert refusal(account(describe_launch_template_versions=pinned)) == (
        "c7i.2xlarge is offered in eu-central-1a, eu-central-1b, but the launch template benchmarks pins "
        "eu-central-1c: give --subnet."
    )


def test_a_template_with_network_interfaces_leaves_the_subnet_to_itself() -> None:
    interfaces = template(NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": "subnet-a"}])
    connect = account(describe_launch_template_versions=interfaces, describe_subnets=subnets("eu-central-1a"))
    assert run_plan.make(parameters(), connect, STARTED)["launch"]["subnets"] == [{"id": None, "zone": "eu-central-1a"}]
    assert refusal(connect, subnet="subnet-b") == (
        "The launch template benchmarks has network interfaces of its own, so subnet cannot be given beside it."
    )


def test_a_templates_own_disks_and_image_are_kept() -> None:
    own = template(ImageId="ami-own", BlockDeviceMappings=[{"DeviceName": "/dev/xvda"}])
    connect = account(describe_launch_template_versions=own, describe_images={"Images": [image("ami-own")]})
    made = run_plan.make(parameters(), connect, STARTED)["launch"]
    assert (made["image"]["id"], made["block_devices"]) == ("ami-own", None)


def test_user_data_that_is_replaced_is_told() -> None:
    own = template(UserData="I2Nsb3VkLWNvbmZpZwo=")
    made = run_plan.make(parameters(), account(describe_launch_template_versions=own), STARTED)
    assert made["warnings"] == ["The user data of the launch template benchmarks is replaced by this tool's own."]


def test_a_burstable_type_is_told_of() -> None:
    burstable = type_info("t3.large", BurstablePerformanceSupported=True)
    made = run_plan.make(parameters(), account(describe_instance_types={"InstanceTypes": [burstable]}), STARTED)
    assert made["warnings"] == [
        "t3.large is burstable: its CPU is throttled or costs extra after a while, so its numbers say little."
    ]


def test_more_vcpus_than_the_quota_are_refused() -> None:
    assert refusal(account({"quota": {"Quota": {"Value": 4.0}}})) == (
        "c7i.2xlarge would take 8 vCPUs, but your account's quota is 4: ask for more of L-1216C47A (Running On-Demand "
        "Standard (A, C, D, H, I, M, R, T, Z) instances) in Service Quotas, or choose a smaller type."
    )


def test_fewer_cores_take_less_of_the_quota() -> None:
    run_plan.make(parameters(cpu=4), account({"quota": {"Quota": {"Value": 8.0}}}), STARTED)
    run_plan.make(parameters(cpu=2), account({"quota": {"Quota": {"Value": 2.0}}}), STARTED)


@pytest.mark.parametrize(("name", "code"), [("inf2.xlarge", "L-1945791B"), ("p5.48xlarge", "L-417A185B")])
def test_types_of_other_families_are_held_against_their_own_quota(name: str, code: str) -> None:
    connect = account(
        {"quota": {"Quota": {"Value": 0.0}}}, describe_instance_types={"InstanceTypes": [type_info(name)]}
    )
    assert f"your account's quota is 0: ask for more of {code} (" in refusal(connect, instance_type=name)


def test_a_type_that_no_quota_of_vcpus_counts_is_left_to_ec2() -> None:
    connect = account(
        {"quota": {"Quota": {"Value": 0.0}}}, describe_instance_types={"InstanceTypes": [type_info("zz1.large")]}
    )
    assert (
        run_plan.make(parameters(instance_type="zz1.large"), connect, STARTED)["launch"]["instance_type"] == "zz1.large"
    )


@pytest.mark.parametrize("name", ["is4gen.xlarge", "im4gn.large", "d3en.xlarge", "m7i-flex.large"])
def test_standard_types_are_held_against_the_standard_quota(name: str) -> None:
    connect = account(
        {"quota": {"Quota": {"Value": 1.0}}}, describe_instance_types={"InstanceTypes": [type_info(name)]}
    )
    assert "your account's quota is 1" in refusal(connect, instance_type=name)


def test_a_quota_that_may_not_be_asked_for_is_told_of() -> None:
    denied = aws_error("AccessDeniedException", "no", "GetServiceQuota")
    made = run_plan.make(parameters(), account({"quota": denied}), STARTED)
    assert made["warnings"] == [
        "The vCPU quota could not be checked: the permission servicequotas:GetServiceQuota is missing."
    ]


def test_a_price_above_the_ceiling_is_refused() -> None:
    assert refusal(account(), max_price=0.3) == "c7i.2xlarge costs $0.357 an hour, more than the max_price of $0.3."
    run_plan.make(parameters(max_price=0.357), account(), STARTED)


def test_a_ceiling_that_cannot_be_checked_is_refused(price: Callable[[Any], None]) -> None:
    price(None)
    assert refusal(account(), max_price=1.0).startswith("The price cannot be checked against max_price: ")
    assert run_plan.make(parameters(), account(), STARTED)["launch"]["price"] is None


@pytest.mark.parametrize(
    ("code", "bucket", "sentence"),
    [
        (
            "404",
            None,
            "There is no bucket benchmarks-123456789012-eu-central-1: run ./inv bench.setup, which creates it.",
        ),
        ("404", "mine", "There is no bucket mine: check --bucket."),
        (
            "403",
            "mine",
            "The bucket mine belongs to another account, or your AWS user may not use it: give one of yours "
            "by --bucket.",
        ),
    ],
)
def test_a_bucket_that_cannot_be_used_is_refused(code: str, bucket: str | None, sentence: str) -> None:
    assert refusal(account({"bucket": aws_error(code, "", "HeadBucket")}), bucket=bucket) == sentence


def test_a_bucket_must_be_the_callers_own() -> None:
    connect = account()
    run_plan.make(parameters(bucket="mine"), connect, STARTED)
    assert connect.clients["s3"].called("head_bucket") == [{"Bucket": "mine", "ExpectedBucketOwner": "123456789012"}]


def test_a_launch_that_ec2_would_not_allow_is_refused() -> None:
    denied = aws_error("UnauthorizedOperation", "You are not authorized to perform: ec2:RunInstances on resource x.")
    assert refusal(account(run_instances=denied)).startswith(
        "Your AWS user lacks the permission ec2:RunInstances: ask for the policy in docs/iam-policy.md."
    )


@pytest.mark.parametrize("code", ["InsufficientInstanceCapacity", "Unsupported"])
def test_a_missing_capacity_is_no_reason_to_refuse(code: str) -> None:
    assert run_plan.make(parameters(), account(run_instances=aws_error(code)), STARTED)["launch"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (NoCredentialsError(), "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"),
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "x"}}, "GetCallerIdentity"),
            "AWS does not accept the credentials (ExpiredToken): check AWS_ACCESS_KEY_ID",
        ),
    ],
)
def test_credentials_that_do_not_work_are_refused(answer: Exception, sentence: str) -> None:
    assert refusal(account({"identity": answer})).startswith(sentence)
