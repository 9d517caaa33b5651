"""What runs need in an AWS account: what there is of it, what setup would create, and what stands against that.

What is there is kept as it is: setup adds, and never takes away.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import botocore.exceptions

from benchmarks import __version__
from benchmarks.aws import caller, launch_templates
from benchmarks.aws.session import Client, Connect, code, optional, refusing
from benchmarks.errors import FailedError, RefusedError
from benchmarks.parameters.request import check_source_range

# The security group, the role and the instance profile; the launch template's name is the user's to choose.
NAME = "benchmarks"
SSH_PORT = 22
OWN_ADDRESS_SERVICE = "https://checkip.amazonaws.com"
STORAGE_PRICE = "about $0.025 a GB and month"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html
UPLOAD_RULE: Mapping[str, Any] = {
    "ID": "benchmarks-abort-incomplete-uploads",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html
_TEMPLATE_NAME = re.compile(r"[A-Za-z0-9().\-/_]{3,128}")
# What IAM accepts in a tag's value: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
_NO_TAG_VALUE = re.compile(r"[^\w\s.:/=+@-]")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Target:
    """An account and a place in it, and how what runs need there is called."""

    account: str
    partition: str
    region: str
    owner: str
    vpc: str
    allow_from: str
    bucket: str
    launch_template: str  # NAME or ID, with :VERSION
    # A subnet that gives its instances no public address; None where the user named none such.
    private_subnet: str | None = None

    @property
    def policy_name(self) -> str:
        """The role is the account's, a bucket a region's: each bucket has a policy of its own in the role."""
        return f"write-to-{self.bucket}"

    @property
    def policy(self) -> dict[str, Any]:
        """What an instance may do: put objects into the bucket, and nothing else."""
        resource = f"arn:{self.partition}:s3:::{self.bucket}/*"
        return {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": resource}],
        }

    @property
    def instance_profile_arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:instance-profile/{NAME}"

    @property
    def tags(self) -> dict[str, str]:
        return {"benchmarks:owner": _NO_TAG_VALUE.sub("-", self.owner), "benchmarks:version": __version__}


@dataclass(frozen=True)
class Bucket:
    """A bucket of the account's own; None for what may not be read of it."""

    region: str
    blocks_public_access: bool | None
    disables_acls: bool | None
    lifecycle: Sequence[Mapping[str, Any]] | None

    @property
    def aborts_uploads(self) -> bool:
        """So too where the rules may not be read, since they may not be written then either."""
        return self.lifecycle is None or aborts_uploads(self.lifecycle)


@dataclass(frozen=True)
class Found:
    """What AWS answered, None for what there is not."""

    security_group: Mapping[str, Any] | None = None
    role: Mapping[str, Any] | None = None
    policy: Mapping[str, Any] | None = None
    instance_profile: Mapping[str, Any] | None = None
    bucket: Bucket | None = None
    launch_template: launch_templates.Template | None = None


@dataclass(frozen=True)
class Part:
    """One thing that runs need, and whether it is there."""

    name: str
    text: str
    there: bool


def default_bucket(account: str, region: str) -> str:
    return f"benchmarks-{account}-{region}"


def own_range(timeout: float = 5.0) -> str:
    """The caller's public address as a range of one. Raises RefusedError where it cannot be asked."""
    try:
        with urllib.request.urlopen(OWN_ADDRESS_SERVICE, timeout=timeout) as answer:
            return str(ipaddress.ip_network(answer.read(64).decode().strip()))
    except (OSError, http.client.HTTPException, ValueError):
        raise RefusedError(
            f"Your public address could not be asked of {OWN_ADDRESS_SERVICE}: give allow_from, the address range "
            "that may reach instances by SSH, such as 203.0.113.7/32."
        ) from None


def target(parameters: Mapping[str, Any], connect: Connect, ask_own_range: Callable[[], str] = own_range) -> Target:
    """What setup is about, with all that was not given. Raises RefusedError."""
    name, version = launch_templates.split(parameters["launch_template"])
    if not _TEMPLATE_NAME.fullmatch(name):
        raise RefusedError(f"launch_template must be 3 to 128 letters, digits or ().-/_, not {name!r}.")
    if parameters["bucket"] and not _BUCKET_NAME.fullmatch(parameters["bucket"]):
        raise RefusedError(
            f"bucket must be 3 to 63 small letters, digits, dots and hyphens, not {parameters['bucket']!r}."
        )
    region = parameters["region"]
    with refusing():
        identity = connect("sts").get_caller_identity()
        vpc, private_subnet = _network(connect("ec2"), parameters["subnet"], region)
        return Target(
            account=identity["Account"],
            partition=identity["Arn"].split(":")[1],
            region=region,
            owner=caller.name(connect),
            vpc=vpc,
            allow_from=check_source_range(parameters["allow_from"] or ask_own_range()),
            bucket=parameters["bucket"] or default_bucket(identity["Account"], region),
            launch_template=name if version == "$Default" else f"{name}:{version}",
            private_subnet=private_subnet,
        )


def _network(ec2: Client, subnet: str | None, region: str) -> tuple[str, str | None]:
    """The VPC to use, and the subnet where that gives no public addresses."""
    if subnet:
        found = ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": [subnet]}])["Subnets"]
        if not found:
            raise RefusedError(f"There is no subnet {subnet} in {region}.")
        return found[0]["VpcId"], None if found[0].get("MapPublicIpOnLaunch") else subnet
    vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    if not vpcs:
        raise RefusedError(
            f"{region} has no default VPC: give --subnet, or create one by "
            f"aws ec2 create-default-vpc --region {region}."
        )
    return vpcs[0]["VpcId"], None


def look(connect: Connect, target: Target) -> Found:
    """What there is in the account.

    Raises RefusedError for a bucket of another owner, and for a launch template that cannot be created.
    """
    with refusing():
        ec2, iam = connect("ec2"), connect("iam")
        groups = ec2.describe_security_groups(
            Filters=[{"Name": "group-name", "Values": [NAME]}, {"Name": "vpc-id", "Values": [target.vpc]}]
        )["SecurityGroups"]
        return Found(
            security_group=groups[0] if groups else None,
            role=_unless("NoSuchEntity", lambda: iam.get_role(RoleName=NAME)["Role"]),
            policy=_unless(
                "NoSuchEntity",
                lambda: iam.get_role_policy(RoleName=NAME, PolicyName=target.policy_name)["PolicyDocument"],
            ),
            instance_profile=_unless(
                "NoSuchEntity", lambda: iam.get_instance_profile(InstanceProfileName=NAME)["InstanceProfile"]
            ),
            bucket=_bucket(connect("s3"), target),
            launch_template=_launch_template(ec2, target),
        )


def _unless(missing: str, call: Callable[[], Any]) -> Any:
    """What `call` returns, None where it ends with the error code `missing`."""
    try:
        return call()
    except botocore.exceptions.ClientError as error:
        if code(error) == missing:
            return None
        raise


def _bucket(s3: Client, target: Target) -> Bucket | None:
    place = {"Bucket": target.bucket, "ExpectedBucketOwner": target.account}
    try:
        head = _unless("404", lambda: s3.head_bucket(**place))
    except botocore.exceptions.ClientError as error:
        if code(error) != "403":
            raise
        raise RefusedError(
            f"The bucket {target.bucket} belongs to another account, or your AWS user may not use it: "
            "give another name by --bucket."
        ) from None
    if head is None:
        return None

    def read(what: str, missing: str, key: str, empty: Any) -> Any:
        answer = optional(lambda: _unless(missing, lambda: getattr(s3, f"get_{what}")(**place)) or {})
        return None if answer is None else answer.get(key, empty)

    block = read("public_access_block", "NoSuchPublicAccessBlockConfiguration", "PublicAccessBlockConfiguration", {})
    ownership = read("bucket_ownership_controls", "OwnershipControlsNotFoundError", "OwnershipControls", {"Rules": []})
    return Bucket(
        region=head.get("BucketRegion") or target.region,
        blocks_public_access=None if block is None else len(block) == 4 and all(block.values()),
        disables_acls=None if ownership is None else {"ObjectOwnership": "BucketOwnerEnforced"} in ownership["Rules"],
        lifecycle=read("bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration", "Rules", []),
    )


def _launch_template(ec2: Client, target: Target) -> launch_templates.Template | None:
    name, version = launch_templates.split(target.launch_template)
    key = "LaunchTemplateIds" if name.startswith("lt-") else "LaunchTemplateNames"
    try:
        there = ec2.describe_launch_templates(**{key: [name]})["LaunchTemplates"]
    except botocore.exceptions.ClientError as error:
        if not code(error).startswith("InvalidLaunchTemplate"):
            raise
        there = []
    if there:
        return launch_templates.find(ec2, target.launch_template, NAME)
    if name.startswith("lt-") or version != "$Default":
        raise RefusedError(
            f"There is no launch template {target.launch_template} in {target.region}: "
            "to have one created, give a name and no version."
        )
    return None


def survey(target: Target, found: Found) -> dict[str, Any]:
    """All that runs need and whether it is there, what is missing, and what to know of the rest; as JSON."""
    group, bucket = found.security_group, found.bucket
    admitted = group is not None and admits(group, target.allow_from)
    profile_roles = [role["RoleName"] for role in (found.instance_profile or {}).get("Roles", [])]
    days = UPLOAD_RULE["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
    parts = (
        Part("security_group", f"security group {NAME} in {target.vpc}", bool(group)),
        Part("ssh_rule", f"its rule: SSH (TCP port {SSH_PORT}) from {target.allow_from}", admitted),
        Part("role", f"IAM role {NAME}, for instances", bool(found.role)),
        Part("policy", f"its policy: put objects into {target.bucket}", bool(found.policy)),
        Part("instance_profile", f"instance profile {NAME} with that role", bool(profile_roles)),
        Part("bucket", f"S3 bucket {target.bucket}, private", bool(bucket)),
        Part(
            "upload_rule", f"its rule: abort uploads left for {days} days", bucket is not None and bucket.aborts_uploads
        ),
        Part("launch_template", f"launch template {target.launch_template}", bool(found.launch_template)),
    )
    return {
        **asdict(target),
        "tags": target.tags,
        "policy": {"name": target.policy_name, "document": target.policy},
        "trust": TRUST,
        "instance_profile_arn": target.instance_profile_arn,
        "security_group": {"id": group["GroupId"], "description": group["Description"]} if group else None,
        "parts": [asdict(part) for part in parts],
        "missing": [part.name for part in parts if not part.there],
        "notes": _notes(target, found, profile_roles),
    }


def wait_complete(
    connect: Connect, target: Target, timeout: float, sleep: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """The survey once nothing is missing any more: what was created just now may be missing from AWS's next answer.

    Raises FailedError with what still is when time runs out.
    """
    deadline = time.monotonic() + timeout
    while True:
        now = survey(target, look(connect, target))
        if not now["missing"]:
            return now
        if time.monotonic() > deadline:
            left = " and ".join(part["text"] for part in now["parts"] if not part["there"])
            raise FailedError(f"AWS does not show what was created after {timeout:.0f} seconds: {left}. Run it again.")
        sleep(1)


def ssh_ranges(group: Mapping[str, Any]) -> list[Network]:
    """The address ranges that a security group, as EC2 describes it, lets in by SSH."""
    return [
        ipaddress.ip_network(cidr)
        for rule in group["IpPermissions"]
        if rule["IpProtocol"] == "-1"
        or (rule["IpProtocol"] == "tcp" and rule["FromPort"] <= SSH_PORT <= rule["ToPort"])
        for cidr in [*(r["CidrIp"] for r in rule["IpRanges"]), *(r["CidrIpv6"] for r in rule.get("Ipv6Ranges", []))]
    ]


def admits(group: Mapping[str, Any], source: str) -> bool:
    """Whether a security group lets all of `source` in by SSH."""
    wanted = ipaddress.ip_network(source)
    return any(_covers(network, wanted) for network in ssh_ranges(group))


def _covers(network: Network, other: Network) -> bool:
    return network.version == other.version and other.subnet_of(network)  # type: ignore[arg-type]


def aborts_uploads(rules: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a bucket's lifecycle rules abort incomplete uploads of all its objects."""
    return any(
        rule["Status"] == "Enabled"
        and "AbortIncompleteMultipartUpload" in rule
        and not rule.get("Prefix")
        and rule.get("Filter", {}) in ({}, {"Prefix": ""})
        for rule in rules
    )


def with_upload_rule(rules: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A bucket's lifecycle rules with one that aborts incomplete uploads; the same ones where there is such a rule."""
    if aborts_uploads(rules):
        return list(rules)
    return [*(rule for rule in rules if rule.get("ID") != UPLOAD_RULE["ID"]), UPLOAD_RULE]


def add_upload_rule(s3: Client, bucket: str, account: str, dry: bool = False) -> bool:
    """Have a bucket abort incomplete uploads, beside the rules that it has; whether that changes anything."""
    place = {"Bucket": bucket, "ExpectedBucketOwner": account}
    missing = ("NoSuchLifecycleConfiguration", *(("NoSuchBucket",) if dry else ()))
    try:
        before = s3.get_bucket_lifecycle_configuration(**place)
    except botocore.exceptions.ClientError as error:
        if code(error) not in missing:
            raise
        before = {"Rules": []}
    rules = with_upload_rule(before["Rules"])
    if rules == before["Rules"]:
        return False
    if not dry:
        # The call replaces everything that was configured before.
        kept = {key: before[key] for key in ("TransitionDefaultMinimumObjectSize",) if key in before}
        s3.put_bucket_lifecycle_configuration(**place, LifecycleConfiguration={"Rules": rules}, **kept)
    return True


def _notes(target: Target, found: Found, profile_roles: Sequence[str]) -> list[str]:
    """What is there and differs from what setup would have created, where it matters."""
    notes = []
    if target.private_subnet:
        notes.append(
            f"The subnet {target.private_subnet} gives instances no public address: "
            "you need a way of your own into its VPC."
        )
    if found.security_group:
        notes += _notes_on_group(target, found.security_group)
    if found.role and "ec2.amazonaws.com" not in str(found.role.get("AssumeRolePolicyDocument")):
        notes.append(f"The role {NAME} does not trust ec2.amazonaws.com, so instances cannot use it.")
    if found.policy and found.policy != target.policy:
        notes.append(f"The policy {target.policy_name} of the role {NAME} is not as setup writes it; it is kept.")
    if profile_roles and profile_roles[0] != NAME:
        notes.append(f"The instance profile {NAME} has the role {profile_roles[0]}, not {NAME}.")
    if found.bucket:
        notes += _notes_on_bucket(target, found.bucket)
    if found.launch_template:
        notes += _notes_on_template(found)
    return notes


def _notes_on_group(target: Target, group: Mapping[str, Any]) -> list[str]:
    others = [network for network in ssh_ranges(group) if str(network) != target.allow_from]
    if any(network.prefixlen == 0 for network in others):
        return [f"The security group {NAME} is open to the whole Internet on port {SSH_PORT}: remove that rule."]
    if not others:
        return []
    return [f"The security group {NAME} also lets in {', '.join(map(str, others))} by SSH: remove what is not needed."]


def _notes_on_bucket(target: Target, bucket: Bucket) -> list[str]:
    name = target.bucket
    notes = []
    if bucket.region != target.region:
        notes.append(f"The bucket {name} is in {bucket.region}, so results leave {target.region}.")
    if bucket.blocks_public_access is False:
        notes.append(f"The bucket {name} does not block public access (aws s3api put-public-access-block does).")
    if bucket.disables_acls is False:
        notes.append(f"The bucket {name} has ACLs enabled (aws s3api put-bucket-ownership-controls disables them).")
    return notes


def _notes_on_template(found: Found) -> list[str]:
    assert found.launch_template
    name, data = found.launch_template.name, found.launch_template.data
    groups = {*data.get("SecurityGroupIds", ()), *data.get("SecurityGroups", ())}
    groups |= {group for interface in data.get("NetworkInterfaces", ()) for group in interface.get("Groups", ())}
    own = {NAME, found.security_group["GroupId"]} if found.security_group else set()
    profile = data.get("IamInstanceProfile", {})
    again = f"to have a new one made: aws ec2 delete-launch-template --launch-template-name {name}, then setup again"
    notes = []
    if not groups & own:
        notes.append(
            f"The launch template {name} lacks this VPC's security group {NAME}, so SSH may be shut out; {again}."
        )
    if (profile.get("Name") or str(profile.get("Arn", "")).rpartition("/")[2]) != NAME:
        notes.append(
            f"The launch template {name} lacks the instance profile {NAME}, so instances cannot upload; {again}."
        )
    return notes


def listing(survey: Mapping[str, Any], confirmed: bool) -> str:
    """A survey for the user, and how to go on."""
    lines = [f"What runs need in account {survey['account']}, region {survey['region']}:"]
    for part in survey["parts"]:
        lines.append(f"  {'there  ' if part['there'] else 'missing'}  {part['text']}")
    lines += [f"  note     {note}" for note in survey["notes"]]
    if not survey["missing"]:
        lines.append("Everything is there.")
    else:
        lines.append(f"It costs nothing but what the bucket stores: {STORAGE_PRICE}.")
    if survey["missing"] and not confirmed:
        lines.append("Nothing was created. To create what is missing, run it again with --yes (Ansible: -e yes=true).")
    return "\n".join(lines)
