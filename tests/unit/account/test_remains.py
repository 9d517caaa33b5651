"""What of setup is found in an account."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.account import remains
from benchmarks.account.bucket import UPLOAD_RULE
from benchmarks.account.remains import Remains
from benchmarks.errors import RefusedError
from tests.support.aws_fakes import aws_error
from tests.support.torn_down_account import PLACE, SET_UP, TAGGED, TEMPLATE, VERSION, account, connector, emptied, group


def find(**changes: Any) -> Remains:
    return remains.find(connector(account(**changes)), PLACE)


def test_all_that_setup_made_is_found() -> None:
    assert find() == SET_UP


def test_nothing_is_found_in_an_empty_account() -> None:
    assert remains.find(connector(emptied()), PLACE) == Remains()


def test_group_of_another_vpc_is_not_taken_for_this_ones() -> None:
    other = group(VpcId="vpc-2")
    found = find(describe_security_groups={"SecurityGroups": [other]})
    assert (found.group, found.groups_elsewhere) == (None, (other,))


def test_other_templates_of_setup_are_found() -> None:
    mine = {"LaunchTemplateId": "lt-2", "LaunchTemplateName": "in-my-vpc", **TAGGED}
    foreign = {"LaunchTemplateId": "lt-3", "LaunchTemplateName": "web", "Tags": []}
    assert find(describe_launch_templates={"LaunchTemplates": [TEMPLATE, mine, foreign]}).other_templates == (
        "in-my-vpc",
    )


@pytest.mark.parametrize(
    ("data", "using"),
    [
        ({"SecurityGroupIds": ["sg-1"]}, ("fast",)),
        ({"NetworkInterfaces": [{"DeviceIndex": 0, "Groups": ["sg-7", "sg-1"]}]}, ("fast",)),
        ({"SecurityGroupIds": ["sg-7"], "NetworkInterfaces": [{"DeviceIndex": 0}]}, ()),
        ({}, ()),
    ],
)
def test_other_templates_that_name_the_group_are_told_from_those_that_do_not(
    data: dict[str, Any], using: tuple[str, ...]
) -> None:
    fast = {"LaunchTemplateId": "lt-2", "LaunchTemplateName": "fast", **TAGGED}

    def versions(LaunchTemplateId: str, Versions: Any = ()) -> Any:  # noqa: N803
        shown = {"LaunchTemplateData": data} if (LaunchTemplateId, Versions) == ("lt-2", ["$Default"]) else VERSION
        return {"LaunchTemplateVersions": [shown]}

    found = find(
        describe_launch_templates={"LaunchTemplates": [TEMPLATE, fast]}, describe_launch_template_versions=versions
    )
    assert (found.other_templates, found.group_templates) == (("fast",), using)


def test_another_template_that_was_just_deleted_keeps_nothing() -> None:
    fast = {"LaunchTemplateId": "lt-2", "LaunchTemplateName": "fast", **TAGGED}

    def versions(LaunchTemplateId: str, **_: Any) -> Any:  # noqa: N803
        if LaunchTemplateId == "lt-2":
            raise aws_error("InvalidLaunchTemplateId.NotFound")
        return {"LaunchTemplateVersions": [VERSION]}

    found = find(
        describe_launch_templates={"LaunchTemplates": [TEMPLATE, fast]}, describe_launch_template_versions=versions
    )
    assert found.group_templates == ()


def test_group_that_others_refer_to_is_found() -> None:
    def groups(Filters: Any) -> Any:  # noqa: N803
        referring = {"GroupId": "sg-9"}
        named = Filters[0]["Name"] == "group-name"
        return {"SecurityGroups": [SET_UP.group] if named else [SET_UP.group, referring]}

    assert find(describe_security_groups=groups).referring == ("sg-9",)


def test_bucket_without_tags_shows_what_was_added_to_it() -> None:
    policy = {"Statement": [{"Sid": "Benchmarks1"}]}
    found = find(get_bucket_tagging=aws_error("NoSuchTagSet"), get_bucket_policy={"Policy": json.dumps(policy)})
    assert found.bucket
    assert (found.bucket.tagged, found.bucket.policy, len(found.bucket.lifecycle)) == ({"Tags": []}, policy, 1)


def test_bucket_of_setup_shows_its_policy_and_rules_if_they_may_be_read() -> None:
    denied = aws_error("AccessDenied")
    policy = {"Statement": [{"Sid": "a"}]}
    for said, rules, shown in [
        ({"Policy": json.dumps(policy)}, {"Rules": [UPLOAD_RULE]}, (policy, [UPLOAD_RULE])),
        (denied, denied, ({}, [])),
        (denied, aws_error("NoSuchLifecycleConfiguration"), ({}, [])),
    ]:
        found = find(get_bucket_policy=said, get_bucket_lifecycle_configuration=rules).bucket
        assert found
        assert (found.policy, found.lifecycle) == shown


def test_bucket_that_is_shown_though_it_was_deleted_is_none() -> None:
    assert find(get_bucket_tagging=aws_error("NoSuchBucket")).bucket is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"head_bucket": aws_error("403")}, "belongs to another account, or your AWS user may not use it"),
        (
            {"get_bucket_tagging": aws_error("AccessDenied", "", "GetBucketTagging")},
            "lacks the permission GetBucketTag",
        ),
    ],
)
def test_what_may_not_be_looked_at_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        find(**changes)


def test_who_may_not_look_at_iam_finds_the_rest() -> None:
    found = find(get_instance_profile=aws_error("AccessDenied"))
    assert (found.role, found.profile, found.iam_hidden) == (None, None, True)
    assert (found.template, found.bucket) == (SET_UP.template, SET_UP.bucket)
