"""Whether the account's quota allows a launch, as far as it can be asked."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from benchmarks.preflight import run_plan
from tests.support.aws_fakes import aws_error
from tests.support.launch_account import STARTED, account, parameters, refusal, template, type_info


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
    made = run_plan.make(parameters(instance_type="zz1.large"), connect, STARTED)
    assert [launch.instance_type for launch in made.launches] == ["zz1.large"]


@pytest.mark.parametrize("name", ["is4gen.xlarge", "im4gn.large", "d3en.xlarge", "m7i-flex.large"])
def test_standard_types_are_held_against_the_standard_quota(name: str) -> None:
    connect = account(
        {"quota": {"Quota": {"Value": 1.0}}}, describe_instance_types={"InstanceTypes": [type_info(name)]}
    )
    assert "your account's quota is 1" in refusal(connect, instance_type=name)


NEVER_SET = aws_error("NoSuchResourceException", "There is none.", "GetServiceQuota")


def test_a_quota_that_was_never_set_has_awss_default() -> None:
    assert "your account's quota is 5: ask for more of L-1216C47A" in refusal(account({"quota": NEVER_SET}))
    enough = account({"quota": NEVER_SET, "default_quota": {"Quota": {"Value": 8.0}}})
    assert run_plan.make(parameters(), enough, STARTED).warnings == ()


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (
            {"quota": aws_error("AccessDeniedException", "no", "GetServiceQuota")},
            "the permission servicequotas:GetServiceQuota is missing",
        ),
        (
            {"quota": NEVER_SET, "default_quota": aws_error("AccessDeniedException")},
            "the permission servicequotas:GetAWSDefaultServiceQuota is missing",
        ),
        (
            {"quota": NEVER_SET, "default_quota": aws_error("NoSuchResourceException", "None.", "GetIt")},
            "AWS refused GetIt (NoSuchResourceException): None",
        ),
        (
            {"quota": aws_error("TooManyRequestsException", "", "GetServiceQuota")},
            "AWS refused GetServiceQuota (TooManyRequestsException)",
        ),
        (
            {"quota": EndpointConnectionError(endpoint_url="https://x")},
            'AWS cannot be reached: Could not connect to the endpoint URL: "https://x"',
        ),
        ({"quota": {}}, "AWS's answer cannot be read"),
    ],
)
def test_a_quota_that_is_not_known_is_told_of_and_stops_nothing(answers: dict[str, Any], why: str) -> None:
    made = run_plan.make(parameters(), account(answers), STARTED)
    assert list(made.warnings) == [f"The vCPU quota could not be checked: {why}."]


def test_a_spot_instance_is_held_against_the_spot_quota() -> None:
    connect = account(
        {"quota": {"Quota": {"Value": 4.0}}},
        describe_launch_template_versions=template(InstanceMarketOptions={"MarketType": "spot"}),
        describe_spot_price_history={"SpotPriceHistory": []},
    )
    assert "your account's quota is 4: ask for more of L-34B43A08 (All Standard" in refusal(connect)


def described(name: str, cores: int, **more: Any) -> dict[str, Any]:
    return {"InstanceType": name, "CpuOptions": {"CoreCount": cores, "ThreadsPerCore": 2}, **more}


RUNNING = {
    "Reservations": [
        {"Instances": [described("m7i.4xlarge", 8), described("c7i.large", 1, InstanceLifecycle="spot")]},
        {"Instances": [described("p5.48xlarge", 96), described("t3.large", 1)]},
    ]
}


def test_what_other_instances_take_of_the_quota_is_counted() -> None:
    made = run_plan.make(parameters(), account(describe_instances=RUNNING), STARTED)
    quota = made.launches[0].quota
    assert quota
    assert (quota.code, quota.limit, quota.used, quota.left, quota.needed) == ("L-1216C47A", 32, 18, 14, 8)
    assert not [warning for warning in made.warnings if "quota" in warning]


def test_a_quota_that_other_instances_take_is_warned_of() -> None:
    made = run_plan.make(
        parameters(), account({"quota": {"Quota": {"Value": 24.0}}}, describe_instances=RUNNING), STARTED
    )
    assert (
        "Your instances take about 18 of the 24 vCPUs of the quota L-1216C47A, so that EC2 may refuse 8 more: end "
        "some, or ask for more in Service Quotas."
    ) in made.warnings


@pytest.mark.parametrize("answer", [aws_error("RequestLimitExceeded"), {"Reservations": [{"Instances": [{}]}]}])
def test_instances_that_cannot_be_counted_leave_open_what_is_left(answer: Any) -> None:
    made = run_plan.make(parameters(), account(describe_instances=answer), STARTED)
    quota = made.launches[0].quota
    assert quota
    assert (quota.used, quota.left) == (None, None)
