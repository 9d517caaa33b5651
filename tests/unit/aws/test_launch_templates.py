"""The launch template that a run starts from."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.aws import launch_templates
from benchmarks.aws.launch_templates import Template
from benchmarks.errors import RefusedError
from tests.support.aws_fakes import FakeClient, aws_error


def versions(**data: Any) -> dict[str, Any]:
    found = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "mine", "VersionNumber": 3, "LaunchTemplateData": data}
    return {"LaunchTemplateVersions": [found]}


def error(code: str, message: str) -> ClientError:
    return aws_error(code, message, "DescribeLaunchTemplateVersions")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("mine", {"LaunchTemplateName": "mine", "Versions": ["$Default"]}),
        ("mine:3", {"LaunchTemplateName": "mine", "Versions": ["3"]}),
        ("lt-0a1b", {"LaunchTemplateId": "lt-0a1b", "Versions": ["$Default"]}),
        ("lt-0a1b:$Latest", {"LaunchTemplateId": "lt-0a1b", "Versions": ["$Latest"]}),
    ],
)
def test_a_template_is_found_by_name_or_id_and_version(text: str, asked: dict[str, Any]) -> None:
    ec2 = FakeClient(describe_launch_template_versions=versions(ImageId="ami-1"))
    assert launch_templates.find(ec2, text, "benchmarks") == Template("lt-1", "mine", "3", {"ImageId": "ami-1"})
    assert ec2.called("describe_launch_template_versions") == [asked]


def test_an_image_given_by_a_parameters_name_is_resolved() -> None:
    def answer(**asked: Any) -> dict[str, Any]:
        return versions(ImageId="ami-1" if asked.get("ResolveAlias") else "resolve:ssm:/x")

    assert launch_templates.find(FakeClient(describe_launch_template_versions=answer), "mine", "b").image_id == "ami-1"


@pytest.mark.parametrize(
    ("text", "answer", "sentence"),
    [
        (
            "benchmarks",
            error(
                "InvalidLaunchTemplateName.NotFoundException", "At least one of the launch templates does not exist."
            ),
            "There is no launch template benchmarks in this region: run ./inv bench.setup, which creates it.",
        ),
        (
            "my-version-2",
            error(
                "InvalidLaunchTemplateName.NotFoundException",
                "The specified launch template, with template name my-version-2, does not exist.",
            ),
            "There is no launch template my-version-2 in this region: check --launch-template.",
        ),
        (
            "lt-0",
            error("InvalidLaunchTemplateId.Malformed", "Invalid id: lt-0"),
            "There is no launch template lt-0 in this region: check --launch-template.",
        ),
        (
            "mine:9",
            error("InvalidLaunchTemplateId.VersionNotFound", "Could not find the specified version 9 for the launch"),
            "The launch template mine has no version 9: check --launch-template, or leave the version "
            "out for the default one.",
        ),
        (
            "mine:9",
            {"LaunchTemplateVersions": []},
            "The launch template mine has no version 9: check --launch-template, or leave the version "
            "out for the default one.",
        ),
    ],
)
def test_a_template_that_there_is_not_is_refused(text: str, answer: object, sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        launch_templates.find(FakeClient(describe_launch_template_versions=answer), text, "benchmarks")
    assert str(refused.value) == sentence


def test_other_errors_are_aws_own() -> None:
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        launch_templates.find(
            FakeClient(describe_launch_template_versions=error("UnauthorizedOperation", "")), "a", "b"
        )


@pytest.mark.parametrize(
    ("data", "subnet", "zone", "decides"),
    [
        ({}, None, None, False),
        ({"NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": "subnet-1"}]}, "subnet-1", None, True),
        ({"NetworkInterfaces": [{"DeviceIndex": 0}]}, None, None, True),
        ({"Placement": {"AvailabilityZone": "eu-central-1a"}}, None, "eu-central-1a", False),
    ],
)
def test_what_a_template_decides_of_the_network(
    data: dict[str, Any], subnet: str | None, zone: str | None, decides: bool
) -> None:
    template = Template("lt-1", "mine", "1", data)
    assert (template.subnet, template.zone, template.decides_network) == (subnet, zone, decides)


def spot(**options: str) -> dict[str, Any]:
    return {"InstanceMarketOptions": {"MarketType": "spot", "SpotOptions": options}}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (spot(SpotInstanceType="persistent"), "asks for spot instances persistently, so that EC2 launches another"),
        (
            spot(SpotInstanceType="persistent", InstanceInterruptionBehavior="stop"),
            "asks for spot instances persistently",
        ),
        (spot(InstanceInterruptionBehavior="stop"), "has spot instances stop when they are interrupted"),
        (spot(InstanceInterruptionBehavior="hibernate"), "has spot instances hibernate when they are interrupted"),
    ],
)
def test_a_template_whose_instances_come_back_or_stay_is_refused(data: dict[str, Any], why: str) -> None:
    with pytest.raises(RefusedError) as refused:
        launch_templates.check_ends(Template("lt-1", "mine", "1", data))
    assert str(refused.value).startswith(f"The launch template mine {why}")
    assert str(refused.value).endswith(", or give another by --launch-template.")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"InstanceMarketOptions": {"MarketType": "spot"}},
        spot(SpotInstanceType="one-time", InstanceInterruptionBehavior="terminate"),
    ],
)
def test_a_template_whose_instances_end_for_good_is_taken(data: dict[str, Any]) -> None:
    launch_templates.check_ends(Template("lt-1", "mine", "1", data))


def tagged(*specifications: tuple[str, list[str]]) -> Template:
    made = [
        {"ResourceType": kind, "Tags": [{"Key": key, "Value": "x"} for key in keys]} for kind, keys in specifications
    ]
    return Template("lt-1", "mine", "1", {"TagSpecifications": made})


def test_a_templates_tags_are_told_apart_by_what_they_are_on() -> None:
    assert tagged(("instance", ["Name"]), ("volume", ["Team"]), ("instance", ["name"])).tag_keys == {
        "instance": {"Name", "name"},
        "volume": {"Team"},
    }
    assert tagged().tag_keys == {}


@pytest.mark.parametrize("kind", ["instance", "volume", "network-interface"])
def test_a_template_with_the_tags_by_which_runs_are_found_is_refused(kind: str) -> None:
    with pytest.raises(RefusedError) as refused:
        launch_templates.check_tags(tagged((kind, ["benchmarks:run", "benchmarks:host", "Team"])))
    assert str(refused.value) == (
        "The launch template mine sets the tags benchmarks:host, benchmarks:run, by which runs find their own "
        "instances: make a version of it without them, or give another by --launch-template."
    )


def test_a_template_that_setup_made_or_with_other_tags_is_taken() -> None:
    launch_templates.check_tags(tagged(("instance", ["benchmarks:template", "Benchmarks:run", "Name"])))
    launch_templates.check_tags(tagged())
