"""Decides what teardown removes and what it leaves, and why: exactly what setup made is removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.account import bucket_policy, made_by_setup, public_access, role
from benchmarks.account.bucket_policy import ANYONE_READS
from benchmarks.account.made_by_setup import is_tagged
from benchmarks.account.remains import FoundBucket, FoundRole, Remains
from benchmarks.account.teardown_place import Place
from benchmarks.account.users import Users
from benchmarks.aws.resource_names import NAME, RESULTS, default_bucket
from benchmarks.aws.session import AwsShape
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Removal, Teardown

NOT_OF_SETUP = "setup did not make it"
_ELSEWHERE = "; instances that use it in other regions, which are not looked at, lose their role"
TO_END_THAT = "docs/how-to/bucket.md says how to end that"


@dataclass
class _Plan:
    removed: list[Removal] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def remove(self, kind: str, id: str, text: str) -> None:
        self.removed.append(Removal(kind=kind, id=id, text=text))

    def leave(self, text: str, why: str) -> None:
        self.left.append(f"{text}: {why}")


def plan(place: Place, found: Remains) -> Teardown:
    """What is removed, in the order of removal, and what is left, with the reason.

    Raises RefusedError if results are to be deleted in a bucket that setup did not make.
    """
    made = _Plan()
    _template(made, found)
    _group(made, found)
    if found.iam_hidden:
        made.leave(f"IAM role and instance profile {NAME}", "you may not look at them (iam:GetInstanceProfile)")
    _role_and_profile(made, place, found)
    if found.bucket:
        _bucket(made, place, found, found.bucket)
    return Teardown(
        account=place.account,
        region=place.region,
        bucket=place.bucket,
        removals=tuple(made.removed),
        left=tuple(made.left),
    )


def check_unused(survey: Teardown, users: Users) -> None:
    """Raises RefusedError if what would be removed is in use in the region, or a run is.

    IAM is one for all regions, but which instances have a profile only EC2 tells, each region of its own:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
    """
    if survey.removals and users.alive:
        used = "; ".join(users.alive)
        raise RefusedError(
            f"Nothing was removed, since this is still in use in {survey.region}: {used}. End that first."
        )


def _template(made: _Plan, found: Remains) -> None:
    if not (template := found.template):
        return
    name = template["LaunchTemplateName"]
    others = [v["VersionNumber"] for v in found.versions if not made_by_setup.is_version(v)]
    text = f"launch template {name}"
    if not is_tagged(template):
        made.leave(text, NOT_OF_SETUP)
    elif others:
        numbers = ", ".join(map(str, sorted(others)))
        made.leave(
            text,
            f"setup did not make its version{'s' if len(others) > 1 else ''} {numbers} (aws ec2 delete-launch-template "
            f"--launch-template-name {name} removes it)",
        )
    else:
        made.remove("launch_template", template["LaunchTemplateId"], text)


def _group(made: _Plan, found: Remains) -> None:
    for other in found.groups_elsewhere:
        made.leave(f"security group {NAME} in {other['VpcId']}", "it is removed with --subnet and a subnet of that VPC")
    if not (group := found.group):
        return
    text = f"security group {NAME} in {group['VpcId']}"
    rules = made_by_setup.cidrs(made_by_setup.ssh_permissions(group))
    if not is_tagged(group):
        if rules:
            made.remove("ssh_rules", group["GroupId"], f"rules for SSH of the {text}: {', '.join(rules)}")
        made.leave(text, NOT_OF_SETUP)
    elif found.group_templates:
        made.leave(text, _used_by_templates(found.group_templates))
    elif found.referring:
        made.leave(text, f"rules of {', '.join(found.referring)} name it, so EC2 does not delete it")
    else:
        others = _rules(group) - len(rules)
        more = f", also its {others} rule{'s' if others > 1 else ''} by others" if others else ""
        made.remove("security_group", group["GroupId"], f"{text}{more}")


def _rules(group: AwsShape) -> int:
    """How many rules for incoming traffic a group has, as the console counts them."""
    sources = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")
    return sum(len(rule.get(source, [])) for rule in group["IpPermissions"] for source in sources)


def _elsewhere(found: Remains, place: Place) -> str | None:
    """Who else uses the role and the instance profile, as a reason to leave them; None if nobody does."""
    own = role.policy_name(place.bucket)
    policies = [one for one in _of_setup(found.role) if one != own]
    if policies:
        named = sorted(made_by_setup.regions(policies))
        # Without --bucket the policy of a named region's bucket would be `own`: here it is another's.
        told = len(named) == len(policies) and place.region not in named
        return f"runs in {', '.join(named)} use it" if told else _by_policies(policies)
    if found.other_templates:
        return _used_by_templates(found.other_templates)
    return None


def _used_by_templates(names: Sequence[str]) -> str:
    return f"the launch template {', '.join(names)} uses it (--launch-template removes that)"


def _by_policies(policies: list[str]) -> str:
    return f"it is also for other buckets, by {', '.join(policies)} (--bucket removes one)"


def _of_setup(found: FoundRole | None) -> list[str]:
    return [name for name in (found.policies if found else ()) if name.startswith(made_by_setup.POLICY)]


def _why_role_stays(found: FoundRole, elsewhere: str | None) -> str | None:
    foreign = [*(name for name in found.policies if name not in _of_setup(found)), *found.attached]
    profiles = [name for name in found.profiles if name != NAME]
    if not is_tagged(found.role):
        return NOT_OF_SETUP
    if elsewhere:
        return elsewhere
    if foreign:
        return f"setup did not give it the polic{'y' if len(foreign) == 1 else 'ies'} {', '.join(foreign)}"
    if profiles:
        return f"the instance profile {', '.join(profiles)} has it"
    return None


def _role_and_profile(made: _Plan, place: Place, found: Remains) -> None:
    elsewhere = _elsewhere(found, place)
    stays = _why_role_stays(found.role, elsewhere) if found.role else None
    goes = found.role is not None and stays is None
    if found.profile:
        _profile(made, place, found.profile, elsewhere, found.role, goes)
    if not found.role:
        return
    policy = role.policy_name(place.bucket)
    if policy in found.role.policies:
        text = f"policy {policy} of the role {NAME}"
        if found.other_templates:
            made.leave(text, f"the launch template {', '.join(found.other_templates)} uses it")
        else:
            made.remove("policy", policy, text)
    if stays:
        made.leave(f"IAM role {NAME}", stays)
    else:
        made.remove("role", NAME, f"IAM role {NAME}")


def _profile(
    made: _Plan, place: Place, profile: AwsShape, elsewhere: str | None, found_role: FoundRole | None, role_goes: bool
) -> None:
    text = f"instance profile {NAME}"
    roles = [one["RoleName"] for one in profile.get("Roles", [])]
    if not is_tagged(profile):
        if role_goes and NAME in roles:
            made.remove("profile_role", NAME, f"role {NAME} in the {text}{_ELSEWHERE}")
        made.leave(text, NOT_OF_SETUP)
    elif others := [name for name in roles if name != NAME]:
        made.leave(text, f"it has the role {', '.join(others)}")
    elif elsewhere:
        made.leave(text, elsewhere)
    elif found_role and is_tagged(found_role.role) and not role_goes:
        made.leave(text, f"it hands out the role {NAME}")
    else:
        # A default bucket is one region's, and so tells whether runs elsewhere use the role.
        shared = place.bucket != default_bucket(place.account, place.region)
        more = ", and launch templates there that name it can no longer launch" if shared else ""
        made.remove("instance_profile", NAME, f"{text}{_ELSEWHERE}{more}")


def _bucket(made: _Plan, place: Place, found: Remains, bucket: FoundBucket) -> None:
    text = f"S3 bucket {place.bucket}"
    if not is_tagged(bucket.tagged):
        if place.delete_results:
            raise RefusedError(
                f"setup did not make the bucket {place.bucket}, so delete_results deletes nothing in it: leave it out, "
                f"and delete the results by aws s3 rm --recursive s3://{place.bucket}/PREFIX."
            )
        for kind, addition in _additions(bucket):
            made.remove(kind, place.bucket, f"{addition} of the {text}")
        made.leave(text, NOT_OF_SETUP)
        if _is_public(bucket):
            close = public_access.CLOSING.format(bucket=place.bucket)
            made.leave(
                f"settings for public access of the {text}", f"--public had opened them (to close them: {close})"
            )
    elif not bucket.contents.empty and not place.delete_results:
        deletes = f"--delete-results {place.bucket} deletes them and the bucket"
        made.leave(text, f"it holds {bucket.contents} ({deletes}){_if_public(bucket)}")
    elif found.other_templates and not place.delete_results:
        names = ", ".join(found.other_templates)
        made.leave(text, f"runs from the launch template {names} may use it{_if_public(bucket)}")
    else:
        if not bucket.contents.empty:
            made.remove("results", place.bucket, f"all that the {text} holds: {bucket.contents}")
        made.remove("bucket", place.bucket, f"{text} with all its settings{_settings_of_others(bucket)}")


def _settings_of_others(bucket: FoundBucket) -> str:
    """How many of a bucket's settings setup did not make, of the kinds that are looked at."""
    statements = [one for one in bucket_policy.statements(bucket.policy) if not made_by_setup.is_statement(one)]
    rules = [one for one in bucket.lifecycle if not made_by_setup.is_upload_rule(one)]
    counted = [
        f"{len(found)} {name}{'s' if len(found) > 1 else ''}"
        for found, name in ((statements, "statement"), (rules, "lifecycle rule"))
        if found
    ]
    return f", among them {' and '.join(counted)} by others" if counted else ""


def _if_public(bucket: FoundBucket) -> str:
    return f"; anyone reads its {RESULTS} ({TO_END_THAT})" if _is_public(bucket) else ""


def _is_public(bucket: FoundBucket) -> bool:
    """Whether setup's statement that lets anyone read results is in the bucket's policy."""
    return any(one.get("Sid") == ANYONE_READS for one in bucket_policy.statements(bucket.policy))


def _additions(bucket: FoundBucket) -> Iterator[tuple[str, str]]:
    """What setup has added to a bucket that it did not make."""
    if any(made_by_setup.is_upload_rule(rule) for rule in bucket.lifecycle):
        yield "upload_rule", "rule that aborts incomplete uploads"
    added = [s["Sid"] for s in bucket_policy.statements(bucket.policy) if made_by_setup.is_statement(s)]
    if added:
        yield "bucket_policy", f"statement{'s' if len(added) > 1 else ''} {', '.join(added)} in the policy"
