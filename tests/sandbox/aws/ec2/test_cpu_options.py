"""CpuOptions are judged against the type and shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.wire_endpoint import Endpoint, describe, refused

Launch = Callable[..., dict[str, Any]]


def test_options_are_shown_and_reach_the_machine(endpoint: Endpoint, ec2: Any, launch: Launch) -> None:
    options = {"CoreCount": 4, "ThreadsPerCore": 1}
    instance = launch(InstanceType="c7i.4xlarge", CpuOptions=options)["InstanceId"]
    assert describe(ec2, instance)["CpuOptions"] == options
    spec = endpoint.machines.spec(instance)
    assert (spec.cores, spec.threads_per_core) == (4, 1)


def test_without_options_the_types_own_are_shown(ec2: Any, launch: Launch) -> None:
    info = ec2.describe_instance_types(InstanceTypes=["c7i.4xlarge"])["InstanceTypes"][0]["VCpuInfo"]
    options = launch(InstanceType="c7i.4xlarge")["CpuOptions"]
    assert options == {"CoreCount": info["DefaultCores"], "ThreadsPerCore": info["DefaultThreadsPerCore"]}


@pytest.mark.parametrize(
    ("instance_type", "options", "code", "sentence"),
    [
        ("c7i.2xlarge", {"CoreCount": 5, "ThreadsPerCore": 1}, "InvalidParameterValue", "Valid values: "),
        ("c7i.2xlarge", {"CoreCount": 2, "ThreadsPerCore": 3}, "InvalidParameterValue", "Valid values: 1, 2."),
        ("c7i.2xlarge", {"CoreCount": 2}, "MissingParameter", "you must specify both CoreCount and ThreadsPerCore."),
        ("c7i.2xlarge", {"ThreadsPerCore": 1}, "MissingParameter", "both CoreCount and ThreadsPerCore."),
        ("t2.micro", {"CoreCount": 1, "ThreadsPerCore": 1}, "InvalidParameterCombination", "t2.micro"),
    ],
)
def test_invalid_options_are_refused(
    launch: Launch, instance_type: str, options: dict[str, int], code: str, sentence: str
) -> None:
    assert sentence in refused(code, launch, InstanceType=instance_type, CpuOptions=options)
