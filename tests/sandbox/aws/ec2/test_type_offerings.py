"""Instance types are the region's own, come in pages and are found by wildcards and requirements."""

from __future__ import annotations

from typing import Any

from tests.support.wire_endpoint import Endpoint, refused


def test_all_types_come_in_pages(ec2: Any) -> None:
    first = ec2.describe_instance_types()
    assert len(first["InstanceTypes"]) == 100
    assert first["NextToken"]
    pages = ec2.get_paginator("describe_instance_types").paginate(
        Filters=[{"Name": "instance-type", "Values": ["c7i.*"]}]
    )
    names = [one["InstanceType"] for page in pages for one in page["InstanceTypes"]]
    assert "c7i.2xlarge" in names and all(name.startswith("c7i.") for name in names)


def test_filters_by_number_find_fitting_types(ec2: Any) -> None:
    filters = [
        {"Name": "vcpu-info.default-vcpus", "Values": ["8"]},
        {"Name": "memory-info.size-in-mib", "Values": ["16384"]},
        {"Name": "processor-info.supported-architecture", "Values": ["arm64"]},
        {"Name": "current-generation", "Values": ["true"]},
    ]
    found = ec2.describe_instance_types(Filters=filters)["InstanceTypes"]
    assert "c7g.2xlarge" in {one["InstanceType"] for one in found}
    assert {one["VCpuInfo"]["DefaultVCpus"] for one in found} == {8}


def test_unknown_types_and_filters_are_refused(ec2: Any) -> None:
    sentence = refused("InvalidInstanceType", ec2.describe_instance_types, InstanceTypes=["c5.large", "x9.huge"])
    assert sentence == "The following supplied instance types do not exist: [x9.huge]"
    refused("InvalidParameterValue", ec2.describe_instance_types, Filters=[{"Name": "cores", "Values": ["8"]}])


def test_a_region_shows_its_own_types_only(endpoint: Endpoint, ec2: Any) -> None:
    def names(client: Any) -> set[str]:
        pages = client.get_paginator("describe_instance_type_offerings").paginate()
        return {one["InstanceType"] for page in pages for one in page["InstanceTypeOfferings"]}

    small = endpoint.client("ec2", region_name="ap-east-1")
    missing = sorted(names(ec2) - names(small))[0]
    refused("InvalidInstanceType", small.describe_instance_types, InstanceTypes=[missing])
    assert ec2.describe_instance_types(InstanceTypes=[missing])["InstanceTypes"]


def test_offerings_take_wildcards(ec2: Any) -> None:
    found = ec2.describe_instance_type_offerings(
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": ["c7i.2*"]}, {"Name": "location", "Values": ["us-east-1?"]}],
    )["InstanceTypeOfferings"]
    assert ("c7i.2xlarge", "us-east-1a") in {(one["InstanceType"], one["Location"]) for one in found}
    assert {one["InstanceType"] for one in found} == {"c7i.2xlarge", "c7i.24xlarge"}


def test_types_are_found_by_requirements(ec2: Any) -> None:
    pages = ec2.get_paginator("get_instance_types_from_instance_requirements").paginate(
        ArchitectureTypes=["x86_64"],
        VirtualizationTypes=["hvm"],
        InstanceRequirements={
            "VCpuCount": {"Min": 8, "Max": 8},
            "MemoryMiB": {"Min": 16384, "Max": 16384},
            "InstanceGenerations": ["current"],
        },
    )
    names = {one["InstanceType"] for page in pages for one in page["InstanceTypes"]}
    assert "c7i.2xlarge" in names
    assert not {"c7g.2xlarge", "c7i.xlarge"} & names
