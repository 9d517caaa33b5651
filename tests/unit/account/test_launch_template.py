"""The launch template as setup finds it, and what is said of one that differs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.account import survey as account_survey
from benchmarks.aws.launch_templates import Template
from tests.support.account_answers import COMPLETE, TARGET, template


@pytest.mark.parametrize(
    "launch_template",
    [
        template(SecurityGroupIds=[], SecurityGroups=["benchmarks"]),
        template(SecurityGroupIds=[], NetworkInterfaces=[{"Groups": ["sg-1"]}]),
        template(IamInstanceProfile={"Name": "benchmarks"}),
    ],
)
def test_template_may_name_group_and_profile_in_any_of_ec2s_ways(launch_template: Template) -> None:
    assert account_survey.survey(TARGET, replace(COMPLETE, launch_template=launch_template))["notes"] == []
