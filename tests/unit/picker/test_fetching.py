"""What AWS is asked, and what is kept of its answers."""

from __future__ import annotations

import json
from typing import Any

import botocore.exceptions
import pytest
from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from botocore.session import Session

from benchmarks.aws import instance_types, prices
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.picker import fetching
from tests.support.aws_fakes import FakeClient, aws_error
from tests.unit.aws.test_instance_types import info


def offering(name: str, location: str = "eu-north-1") -> dict[str, str]:
    return {"InstanceType": name, "Location": location}


def describing(**arguments: Any) -> dict[str, Any]:
    names = arguments.get("InstanceTypes") or arguments["Filters"][0]["Values"]
    return {"InstanceTypes": [info(InstanceType=name) for name in names]}


def test_every_type_that_is_offered_is_described_a_hundred_a_call() -> None:
    names = [f"c{n:03}.large" for n in range(250)]
    client = FakeClient(
        describe_instance_type_offerings={"InstanceTypeOfferings": [offering(name) for name in reversed(names)]},
        describe_instance_types=describing,
    )
    assert [one["name"] for one in fetching.types(client)] == names
    assert sorted(len(call["InstanceTypes"]) for call in client.called("describe_instance_types")) == [50, 100, 100]


def test_a_type_that_is_offered_but_not_described_is_passed_over() -> None:
    def describe(**arguments: Any) -> dict[str, Any]:
        if "InstanceTypes" in arguments:
            raise aws_error("InvalidInstanceType", operation="DescribeInstanceTypes")
        return {"InstanceTypes": [info(InstanceType="c6i.large")]}

    client = FakeClient(
        describe_instance_type_offerings={"InstanceTypeOfferings": [offering("c6i.large"), offering("new.large")]},
        describe_instance_types=describe,
    )
    assert [one["name"] for one in fetching.types(client)] == ["c6i.large"]


def test_other_errors_are_not_hidden() -> None:
    client = FakeClient(
        describe_instance_type_offerings={"InstanceTypeOfferings": [offering("c6i.large")]},
        describe_instance_types=aws_error("UnauthorizedOperation"),
    )
    with pytest.raises(ClientError):
        fetching.types(client)


def test_zones_are_listed_by_type() -> None:
    client = FakeClient(
        describe_instance_type_offerings={
            "InstanceTypeOfferings": [offering("b", "z2"), offering("a", "z1"), offering("b", "z1")]
        }
    )
    assert fetching.zones(client) == {"a": ["z1"], "b": ["z1", "z2"]}


def product(name: str, usd: str, unit: str = "Hrs") -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    return json.dumps(
        {
            "product": {"attributes": {"instanceType": name}},
            "terms": {"OnDemand": {"term": {"priceDimensions": {"rate": dimension}}}},
        }
    )


def test_types_without_an_hourly_price_are_left_out_of_the_prices() -> None:
    listed = [product("a", "0.25"), product("free", "0.0"), product("once", "7", unit="Quantity")]
    client = FakeClient(get_products={"PriceList": listed})
    assert prices.of_region(client, "eu-north-1") == {"a": 0.25}
    (asked,) = client.called("get_products")
    assert {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-north-1"} in asked["Filters"]


def test_a_part_that_fails_does_not_keep_the_others_from_being_fetched() -> None:
    clients = {
        "ec2": FakeClient(describe_instance_type_offerings={"InstanceTypeOfferings": [offering("a", "z1")]}),
        "pricing": FakeClient(get_products=aws_error("AccessDeniedException")),
    }

    def connect(service: str, region: str | None = None) -> FakeClient:
        assert region == ("us-east-1" if service == "pricing" else None)
        return clients[service]

    found = dict(fetching.fetch(connect, "eu-north-1", ["zones", "prices"]))
    assert found["zones"] == {"a": ["z1"]}
    assert isinstance(found["prices"], ClientError)


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_a_partition_without_a_price_list_in_dollars_is_not_asked_for_prices(region: str) -> None:
    def connect(service: str, region: str | None = None) -> FakeClient:
        assert service == "ec2"
        return FakeClient(describe_instance_type_offerings={"InstanceTypeOfferings": [offering("a", "z1")]})

    found = dict(fetching.fetch(connect, region, ["zones", "prices"]))
    assert found["zones"] == {"a": ["z1"]}
    assert isinstance(found["prices"], UnknownError)


def test_a_region_that_is_not_enabled_is_told_as_that() -> None:
    clients = {
        None: FakeClient(
            describe_instance_type_offerings=aws_error("AuthFailure"),
            describe_spot_price_history=aws_error("AuthFailure"),
        ),
        "us-east-1": FakeClient(
            describe_regions={"Regions": [{"OptInStatus": "not-opted-in"}]},
            get_products=aws_error("ThrottlingException"),
        ),
    }
    found = dict(fetching.fetch(lambda _, region=None: clients[region], "af-south-1", ["zones", "spot"]))
    assert {str(error)[:38] for error in found.values()} == {"The region af-south-1 is not enabled i"}
    assert isinstance(
        dict(fetching.fetch(lambda _, region=None: clients[region], "af-south-1", ["prices"]))["prices"], ClientError
    )


@pytest.mark.parametrize("damaged", [{}, {"PriceList": None}])
def test_prices_that_cannot_be_read_are_unknown(damaged: dict[str, Any]) -> None:
    client = FakeClient(get_products=damaged, describe_spot_price_history={})
    found = dict(fetching.fetch(lambda *_: client, "eu-north-1", ["prices", "spot"]))
    assert {str(error) for error in found.values()} == {"AWS's answer cannot be read"}


def test_a_damaged_entry_of_the_price_list_does_not_spoil_the_others() -> None:
    client = FakeClient(get_products={"PriceList": ["half a fi", product("a", "0.25")]})
    assert prices.of_region(client, "eu-north-1") == {"a": 0.25}


def test_a_client_that_reads_less_describes_types_alike() -> None:
    body = b"""<DescribeInstanceTypesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><instanceTypeSet><item>
        <instanceType>g5.xlarge</instanceType><currentGeneration>true</currentGeneration><bareMetal>false</bareMetal>
        <supportedUsageClasses><item>on-demand</item><item>spot</item></supportedUsageClasses>
        <processorInfo><supportedArchitectures><item>x86_64</item></supportedArchitectures>
        <sustainedClockSpeedInGhz>3.3</sustainedClockSpeedInGhz><manufacturer>AMD</manufacturer></processorInfo>
        <vCpuInfo><defaultVCpus>4</defaultVCpus><defaultCores>2</defaultCores>
        <defaultThreadsPerCore>2</defaultThreadsPerCore><validCores><item>1</item><item>2</item></validCores></vCpuInfo>
        <memoryInfo><sizeInMiB>16384</sizeInMiB></memoryInfo><ebsInfo><nvmeSupport>required</nvmeSupport></ebsInfo>
        <instanceStorageInfo><totalSizeInGB>250</totalSizeInGB></instanceStorageInfo>
        <networkInfo><networkPerformance>Up to 10 Gigabit</networkPerformance><ipv6Supported>true</ipv6Supported>
        </networkInfo><gpuInfo><totalGpuMemoryInMiB>24576</totalGpuMemoryInMiB></gpuInfo>
        <burstablePerformanceSupported>false</burstablePerformanceSupported></item></instanceTypeSet>
        </DescribeInstanceTypesResponse>"""

    def parsed(client: Any) -> dict[str, Any]:
        shape = client.meta.service_model.operation_model("DescribeInstanceTypes").output_shape
        answer = {"body": body, "headers": {}, "status_code": 200}
        entry: dict[str, Any] = create_parser("ec2").parse(answer, shape)["InstanceTypes"][0]
        return entry

    client = Session().create_client("ec2", region_name="eu-north-1")
    whole = parsed(client)
    fetching.read_less(client)
    less = parsed(client)
    assert "EbsInfo" in whole
    assert "EbsInfo" not in less
    assert instance_types.described(less) == instance_types.described(whole)


def test_a_client_that_cannot_be_made_leaves_every_part_unknown() -> None:
    def connect(service: str, region: str | None = None) -> Any:
        raise botocore.exceptions.ProfileNotFound(profile="nobody")

    found = dict(fetching.fetch(connect, "eu-central-1", ["types", "prices"]))
    assert {part: str(error) for part, error in found.items()} == dict.fromkeys(
        ("types", "prices"), "The config profile (nobody) could not be found"
    )
