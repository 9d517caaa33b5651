"""Which network interfaces of launch templates a launch can move, held against EC2's own model."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from benchmarks.aws import network_interfaces
from benchmarks.aws.launch_templates import Template
from benchmarks.errors import RefusedError


def template(*interfaces: dict[str, Any]) -> Template:
    return Template("lt-1", "mine", "1", {"NetworkInterfaces": list(interfaces)})


def shape(one: Any) -> Any:
    """A shape's members and types, all the way down."""
    if one.type_name == "structure":
        return {name: shape(member) for name, member in one.members.items()}
    return [shape(one.member)] if one.type_name == "list" else one.type_name


def test_what_is_moved_has_the_same_form_in_a_template_and_in_a_request() -> None:
    model = botocore.session.get_session().get_service_model("ec2")
    described = shape(model.shape_for("LaunchTemplateInstanceNetworkInterfaceSpecification"))
    requested = shape(model.shape_for("InstanceNetworkInterfaceSpecification"))
    known = network_interfaces.MOVABLE & set(described)
    assert {"Groups", "SubnetId", "InterfaceType", "AssociatePublicIpAddress", "Ipv6AddressCount"} <= known
    assert {name: described[name] for name in known} == {name: requested[name] for name in known}


def test_all_that_the_interface_sets_is_kept_but_its_subnet() -> None:
    own = {"SubnetId": "subnet-a", "InterfaceType": "efa", "Groups": ["sg-1"], "Ipv6AddressCount": 1, "Description": ""}
    assert network_interfaces.fixed(template(own)) is None
    assert network_interfaces.movable(template(own)) == {
        "DeviceIndex": 0,
        "InterfaceType": "efa",
        "Groups": ["sg-1"],
        "Ipv6AddressCount": 1,
    }


@pytest.mark.parametrize(
    "pin",
    [
        {"PrivateIpAddresses": [{"PrivateIpAddress": "172.31.0.9", "Primary": True}]},
        {"Ipv6Addresses": [{"Ipv6Address": "2001:db8::9"}]},
        {"Ipv4Prefixes": [{"Ipv4Prefix": "172.31.0.16/28"}]},
        {"SomethingOfNextYear": 1},
    ],
)
def test_what_belongs_to_a_subnet_or_is_not_known_is_not_moved(pin: dict[str, Any]) -> None:
    assert network_interfaces.fixed(template(pin)) == f"sets {next(iter(pin))} of its network interface"


def test_empty_values_pin_nothing() -> None:
    empty = template({"DeviceIndex": 0, "PrivateIpAddresses": [], "Ipv6Addresses": []})
    assert network_interfaces.fixed(empty) is None
    network_interfaces.refuse_several(empty)


@pytest.mark.parametrize("interfaces", [[], [{"DeviceIndex": 0, "Groups": ["sg-1"], "SubnetId": "subnet-1"}]])
def test_several_instances_can_have_what_belongs_to_none_of_them(interfaces: list[dict[str, Any]]) -> None:
    network_interfaces.refuse_several(template(*interfaces))


@pytest.mark.parametrize(
    "pin",
    [{"PrivateIpAddress": "172.31.0.9"}, {"NetworkInterfaceId": "eni-1"}, {"Ipv4Prefixes": [{"Ipv4Prefix": "x"}]}],
)
def test_what_only_one_instance_can_have_is_refused_for_several(pin: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        network_interfaces.refuse_several(template({"DeviceIndex": 0}, {"DeviceIndex": 1, **pin}))
    assert str(refused.value) == (
        f"The launch template mine sets {next(iter(pin))} of its network interface, which only one instance at a time "
        "can have: choose one instance, or make a version of the template without that."
    )


def test_what_only_one_instance_can_have_is_named_as_ec2_names_it() -> None:
    model = botocore.session.get_session().get_service_model("ec2")
    known = shape(model.shape_for("LaunchTemplateInstanceNetworkInterfaceSpecification"))
    assert set(known) >= network_interfaces.OF_ONE_INSTANCE
