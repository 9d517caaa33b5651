"""The launch template as setup finds it, and what is said of one that differs."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import yaml
from botocore.exceptions import ClientError

from benchmarks.account import launch_template as account_template
from benchmarks.account import survey as account_survey
from benchmarks.aws import launch_templates
from benchmarks.aws.launch_templates import Template
from benchmarks.errors import RefusedError
from benchmarks.paths import ROOT
from tests.support.account_answers import COMPLETE, TARGET, complete, connector, error, template


@pytest.mark.parametrize(
    "launch_template",
    [
        template(SecurityGroupIds=[], SecurityGroups=["benchmarks"]),
        template(SecurityGroupIds=[], NetworkInterfaces=[{"Groups": ["sg-1"]}]),
        template(IamInstanceProfile={"Name": "benchmarks"}),
    ],
)
def test_template_may_name_group_and_profile_in_any_of_ec2s_ways(launch_template: Template) -> None:
    assert account_survey.survey(TARGET, replace(COMPLETE, launch_template=launch_template)).notes == ()


def test_a_template_that_is_there_is_found_and_one_that_can_be_created_is_none() -> None:
    found = account_template.find(complete()("ec2"), "benchmarks", "eu-central-1")
    assert found == template()
    assert account_template.find(connector()("ec2"), "benchmarks", "eu-central-1") is None


@pytest.mark.parametrize("wanted", ["lt-0123", "benchmarks:3"])
def test_a_template_that_cannot_be_created_as_it_is_named_is_refused(wanted: str) -> None:
    with pytest.raises(RefusedError, match=rf"^There is no launch template {wanted} in eu-central-1: .* no version\.$"):
        account_template.find(connector()("ec2"), wanted, "eu-central-1")


def test_other_errors_than_a_missing_template_are_raised() -> None:
    with pytest.raises(ClientError, match="InternalError"):
        account_template.find(
            connector(describe_launch_templates=error("InternalError"))("ec2"), "benchmarks", "eu-central-1"
        )


def test_tags_are_passed_to_the_module_with_the_templates_own_name() -> None:
    given = [{"ResourceType": "volume", "Tags": [{"Key": "benchmarks:template", "Value": "benchmarks"}]}]
    assert account_template.tag_options(given, "mine") == [
        {"resource_type": "volume", "tags": {"benchmarks:template": "mine"}}
    ]


def test_every_setting_of_the_readable_template_reaches_the_one_that_is_created() -> None:
    """What is written in the file and not passed on by the role would be lost in silence."""
    task = (ROOT / "roles/setup/tasks/launch_template.yml").read_text()
    data = yaml.safe_load(launch_templates.OF_SETUP.read_text())["LaunchTemplateData"]
    used = set(re.findall(r"__setup_data\.([\w.]+)", task))
    settings = {f"{key}.{inner}" for key, value in data.items() if isinstance(value, dict) for inner in value}
    assert used == settings | {key for key, value in data.items() if not isinstance(value, dict)}


def test_the_page_shows_the_readable_template() -> None:
    shown = launch_templates.OF_SETUP.read_text().removeprefix("---\n")
    assert f"```yaml\n{shown}```" in (ROOT / "docs/how-to/launch-template.md").read_text()


def test_launches_and_the_template_have_the_same_metadata_options() -> None:
    data = yaml.safe_load(launch_templates.OF_SETUP.read_text())["LaunchTemplateData"]
    assert data["MetadataOptions"] == launch_templates.METADATA_OPTIONS
    assert launch_templates.METADATA_OPTIONS["HttpTokens"] == "required"
