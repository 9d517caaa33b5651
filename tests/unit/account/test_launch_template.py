"""The launch template as setup finds it, and what is said of one that differs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from benchmarks.account import launch_template as account_template
from benchmarks.account import survey as account_survey
from benchmarks.aws.launch_templates import Template
from benchmarks.errors import RefusedError
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
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        account_template.find(
            connector(describe_launch_templates=error("UnauthorizedOperation"))("ec2"), "benchmarks", "eu-central-1"
        )
