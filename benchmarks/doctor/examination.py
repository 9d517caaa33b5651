"""Everything that setup looks at before it creates anything: this machine, the user, and the account."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from msgspec.structs import replace

from benchmarks.account import bucket, role, survey, target
from benchmarks.account.survey import Existing, Unseen
from benchmarks.account.target import Target
from benchmarks.aws import aws_errors, launch_templates, opt_in_regions, own_address
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import Connect
from benchmarks.doctor import creating, launching, machine, network, reading, user, vcpus
from benchmarks.doctor.questions import answer
from benchmarks.launch import boot_times
from benchmarks.parameters import spec
from benchmarks.runs.records import Check, Setup, Values

# The parts of the survey, as a user knows them.
PARTS = {
    "security_group": "security group",
    "role": "role",
    "bucket": "bucket",
    "launch_template": "launch template",
}

# What else helps where a part cannot be looked at.
ADVICE = {"role": " To do without a role, give --no-instance-profile."}


@dataclass(frozen=True)
class Machine:
    """What Ansible tells of itself, the environment, and how to ask for the versions of other programs."""

    ansible: str
    collections: Sequence[str]
    ssh: Callable[[], str | None] = machine.ssh_version
    engine: Callable[[], str | None] = machine.engine_version
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


@dataclass(frozen=True)
class Examination:
    """What was found: the checks, and what the account has, None if there was no way to find that out."""

    checks: tuple[Check, ...]
    setup: Setup | None

    @property
    def can_create(self) -> bool:
        """Whether what is missing may be created."""
        return bool(self.setup and self.setup.can_create)


def examine(
    parameters: Values,
    connect: Connect,
    here: Machine,
    earlier: Setup | None = None,
    ask_own: Callable[[], str] = own_address.own_range,
) -> Examination:
    """Look at everything; what fails keeps nothing else from being looked at, unless that depends on it.

    `earlier` is what the same setup has found before the user agreed to it.

    Raises RefusedError for parameters that no account could satisfy.
    """
    target.check_names(parameters)
    ask_own = cache(ask_own)
    region = parameters["region"]
    explain = partial(opt_in_regions.sentence, connect=connect, region=region)
    limits = spec.with_defaults("benchmark", {})
    minutes = boot_times.lifetime([], limits["build_limit"], limits["time_limit"])
    checks = answer(
        [
            *machine.questions(here.ansible, here.collections, here.ssh),
            *machine.of_sandbox(here.environment, here.engine),
            *user.questions(connect, region, minutes),
            *reading.questions(connect),
            *vcpus.questions(connect, region),
            *network.questions(connect, parameters, ask_own),
        ],
        explain,
    )
    results = {check.name: check.result for check in checks}
    if any(results[name] != "ok" for name in ("credentials", "vpc")) or results["region"] == "failed":
        return Examination(checks, None)
    try:
        if results["address"] == "ok":
            seen_from = earlier.allow_from if earlier and earlier.replaces_own else None
            chosen = target.choose_target(parameters, connect, ask_own, seen_from)
        else:
            chosen = target.choose_target({**parameters, "allow_from": None}, connect, lambda: "")
    except aws_errors.errors() as error:
        failure = Check(name="account", result="failed", text=explain(error))
        return Examination((*checks, failure), None)
    found, unseen = survey.find_each(connect, chosen)
    checks += tuple(_of_unseen(part, why) for part, why in unseen.items())
    more = launching.questions(connect, parameters, found.launch_template, chosen.owner)
    if chosen.allow_from and not chosen.replaces_own and found.security_group:
        more.append(network.admission(connect("ec2"), found.security_group, chosen.allow_from))
    setup = _surveyed(chosen, found, unseen)
    missing = [need.name for need in setup.missing]
    against = {"role": role.refusal(found.role, missing), "bucket": bucket.refusal(found.bucket, missing)}
    checks += tuple(Check(name=PARTS[part], result="failed", text=told) for part, told in against.items() if told)
    if setup.missing or setup.outdated:
        more.append(creating.question(connect, setup))
    checks += answer(more, explain, checks)
    decisive = {"address", "creating", *(PARTS[part] for part in against)}
    refused = any(check.name in decisive and check.result == "failed" for check in checks)
    return Examination(checks, replace(setup, checks=checks, can_create=not (unseen or refused)))


def rehearse_launch(parameters: Values, connect: Connect, owner: str) -> Check:
    """The check that could be made only without the launch template, made again once setup has created that.

    Raises RefusedError if there is no such template, and ClientError.
    """
    template = launch_templates.find(connect("ec2"), parameters["launch_template"], NAME)
    explain = partial(opt_in_regions.sentence, connect=connect, region=parameters["region"])
    question = launching.launch(connect, parameters, template, owner)
    (check,) = answer([dataclasses.replace(question, needs=())], explain)
    return check


def _surveyed(chosen: Target, found: Existing, unseen: Iterable[str]) -> Setup:
    """The survey, without the needs of the parts that could not be looked at."""
    setup = survey.survey(chosen, found)
    unknown = {need for part in unseen for need in survey.NEEDS_OF[part]}
    return replace(setup, needs=tuple(need for need in setup.needs if need.name not in unknown))


def _of_unseen(part: str, unseen: Unseen) -> Check:
    """A part that may not be looked at may well be there: who only runs has no permission for that, and needs none."""
    told = f"{unseen.why}{ADVICE.get(part, '')}"
    if unseen.is_denied:
        return Check(name=PARTS[part], result="unknown", text=f"not checked: {told}")
    return Check(name=PARTS[part], result="failed", text=told)
