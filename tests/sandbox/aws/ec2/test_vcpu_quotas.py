"""vCPU quotas are shown, and launches beyond them are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.wire_endpoint import Endpoint, debian, refused, wait_for_state


def test_quotas_are_shown(endpoint: Endpoint) -> None:
    quotas = endpoint.client("service-quotas")
    quota = quotas.get_service_quota(ServiceCode="ec2", QuotaCode="L-1216C47A")["Quota"]
    assert quota["Value"] == endpoint.settings.vcpu_quota
    assert quota["QuotaName"] == "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"
    pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="ec2")
    assert {"L-1216C47A", "L-34B43A08"} <= {one["QuotaCode"] for page in pages for one in page["Quotas"]}
    refused("NoSuchResourceException", quotas.get_service_quota, ServiceCode="ec2", QuotaCode="L-00000000")


def test_a_quota_that_was_never_set_has_a_default_only(endpoint: Endpoint) -> None:
    quotas = endpoint.client("service-quotas")
    refused("NoSuchResourceException", quotas.get_service_quota, ServiceCode="ec2", QuotaCode="L-7295265B")
    assert quotas.get_aws_default_service_quota(ServiceCode="ec2", QuotaCode="L-7295265B")["Quota"]["Value"] == 128
    assert quotas.get_aws_default_service_quota(ServiceCode="ec2", QuotaCode="L-1216C47A")["Quota"]["Value"] == 5
    listed = {one["QuotaCode"] for one in quotas.list_service_quotas(ServiceCode="ec2")["Quotas"]}
    defaults = {one["QuotaCode"] for one in quotas.list_aws_default_service_quotas(ServiceCode="ec2")["Quotas"]}
    assert "L-7295265B" in defaults - listed


def test_launches_beyond_the_quota_are_refused(start_endpoint: Callable[..., Endpoint]) -> None:
    ec2 = start_endpoint(vcpu_quota=6).client("ec2")
    image = debian(ec2)

    def run(instance_type: str, **parameters: Any) -> str:
        launched = ec2.run_instances(ImageId=image, InstanceType=instance_type, MinCount=1, MaxCount=1, **parameters)
        return str(launched["Instances"][0]["InstanceId"])

    options = {"CoreCount": 1, "ThreadsPerCore": 1}
    first = run("c7i.xlarge", CpuOptions=options)  # four vCPUs count, whatever the options
    sentence = refused("VcpuLimitExceeded", run, instance_type="c5.xlarge")
    assert "your current vCPU limit of 6" in sentence
    run("c5.large")
    refused("VcpuLimitExceeded", run, instance_type="c5.large")
    refused("VcpuLimitExceeded", run, instance_type="g5.xlarge")
    spot = {"InstanceMarketOptions": {"MarketType": "spot"}}
    run("c5.xlarge", **spot)
    refused("MaxSpotInstanceCountExceeded", run, instance_type="c5.xlarge", **spot)
    ec2.terminate_instances(InstanceIds=[first])
    wait_for_state(ec2, first, "terminated")
    run("c5.xlarge")
