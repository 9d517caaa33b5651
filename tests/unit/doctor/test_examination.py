"""All that setup looks at, in accounts that lack something."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from benchmarks.account import role
from benchmarks.account.bucket import UPLOAD_RULE
from benchmarks.doctor import examination, listing
from benchmarks.doctor.examination import Examination, Machine
from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from tests.support import account_answers
from tests.support.account_answers import ROLE
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.launch_account import Account, account, template

POLICY = role.policy_name(account_answers.TARGET.bucket)
HERE = Machine("2.19.14", [], lambda: "OpenSSH_9.2p1", environment={})
DENIED = aws_error("UnauthorizedOperation", "You are not authorized to perform: ec2:RunInstances", "RunInstances")
NO_TEMPLATE = aws_error("InvalidLaunchTemplateName.NotFoundException")


def ready(other: dict[str, Any] | None = None, iam: dict[str, Any] | None = None, **ec2: Any) -> Account:
    """An account that has everything, but for what a test changes."""
    dry = aws_error("DryRunOperation")
    group = {**account_answers.group(account_answers.rule("203.0.113.7/32")), "VpcId": "vpc-1"}
    usual = {
        "describe_regions": {"Regions": [{"OptInStatus": "opt-in-not-required"}]},
        "describe_vpcs": {"Vpcs": [{"VpcId": "vpc-1"}]},
        "describe_security_groups": {"SecurityGroups": [group]},
        "describe_launch_templates": {"LaunchTemplates": [{}]},
        "describe_launch_template_versions": template(**account_answers.template().data),
        "terminate_instances": dry,
        "create_launch_template": dry,
        "describe_spot_price_history": dry,
        "describe_volumes": dry,
        "describe_instance_credit_specifications": dry,
    }
    given = account(other, **{**usual, **ec2})
    given.clients["iam"] = FakeClient(
        **{
            "get_role": {"Role": ROLE.role},
            "get_role_policy": {"PolicyDocument": ROLE.policy},
            "list_role_policies": {"PolicyNames": [POLICY]},
            "list_attached_role_policies": {"AttachedPolicies": []},
            "get_instance_profile": {"InstanceProfile": ROLE.instance_profile},
            **(iam or {}),
        }
    )
    denied = aws_error("AccessDenied")
    given.clients["s3"].answers |= {
        "get_public_access_block": denied,
        "get_bucket_ownership_controls": denied,
        "get_bucket_policy": {"Policy": json.dumps(account_answers.BUCKET.policy)},
        "get_bucket_lifecycle_configuration": {"Rules": [UPLOAD_RULE]},
    }
    return given


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dry runs of describing are answered like any other: the fakes do not know them."""
    monkeypatch.setattr("benchmarks.doctor.reading.refused", lambda _ec2: {})


def parameters(**given: Any) -> dict[str, Any]:
    return dict(spec.with_defaults("setup", {"region": "eu-central-1", "allow_from": "203.0.113.7/32", **given}))


def results(found: Examination) -> dict[str, str]:
    return {check.name: check.result for check in found.checks if check.name != "ansible"}


def text(found: Examination, name: str) -> str:
    return next(check.text for check in found.checks if check.name == name)


def test_an_account_that_has_everything_is_ready() -> None:
    connect = ready()
    found = examination.examine(parameters(), connect, HERE)
    assert {name for name, result in results(found).items() if result != "ok"} == {"admission", "ending"}
    assert found.setup
    assert found.can_create
    assert found.setup.missing == ()
    assert text(found, "launch").endswith("c7i.large with a run's tags, from the launch template benchmarks (dry run)")


def test_the_engine_is_asked_for_only_where_the_sandbox_is() -> None:
    here = replace(HERE, engine=lambda: None)
    assert "engine" not in results(examination.examine(parameters(), ready(), here))
    sandbox = replace(here, environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:4711"})
    found = examination.examine(parameters(), ready(), sandbox)
    assert results(found)["engine"] == "failed"
    assert found.can_create
    assert "apt-get install podman" in text(found, "engine")


def test_the_launch_is_rehearsed_with_what_a_run_would_send_and_nothing_is_launched() -> None:
    connect = ready()
    examination.examine(parameters(), connect, HERE)
    (sent,) = connect.ec2.called("run_instances")
    assert sent["DryRun"] is True
    assert sent["LaunchTemplate"] == {"LaunchTemplateId": "lt-1", "Version": "1"}
    assert {one["ResourceType"] for one in sent["TagSpecifications"]} == {"instance", "volume"}
    assert sent["MetadataOptions"]["HttpTokens"] == "required"


def test_before_there_is_a_template_the_launch_is_rehearsed_without() -> None:
    connect = ready(describe_launch_templates=NO_TEMPLATE)
    found = examination.examine(parameters(), connect, HERE)
    (sent,) = connect.ec2.called("run_instances")
    assert "LaunchTemplate" not in sent
    assert "without a launch template yet" in text(found, "launch")
    assert found.setup
    assert [need.name for need in found.setup.missing] == ["launch_template"]


def test_once_it_is_created_the_launch_is_rehearsed_from_it() -> None:
    connect = ready()
    check = examination.rehearse_launch(parameters(), connect, "alice")
    assert (check.name, check.result) == ("launch", "ok")
    assert "from the launch template benchmarks" in check.text


def test_a_launch_that_the_user_may_not_make_names_the_permission_and_spoils_nothing() -> None:
    found = examination.examine(parameters(), ready(run_instances=DENIED), HERE)
    assert results(found)["launch"] == "failed"
    assert "lacks the permission ec2:RunInstances: ask for the policy in docs/iam-policy.md." in text(found, "launch")
    assert results(found)["ending"] == "unknown"
    assert found.can_create
    assert found.setup
    assert found.setup.missing == ()


@pytest.mark.parametrize(
    ("iam", "other", "part"),
    [
        ({"get_role": aws_error("ServiceFailure", "no", "GetRole")}, {}, "role"),
        ({}, {"bucket": aws_error("403", "Forbidden", "HeadBucket")}, "bucket"),
        ({"get_role": KeyError("Role")}, {}, "role"),
    ],
)
def test_a_part_that_cannot_be_looked_at_fails_alone_and_nothing_may_be_created(
    iam: dict[str, Any], other: dict[str, Any], part: str
) -> None:
    found = examination.examine(parameters(), ready(other, iam), HERE)
    assert results(found)[part] == "failed"
    assert results(found)["launch"] == "ok"
    assert not found.can_create
    assert found.setup
    assert not {part, "upload_rule", "policy"} & {need.name for need in found.setup.missing}
    assert found.setup.needs


@pytest.mark.parametrize(
    ("ec2", "failing"),
    [
        ({"describe_vpcs": {"Vpcs": []}}, "vpc"),
        ({"describe_vpcs": aws_error("InternalError", "no", "DescribeVpcs")}, "vpc"),
        ({"describe_regions": {"Regions": [{"OptInStatus": "not-opted-in"}]}}, "region"),
    ],
)
def test_without_a_place_to_set_up_all_else_is_still_checked(ec2: dict[str, Any], failing: str) -> None:
    found = examination.examine(parameters(), ready(**ec2), HERE)
    assert {name for name, result in results(found).items() if result == "failed"} == {failing}
    assert results(found)["quota"] == "ok"
    assert found.setup is None
    assert not found.can_create


def test_without_credentials_only_this_machine_is_checked() -> None:
    bad = aws_error("InvalidClientTokenId", "bad", "GetCallerIdentity")
    found = examination.examine(parameters(), ready({"identity": bad}), HERE)
    assert results(found)["ssh"] == "ok"
    assert text(found, "credentials").startswith("AWS does not accept the credentials (InvalidClientTokenId)")
    assert text(found, "quota") == "not checked: see credentials"


def test_a_quota_of_nothing_fails_and_no_launch_is_rehearsed() -> None:
    connect = ready({"quota": {"Quota": {"Value": 0.0}}})
    found = examination.examine(parameters(), connect, HERE)
    assert results(found)["quota"] == "failed"
    assert text(found, "launch") == "not checked: see quota"
    assert connect.ec2.called("run_instances") == []


def test_a_quota_that_may_not_be_asked_keeps_no_launch_from_being_rehearsed() -> None:
    denied = aws_error("AccessDeniedException", "no", "GetServiceQuota")
    found = examination.examine(parameters(), ready({"quota": denied}), HERE)
    assert text(found, "quota") == "not checked: the permission servicequotas:GetServiceQuota is missing."
    assert results(found)["launch"] == "ok"


def test_a_region_without_the_small_types_leaves_the_launch_unchecked() -> None:
    nothing: dict[str, Any] = {"InstanceTypeOfferings": []}
    found = examination.examine(parameters(), ready(describe_instance_type_offerings=nothing), HERE)
    assert results(found)["launch"] == "unknown"
    assert text(found, "launch").startswith("not checked: eu-central-1 offers none of c7i.large, ")


NO_IAM: dict[str, Any] = dict.fromkeys(
    ("get_role", "get_role_policy", "get_instance_profile"), aws_error("AccessDenied", "no", "GetRole")
)


def test_who_has_no_rights_in_iam_is_told_the_flag_for_that_and_can_go_on_with_it() -> None:
    found = examination.examine(parameters(), ready(iam=NO_IAM), HERE)
    assert results(found)["role"] == "unknown"
    assert text(found, "role").endswith("To do without a role, give --no-instance-profile.")
    assert not found.can_create
    found = examination.examine(parameters(no_instance_profile=True), ready(iam=NO_IAM), HERE)
    assert found.can_create
    assert "failed" not in results(found).values()


ADMINISTRATOR = {"list_attached_role_policies": {"AttachedPolicies": [{"PolicyName": "AdministratorAccess"}]}}


@pytest.mark.parametrize(
    ("iam", "ec2"),
    [
        (ADMINISTRATOR, {"describe_launch_templates": NO_TEMPLATE}),
        ({**ADMINISTRATOR, "get_instance_profile": aws_error("NoSuchEntity")}, {}),
        ({"list_role_policies": {"PolicyNames": [POLICY, "mine"]}}, {"describe_launch_templates": NO_TEMPLATE}),
    ],
)
def test_a_role_that_may_do_more_is_handed_to_no_instance_by_what_would_be_created(
    iam: dict[str, Any], ec2: dict[str, Any]
) -> None:
    found = examination.examine(parameters(), ready(iam=iam, **ec2), HERE)
    assert results(found)["role"] == "failed"
    name = "mine" if "list_role_policies" in iam else "AdministratorAccess"
    assert text(found, "role").startswith(f"The role benchmarks also has the policy {name}, which setup did not write")
    assert text(found, "role").endswith("or give --no-instance-profile.")
    assert not found.can_create
    assert found.setup
    assert found.setup.notes == ()
    assert listing.obstacle(found, confirmed=True) == listing.INCOMPLETE
    without = examination.examine(parameters(no_instance_profile=True), ready(iam=NO_IAM, **ec2), HERE)
    assert without.can_create


def test_a_bucket_whose_policy_s3_would_not_take_again_keeps_everything_from_being_created() -> None:
    old = {"Sid": "Old", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    connect = ready()
    connect.clients["s3"].answers |= {
        "get_bucket_policy": {"Policy": json.dumps({"Statement": [old]})},
        "get_public_access_block": {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True}},
    }
    found = examination.examine(parameters(), connect, HERE)
    assert results(found)["bucket"] == "failed"
    assert "with the statement Old, since that lets everybody in" in text(found, "bucket")
    assert not found.can_create


def test_a_role_that_may_do_more_and_is_in_use_already_is_noted() -> None:
    found = examination.examine(parameters(), ready(iam=ADMINISTRATOR), HERE)
    assert found.can_create
    assert found.setup
    (note,) = found.setup.notes
    assert note.startswith("The role benchmarks also has the policy AdministratorAccess, which setup did not write:")


def test_who_only_runs_may_look_at_less_and_is_told_that_runs_can_begin() -> None:
    """The policy for running has neither DescribeVpcs nor DescribeLaunchTemplates, and nothing of IAM."""
    denied: dict[str, Any] = {
        name: aws_error("UnauthorizedOperation") for name in ("describe_vpcs", "describe_launch_templates")
    }
    found = examination.examine(parameters(), ready(iam=NO_IAM, **denied), HERE)
    assert {name for name, result in results(found).items() if result != "ok"} == {"admission", "ending", "role"}
    assert text(found, "vpc").startswith("vpc-1, ")
    assert "from the launch template benchmarks" in text(found, "launch")
    assert found.setup
    assert found.setup.missing == ()
    checked = changed(found.setup, checks=tuple(one for one in found.checks if one.name != "ansible"))
    assert listing.problem(checked, confirmed=False) == ""
    assert listing.obstacle(found, confirmed=False) == ""
    assert listing.obstacle(found, confirmed=True) == listing.INCOMPLETE
    assert "Nothing is missing of what could be looked at." in listing.listing(found, "eu-central-1")


def test_who_only_runs_learns_that_there_is_no_template() -> None:
    denied = aws_error("UnauthorizedOperation")
    connect = ready(describe_launch_templates=denied, describe_launch_template_versions=NO_TEMPLATE)
    found = examination.examine(parameters(), connect, HERE)
    assert found.setup
    assert [need.name for need in found.setup.missing] == ["launch_template"]


CREATING = ("create_security_group", "authorize_security_group_ingress", "create_launch_template")


@pytest.mark.parametrize("refused", [None, *CREATING])
def test_what_the_user_may_not_create_is_found_before_anything_is(refused: str | None) -> None:
    dry: dict[str, Any] = dict.fromkeys(CREATING, aws_error("DryRunOperation"))
    denied = {refused: aws_error("UnauthorizedOperation")} if refused else {}
    groups: list[Any] = [] if refused == "create_security_group" else [account_answers.group()]
    connect = ready(
        describe_launch_templates=NO_TEMPLATE, describe_security_groups={"SecurityGroups": groups}, **dry | denied
    )
    found = examination.examine(parameters(), connect, HERE)
    assert results(found)["creating"] == ("failed" if refused else "ok")
    assert found.can_create is not bool(refused)
    sent = [arguments for name in CREATING for arguments in connect.ec2.called(name)]
    assert len(sent) == 2
    assert all(arguments["DryRun"] for arguments in sent)
    if refused:
        assert "ask for the first policy in docs/iam-policy.md, or have somebody" in text(found, "creating")


def test_an_account_that_lacks_nothing_is_not_asked_what_may_be_created() -> None:
    assert "creating" not in results(examination.examine(parameters(), ready(), HERE))


def with_old_address() -> Account:
    old = {"CidrIp": "198.51.100.1/32", "Description": "SSH for alice (benchmarks)"}
    group = account_answers.group(account_answers.rule("203.0.113.7/32"), {**account_answers.rule(), "IpRanges": [old]})
    return ready(
        describe_security_groups={"SecurityGroups": [group]},
        revoke_security_group_ingress=aws_error("DryRunOperation"),
    )


def own() -> str:
    return "203.0.113.7/32"


def test_an_address_to_be_taken_back_is_rehearsed_too() -> None:
    connect = with_old_address()
    found = examination.examine(parameters(allow_from=None), connect, HERE, ask_own=own)
    assert results(found)["creating"] == "ok"
    assert [call["DryRun"] for call in connect.ec2.called("revoke_security_group_ingress")] == [True]


def test_a_range_that_was_given_takes_no_address_back() -> None:
    found = examination.examine(parameters(), with_old_address(), HERE)
    assert found.setup
    assert (found.setup.outdated, found.setup.missing) == ((), ())


def test_the_address_that_was_found_before_the_user_agreed_is_still_the_users_own() -> None:
    first = examination.examine(parameters(allow_from=None), with_old_address(), HERE, ask_own=own).setup
    assert first
    second = examination.examine(parameters(), with_old_address(), HERE, first).setup
    assert second
    assert first.outdated == second.outdated == ("198.51.100.1/32",)


def test_without_the_users_address_the_account_is_still_looked_at_and_nothing_may_be_created() -> None:
    def nowhere() -> str:
        raise RefusedError("Your public address could not be obtained.")

    connect = ready(describe_launch_templates=NO_TEMPLATE)
    found = examination.examine(parameters(allow_from=None), connect, HERE, ask_own=nowhere)
    assert {name for name, result in results(found).items() if result == "failed"} == {"address"}
    assert "admission" not in results(found)
    assert found.setup
    assert not found.can_create
    assert [need.name for need in found.setup.missing] == ["launch_template"]
    assert "ssh_rule" not in {need.name for need in found.setup.needs}
    assert listing.obstacle(found, confirmed=True) == listing.INCOMPLETE


def test_names_that_aws_does_not_accept_are_refused() -> None:
    with pytest.raises(RefusedError, match="bucket must be 3 to 63"):
        examination.examine(parameters(bucket="My_Bucket"), ready(), HERE)


def test_the_listing_has_a_line_for_each_answer_and_each_need() -> None:
    found = examination.examine(parameters(), ready(run_instances=DENIED, describe_launch_templates=NO_TEMPLATE), HERE)
    lines = listing.listing(found, "eu-central-1").splitlines()
    assert lines[0] == "What runs need in account 123456789012, region eu-central-1:"
    assert "  ok       ssh: OpenSSH_9.2p1" in lines
    assert any(
        one.startswith("  failed   launch: Your AWS user lacks the permission ec2:RunInstances") for one in lines
    )
    assert "  -        admission: not checked: your own public address is not known here." in lines
    assert "  missing  launch template benchmarks" in lines
