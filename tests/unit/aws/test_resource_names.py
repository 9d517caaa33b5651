"""The name of what runs use in an account."""

from __future__ import annotations

from benchmarks.account import bucket
from benchmarks.aws import launch_templates
from benchmarks.aws.resource_names import NAME, default_bucket


def test_the_name_is_one_that_each_kind_of_resource_may_have() -> None:
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    assert not NAME.startswith("sg-")
    assert launch_templates.split(NAME) == (NAME, "$Default")
    bucket.check_name(default_bucket("123456789012", "ap-southeast-7"))
