"""What an account has, what it lacks, and what a user is told of it."""

from __future__ import annotations

import email.message
import io
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.account import bucket, listing, role, security_group
from benchmarks.account import survey as account_survey
from benchmarks.account.bucket import Bucket
from benchmarks.account.role import Role
from benchmarks.account.survey import Found
from benchmarks.account.target import Target, choose_target, own_range
from benchmarks.aws.launch_templates import Template
from benchmarks.errors import FailedError, RefusedError

TARGET = Target(
    account="123456789012",
    partition="aws",
    region="eu-central-1",
    owner="alice",
    vpc="vpc-1",
    allow_from="203.0.113.7/32",
    bucket="benchmarks-123456789012-eu-central-1",
    launch_template="benchmarks",
)
PARTS = [
    "security_group",
    "ssh_rule",
    "role",
    "policy",
    "instance_profile",
    "bucket",
    "upload_rule",
    "launch_template",
]


def rule(*cidrs: str, protocol: str = "tcp", ports: tuple[int, int] = (22, 22)) -> dict[str, Any]:
    return {
        "IpProtocol": protocol,
        **({"FromPort": ports[0], "ToPort": ports[1]} if protocol != "-1" else {}),
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs if ":" not in cidr],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in cidrs if ":" in cidr],
    }


def group(*rules: Mapping[str, Any]) -> dict[str, Any]:
    return {"GroupId": "sg-1", "Description": "SSH", "IpPermissions": list(rules)}


def template(**data: Any) -> Template:
    given = {"SecurityGroupIds": ["sg-1"], "IamInstanceProfile": {"Arn": TARGET.instance_profile_arn}, **data}
    return Template("lt-1", "benchmarks", "1", given)


COMPLETE = Found(
    security_group=group(rule("203.0.113.7/32")),
    role=Role(
        role={"AssumeRolePolicyDocument": role.TRUST},
        policy=role.policy(TARGET.partition, TARGET.bucket),
        instance_profile={"Roles": [{"RoleName": "benchmarks"}]},
    ),
    bucket=Bucket(
        TARGET.bucket, "eu-central-1", blocks_public_access=True, disables_acls=True, lifecycle=[bucket.UPLOAD_RULE]
    ),
    launch_template=template(),
)
BUCKET = COMPLETE.bucket
ROLE = COMPLETE.role
assert BUCKET


def test_empty_account_lacks_everything() -> None:
    survey = account_survey.survey(TARGET, Found())
    assert survey["missing"] == PARTS
    assert survey["notes"] == []


def test_complete_account_lacks_nothing_and_gives_no_cause_for_notes() -> None:
    survey = account_survey.survey(TARGET, COMPLETE)
    assert survey["missing"] == []
    assert survey["notes"] == []


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"security_group": None}, ["security_group", "ssh_rule"]),
        ({"security_group": group()}, ["ssh_rule"]),
        ({"role": replace(ROLE, policy=None)}, ["policy"]),
        ({"role": replace(ROLE, instance_profile={"Roles": []})}, ["instance_profile"]),
        ({"bucket": None}, ["bucket", "upload_rule"]),
        ({"bucket": replace(BUCKET, lifecycle=[])}, ["upload_rule"]),
        ({"bucket": replace(BUCKET, lifecycle=None)}, []),
        ({"launch_template": None}, ["launch_template"]),
    ],
)
def test_only_what_is_not_there_is_missing(change: dict[str, Any], missing: list[str]) -> None:
    assert account_survey.survey(TARGET, replace(COMPLETE, **change))["missing"] == missing


@pytest.mark.parametrize(
    ("source", "rules", "admitted"),
    [
        ("203.0.113.7/32", [rule("203.0.113.0/24")], True),
        ("203.0.113.0/24", [rule("203.0.113.7/32")], False),
        ("203.0.113.7/32", [rule("198.51.100.1/32")], False),
        ("203.0.113.7/32", [rule("203.0.113.7/32", ports=(443, 443))], False),
        ("203.0.113.7/32", [rule("203.0.113.7/32", ports=(0, 1024))], True),
        ("203.0.113.7/32", [rule("203.0.113.7/32", protocol="udp")], False),
        ("203.0.113.7/32", [rule("203.0.113.7/32", protocol="-1")], True),
        ("203.0.113.7/32", [rule("2001:db8::/32")], False),
        ("2001:db8::7/128", [rule("203.0.113.0/24", "2001:db8::/32")], True),
    ],
)
def test_security_group_admits_a_source_that_its_rules_cover(
    source: str, rules: list[dict[str, Any]], admitted: bool
) -> None:
    assert security_group.admits(group(*rules), source) is admitted


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (
            {"security_group": group(rule("203.0.113.7/32", "198.51.100.1/32"))},
            "also lets in 198.51.100.1/32 by SSH",
        ),
        ({"security_group": group(rule("0.0.0.0/0"))}, "open to the whole Internet on port 22"),
        (
            {"role": replace(ROLE, role={"AssumeRolePolicyDocument": {"Statement": []}})},
            "does not trust ec2.amazonaws.com",
        ),
        ({"role": replace(ROLE, policy={"Statement": []})}, "is not as setup writes it"),
        (
            {"role": replace(ROLE, instance_profile={"Roles": [{"RoleName": "other"}]})},
            "has the role other, not benchmarks",
        ),
        ({"bucket": replace(BUCKET, region="us-east-1")}, "is in us-east-1, so results leave eu-central-1"),
        ({"bucket": replace(BUCKET, blocks_public_access=False)}, "does not block public access"),
        ({"bucket": replace(BUCKET, disables_acls=False)}, "has ACLs enabled"),
        ({"launch_template": template(SecurityGroupIds=["sg-2"])}, "lacks this VPC's security group benchmarks"),
        ({"launch_template": template(IamInstanceProfile={})}, "lacks the instance profile benchmarks"),
    ],
)
def test_difference_that_matters_is_told_and_nothing_is_missing_for_it(change: dict[str, Any], note: str) -> None:
    survey = account_survey.survey(TARGET, replace(COMPLETE, **change))
    assert [note in told for told in survey["notes"]] == [True]
    assert survey["missing"] == []


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


def test_what_may_not_be_read_of_a_bucket_is_not_held_against_it() -> None:
    unknown = Bucket(TARGET.bucket, "eu-central-1", blocks_public_access=None, disables_acls=None, lifecycle=None)
    survey = account_survey.survey(TARGET, replace(COMPLETE, bucket=unknown))
    assert (survey["notes"], survey["missing"]) == ([], [])


def test_private_subnet_is_told() -> None:
    survey = account_survey.survey(replace(TARGET, private_subnet="subnet-1"), COMPLETE)
    assert survey["notes"][0].startswith("The subnet subnet-1 gives instances no public address")


def test_instances_may_put_objects_into_the_bucket_and_nothing_else() -> None:
    (statement,) = role.policy(TARGET.partition, TARGET.bucket)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::benchmarks-123456789012-eu-central-1/*",
    }


def test_owner_is_written_as_iam_accepts_tags() -> None:
    assert replace(TARGET, owner="a,b@example.com").tags["benchmarks:owner"] == "a-b@example.com"


# Lifecycle rules

ABORT = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}
EXPIRE = {"ID": "mine", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 9}}


@pytest.mark.parametrize(
    ("rules", "aborts"),
    [
        ([], False),
        ([EXPIRE], False),
        ([{"Status": "Enabled", "Prefix": "", **ABORT}], True),
        ([{"Status": "Enabled", "Filter": {}, **ABORT}], True),
        ([{"Status": "Enabled", "Prefix": "logs/", **ABORT}], False),
        ([{"Status": "Enabled", "Filter": {"Prefix": "logs/"}, **ABORT}], False),
        ([{"Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}}, **ABORT}], False),
        ([{"Status": "Disabled", "Filter": {}, **ABORT}], False),
    ],
)
def test_rule_for_all_objects_is_enough(rules: list[dict[str, Any]], aborts: bool) -> None:
    assert bucket.aborts_uploads(rules) is aborts
    assert bucket.with_upload_rule(rules) == (rules if aborts else [*rules, bucket.UPLOAD_RULE])


def test_own_rule_that_was_disabled_is_enabled_again() -> None:
    disabled = {**bucket.UPLOAD_RULE, "Status": "Disabled"}
    assert bucket.with_upload_rule([disabled, EXPIRE]) == [EXPIRE, bucket.UPLOAD_RULE]


# The listing


def test_listing_names_what_is_missing_with_its_cost_and_how_to_go_on() -> None:
    lines = listing.listing(account_survey.survey(TARGET, replace(COMPLETE, bucket=None)), confirmed=False).splitlines()
    assert lines[0] == "What runs need in account 123456789012, region eu-central-1:"
    assert "  there    IAM role benchmarks, for instances" in lines
    assert [line.split()[0] for line in lines].count("missing") == 2
    assert f"  missing  S3 bucket {TARGET.bucket}, private" in lines
    assert lines[-2] == "It costs nothing but what the bucket stores: about $0.025 a GB and month."
    # They are shown behind two spaces, on terminals of 80 columns.
    assert max(map(len, lines[:-1])) <= 78
    assert lines[-1].startswith("Nothing was created.")
    assert "--yes" in lines[-1]
    assert "-e yes=true" in lines[-1]


def test_listing_of_a_complete_account_says_so() -> None:
    assert listing.listing(account_survey.survey(TARGET, COMPLETE), confirmed=True).endswith("Everything is there.")


def test_listing_before_creation_does_not_say_that_nothing_was_created() -> None:
    assert "Nothing was created" not in listing.listing(account_survey.survey(TARGET, Found()), confirmed=True)


# Asking for the caller's own address


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes | Exception], None]:
    def set_answer(given: bytes | Exception) -> None:
        def urlopen(url: str, timeout: float) -> io.BytesIO:
            assert url == "https://checkip.amazonaws.com"
            assert 0 < timeout <= 10
            if isinstance(given, Exception):
                raise given
            return io.BytesIO(given)

        monkeypatch.setattr(urllib.request, "urlopen", urlopen)

    return set_answer


@pytest.mark.parametrize(("said", "own"), [(b"203.0.113.7\n", "203.0.113.7/32"), (b"2001:db8::7\n", "2001:db8::7/128")])
def test_own_address_is_a_range_of_one(answer: Callable[[bytes | Exception], None], said: bytes, own: str) -> None:
    answer(said)
    assert own_range() == own


@pytest.mark.parametrize(
    "failure",
    [
        TimeoutError(),
        urllib.error.URLError("no route"),
        urllib.error.HTTPError("https://x", 503, "busy", email.message.Message(), None),
        b"<html>Sign in to the hotel's network</html>",
        b"\xff\xfe",
        b"",
    ],
)
def test_own_address_that_cannot_be_had_is_asked_of_the_user(
    answer: Callable[[bytes | Exception], None], failure: bytes | Exception
) -> None:
    answer(failure)
    with pytest.raises(RefusedError, match=r"give allow_from, .* such as 203\.0\.113\.7/32\.$"):
        own_range()


# Asking AWS


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "said so"}}, "Call")


class Api:
    """Answers each call with what it was given for its name: a value, or an error to raise."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**_parameters: Any) -> Any:
            given = self._answers[name]
            if isinstance(given, Exception):
                raise given
            return given

        return call


def connector(**answers: Any) -> Callable[..., Any]:
    common = {
        "get_caller_identity": {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/team/alice"},
        "describe_vpcs": {"Vpcs": [{"VpcId": "vpc-1"}]},
        "describe_security_groups": {"SecurityGroups": []},
        "get_role": error("NoSuchEntity"),
        "get_role_policy": error("NoSuchEntity"),
        "get_instance_profile": error("NoSuchEntity"),
        "head_bucket": error("404"),
        "describe_launch_templates": error("InvalidLaunchTemplateName.NotFoundException"),
    }
    api = Api(**(common | answers))
    return lambda service, region=None: api


def parameters(**given: Any) -> dict[str, Any]:
    defaults = {
        "launch_template": "benchmarks",
        "bucket": None,
        "region": "eu-central-1",
        "subnet": None,
        "allow_from": None,
    }
    return defaults | given


def own() -> str:
    return "203.0.113.7/32"


def test_target_is_filled_in_from_account_and_address() -> None:
    assert choose_target(parameters(), connector(), own) == TARGET


def test_own_address_is_not_asked_when_a_range_is_given() -> None:
    def ask() -> str:
        raise AssertionError("asked")

    assert choose_target(parameters(allow_from="198.51.100.0/24"), connector(), ask).allow_from == "198.51.100.0/24"


def test_subnet_decides_the_vpc() -> None:
    subnets: Sequence[Mapping[str, Any]] = [{"VpcId": "vpc-2", "MapPublicIpOnLaunch": False}]
    target = choose_target(parameters(subnet="subnet-1"), connector(describe_subnets={"Subnets": subnets}), own)
    assert (target.vpc, target.private_subnet) == ("vpc-2", "subnet-1")


@pytest.mark.parametrize(
    ("given", "answers", "sentence"),
    [
        ({}, {"describe_vpcs": {"Vpcs": []}}, "eu-central-1 has no default VPC: give --subnet"),
        ({"subnet": "subnet-1"}, {"describe_subnets": {"Subnets": []}}, "There is no subnet subnet-1 in eu-central-1"),
        ({"allow_from": "0.0.0.0/0"}, {}, "allow_from must not be 0.0.0.0/0"),
        ({"allow_from": "::/0"}, {}, "allow_from must not be ::/0"),
        ({"bucket": "My_Bucket"}, {}, "bucket must be 3 to 63 small letters"),
        ({"launch_template": "a b"}, {}, "launch_template must be 3 to 128 letters"),
        ({}, {"get_caller_identity": error("InvalidClientTokenId")}, "AWS does not accept the credentials"),
    ],
)
def test_target_that_cannot_be_is_refused(given: dict[str, Any], answers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence.replace(".", r"\.")):
        choose_target(parameters(**given), connector(**answers), own)


def test_nothing_is_found_in_an_empty_account() -> None:
    assert account_survey.look(connector(), TARGET) == Found()


@pytest.mark.parametrize(
    ("launch_template", "answers", "sentence"),
    [
        ("benchmarks", {"head_bucket": error("403")}, "belongs to another account, or your AWS user may not use it"),
        ("lt-0123", {"describe_launch_templates": error("InvalidLaunchTemplateId.NotFound")}, "give a name and no"),
        ("benchmarks:3", {}, "There is no launch template benchmarks:3 in eu-central-1"),
        ("benchmarks", {"get_role": error("AccessDenied")}, "lacks the permission"),
    ],
)
def test_what_setup_could_not_mend_is_refused(launch_template: str, answers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        account_survey.look(connector(**answers), replace(TARGET, launch_template=launch_template))


def test_bucket_is_read_as_far_as_the_user_may() -> None:
    connect = connector(
        head_bucket={"BucketRegion": "eu-west-1"},
        get_public_access_block=error("AccessDenied"),
        get_bucket_ownership_controls={"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        get_bucket_lifecycle_configuration=error("NoSuchLifecycleConfiguration"),
    )
    assert account_survey.look(connect, TARGET).bucket == Bucket(TARGET.bucket, "eu-west-1", None, True, [])


def complete(**answers: Any) -> Callable[..., Any]:
    """An account that has everything."""
    common = {
        "describe_security_groups": {"SecurityGroups": [COMPLETE.security_group]},
        "get_role": {"Role": ROLE.role},
        "get_role_policy": {"PolicyDocument": ROLE.policy},
        "get_instance_profile": {"InstanceProfile": ROLE.instance_profile},
        "head_bucket": {"BucketRegion": "eu-central-1"},
        "get_public_access_block": error("AccessDenied"),
        "get_bucket_ownership_controls": error("AccessDenied"),
        "get_bucket_lifecycle_configuration": {"Rules": [bucket.UPLOAD_RULE]},
        "describe_launch_templates": {"LaunchTemplates": [{}]},
        "describe_launch_template_versions": {
            "LaunchTemplateVersions": [
                {
                    "LaunchTemplateId": "lt-1",
                    "LaunchTemplateName": "benchmarks",
                    "VersionNumber": 1,
                    "LaunchTemplateData": template().data,
                }
            ]
        },
    }
    return connector(**(common | answers))


def test_what_was_created_is_waited_for() -> None:
    accounts = iter([complete(get_role=error("NoSuchEntity")), complete()])
    current = [next(accounts)]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        current[0] = next(accounts)

    survey = account_survey.wait_complete(lambda *given: current[0](*given), TARGET, 30, sleep)
    assert survey["missing"] == []
    assert len(slept) == 1


def test_what_does_not_turn_up_is_named() -> None:
    with pytest.raises(FailedError, match=r"after 0 seconds: IAM role benchmarks, for instances\. Run it again\.$"):
        account_survey.wait_complete(complete(get_role=error("NoSuchEntity")), TARGET, 0, lambda _seconds: None)
