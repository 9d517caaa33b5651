"""A run of several hosts is planned, and gone on with when some of them have ended and others have not begun."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.aws.credentials import Lifetime
from benchmarks.errors import RefusedError
from benchmarks.preflight import resuming, run_plan
from benchmarks.runs import attempts, failures, record_files, ssh_keys
from benchmarks.runs.records import Attempt, HostAttempt, Preflight, Terminated
from tests.support import records
from tests.support.aws_fakes import aws_error
from tests.support.launch_account import STARTED, Account, account, parameters, refusal, template, type_info

TYPES = "c7i.2xlarge,m7i.large"
SEVERAL = {"instance_type": TYPES, "instances": 2}


def described(other: dict[str, Any] | None = None, **more: Any) -> Account:
    def types(InstanceTypes: list[str]) -> dict[str, Any]:  # noqa: N803
        return {"InstanceTypes": [type_info(name) for name in InstanceTypes]}

    return account(other, **{"describe_instance_types": types, **more})


def planned(**given: Any) -> Preflight:
    return run_plan.make(parameters(**{**SEVERAL, **given}), described(), STARTED)


def test_a_run_of_several_types_has_a_launch_for_each_host_and_the_seed_of_their_order() -> None:
    plan = planned()
    assert sorted(one.instance_type for one in plan.launches) == ["c7i.2xlarge"] * 2 + ["m7i.large"] * 2
    assert [one.host for one in plan.launches] == [1, 2, 3, 4]
    assert isinstance(plan.seed, int)
    assert planned().seed != plan.seed


def test_ec2_is_asked_of_each_type_once_whether_it_would_launch_it() -> None:
    connect = described()
    run_plan.make(parameters(**SEVERAL), connect, STARTED)
    asked = connect.ec2.called("run_instances")
    assert sorted(one["InstanceType"] for one in asked) == ["c7i.2xlarge", "m7i.large"]
    assert all(one["DryRun"] for one in asked)


def test_the_limit_of_the_cost_is_for_all_instances() -> None:
    assert planned(max_cost=6.5).launches
    with pytest.raises(RefusedError) as refused:
        planned(max_cost=6.4)
    assert str(refused.value) == (
        "The run may cost $6.43, more than the max_cost of $6.4, if each instance lasts for all of its 4 h 30 min: "
        "lower time_limit or build_limit, or choose cheaper types or fewer instances."
    )


def test_an_instance_that_boots_fast_costs_no_more_beside_one_that_boots_slowly() -> None:
    def types(InstanceTypes: list[str]) -> dict[str, Any]:  # noqa: N803
        return {"InstanceTypes": [type_info(name, BareMetal=name == "m7i.large") for name in InstanceTypes]}

    told = refusal(account(describe_instance_types=types), instance_type=TYPES, max_cost=3.36)
    assert told == (
        "The run may cost $3.37, more than the max_cost of $3.36, if each instance lasts for all of its 4 h 30 min or "
        "4 h 55 min: lower time_limit or build_limit, or choose cheaper types or fewer instances."
    )


def test_instances_are_not_kept_if_others_wait_for_the_quota_that_they_take() -> None:
    four = {"quota": {"Quota": {"Value": 32.0}}}

    assert run_plan.make(parameters(**SEVERAL, keep=True), described(four), STARTED)
    three = {"quota": {"Quota": {"Value": 31.0}}}
    told = refusal(described(three), **SEVERAL, keep=True)
    assert told == (
        "The vCPU quota has no room for all 4 instances at once, and those that are kept would leave none for the "
        "others: run it without keep, ask for more in Service Quotas, or choose fewer instances."
    )


def test_credentials_must_last_for_those_that_wait_for_the_quota_too(
    held: Callable[[Lifetime], None],
) -> None:
    held(Lifetime(temporary=True, renewed=False, end=datetime.now(UTC) + timedelta(hours=6)))
    for vcpus, warned in ((32, 0), (16, 1)):
        connect = described({"quota": {"Quota": {"Value": float(vcpus)}}})
        plan = run_plan.make(parameters(**SEVERAL), connect, STARTED)
        assert len([one for one in plan.warnings if one.startswith("The AWS credentials end at")]) == warned


def test_a_type_that_does_not_exist_refuses_the_whole_run() -> None:
    def types(InstanceTypes: list[str]) -> dict[str, Any]:  # noqa: N803
        if InstanceTypes == ["m7i.lrage"]:
            raise aws_error("InvalidInstanceType", "", "DescribeInstanceTypes")
        return {"InstanceTypes": [type_info(InstanceTypes[0])]}

    told = refusal(account(describe_instance_types=types), instance_type="c7i.2xlarge,m7i.lrage")
    assert told == "There is no instance type m7i.lrage in eu-central-1. Did you mean m7i.large, c7i.large?"


@pytest.mark.parametrize("several", [{"instance_type": TYPES}, {"instances": 2}])
def test_a_template_that_can_launch_one_instance_only_launches_none_of_several(several: dict[str, Any]) -> None:
    pinned = template(NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": "subnet-a", "PrivateIpAddress": "172.31.0.9"}])
    connect = described(describe_launch_template_versions=pinned)
    told = refusal(connect, **several)
    assert told.startswith("The launch template benchmarks sets PrivateIpAddress of its network interface, which only ")
    assert connect.ec2.called("run_instances") == []
    assert run_plan.make(parameters(), connect, STARTED).launches


@pytest.fixture
def begun(tmp_path: Path) -> resuming.Begun:
    """A run of four hosts: two were launched, one of which has measured; one was refused, and one was not asked for."""
    directory = tmp_path / "r1"
    plan = planned()
    record_files.write(directory, plan)
    launched = tuple(
        records.instance(f"i-{number}", host=number, instance_type=plan.launches[number - 1].instance_type)
        for number in (1, 2)
    )
    record_files.write(directory, records.instances(instances=launched))
    attempt = Attempt(number=1, suite=records.suite(), suite_digest=plan.measurements[0].suite_digest)
    attempts.write(directory / "i-1", attempt)
    (directory / "i-1/1/benchmark.log").write_text("log")
    failures.record_failure(directory, "host-3", "Launch", "EC2 has no capacity.", "launch")
    ssh_keys.run_keys(directory, None)
    return resuming.Begun(directory, plan)


def alive(plan: Preflight, *numbers: int) -> dict[str, Any]:
    def shown(number: int) -> dict[str, Any]:
        launch = plan.launches[number - 1]
        return {
            "InstanceId": f"i-{number}",
            "InstanceType": launch.instance_type,
            "ImageId": launch.image.id,
            "State": {"Name": "running"},
            "CpuOptions": {"CoreCount": launch.cores, "ThreadsPerCore": launch.threads_per_core},
            "Tags": [{"Key": "benchmarks:host", "Value": str(number)}],
        }

    def describe_instances(Filters: list[dict[str, Any]] = ()) -> dict[str, Any]:  # type: ignore[assignment]  # noqa: N803
        asked = {one["Name"]: one["Values"] for one in Filters}
        states, ids = asked.get("instance-state-name", ["running"]), asked.get("instance-id")
        found = [shown(number) for number in numbers if "running" in states]
        return {"Reservations": [{"Instances": [one for one in found if ids is None or one["InstanceId"] in ids]}]}

    return {"describe_instances": describe_instances}


def test_who_comes_back_follows_what_is_there_brings_back_what_is_gone_and_launches_the_rest(
    begun: resuming.Begun,
) -> None:
    assert begun.plan
    plan = run_plan.come_back(parameters(**SEVERAL), described(**alive(begun.plan, 2)), begun)
    assert plan.launches == begun.plan.launches
    assert plan.existing == ("i-2",)
    assert plan.measured == (HostAttempt(host="i-1", attempt=1),)
    # What was refused is not asked for again by who only comes back.
    assert plan.gone == (1, 3)


def test_what_was_brought_back_is_not_brought_back_again(begun: resuming.Begun) -> None:
    assert begun.plan
    record_files.write(begun.directory / "i-1/1", records.published())
    plan = run_plan.come_back(parameters(**SEVERAL), described(**alive(begun.plan, 2)), begun)
    assert (plan.measured, plan.gone) == ((), (1, 3))


def test_of_hosts_that_are_all_gone_what_was_brought_back_is_not_brought_back_again(begun: resuming.Begun) -> None:
    assert begun.plan
    record_files.write(begun.directory, Terminated(whole=True))
    over = run_plan.come_back(parameters(**SEVERAL), described(**alive(begun.plan)), begun)
    assert over.measured == (HostAttempt(host="i-1", attempt=1),)
    assert over.warnings == ("The run's instances are gone. What they have measured is published without them.",)
    record_files.write(begun.directory / "i-1/1", records.published())
    over = run_plan.come_back(parameters(**SEVERAL), described(**alive(begun.plan)), begun)
    assert (over.measured, over.gone) == ((), (1, 2, 3, 4))
    assert over.warnings == ("The run's instances are gone. All that they have measured was brought back before.",)


def test_a_run_of_several_hosts_that_has_measured_nothing_is_told_with_all_of_them(begun: resuming.Begun) -> None:
    assert begun.plan
    record_files.write(begun.directory, Terminated(whole=True))
    (begun.directory / "i-1/1/benchmark.log").unlink()
    with pytest.raises(RefusedError, match=r"^The run r1 has ended, and its instances with it: leave run_id out"):
        run_plan.come_back(parameters(**SEVERAL), described(**alive(begun.plan)), begun)


def test_who_comes_back_when_all_that_was_launched_has_ended_launches_the_rest(begun: resuming.Begun) -> None:
    assert begun.plan
    plan = run_plan.come_back(parameters(**SEVERAL), described(**alive(begun.plan)), begun)
    assert (plan.existing, plan.gone) == ((), (1, 2, 3))
    assert plan.measured == (HostAttempt(host="i-1", attempt=1),)


def test_nothing_more_is_launched_of_a_run_that_was_ended(begun: resuming.Begun) -> None:
    assert begun.plan
    record_files.write(begun.directory, Terminated(whole=True))
    plan = run_plan.come_back(parameters(**SEVERAL), described(**alive(begun.plan, 2)), begun)
    assert plan.gone == (1, 3, 4)
    over = run_plan.come_back(parameters(**SEVERAL), described(**alive(begun.plan)), begun)
    assert over.gone == (1, 2, 3, 4)


def test_who_asks_again_has_what_was_refused_launched_too(begun: resuming.Begun) -> None:
    assert begun.plan
    connect = described(**alive(begun.plan, 2))
    plan = run_plan.make(parameters(**SEVERAL), connect, STARTED, begun)
    assert plan.launches == begun.plan.launches
    assert plan.seed == begun.plan.seed
    assert (plan.existing, plan.gone) == (("i-2",), (1,))
    new = {one.instance_type for one in plan.launches if one.host in (3, 4)}
    assert {one["InstanceType"] for one in connect.ec2.called("run_instances")} == new


def test_a_run_that_has_launched_all_asks_ec2_for_nothing(begun: resuming.Begun) -> None:
    assert begun.plan
    connect = described(**alive(begun.plan, 1, 2, 3, 4))
    plan = run_plan.make(parameters(**SEVERAL, max_price=0.0001), connect, STARTED, begun)
    assert (plan.gone, plan.measured) == ((), ())
    assert connect.ec2.called("run_instances") == []


def test_an_instance_that_is_not_asked_for_any_more_is_not_taken_over(begun: resuming.Begun) -> None:
    assert begun.plan
    with pytest.raises(RefusedError, match=r"^The run r1 has i-4, which this request does not ask for: leave run_id"):
        run_plan.make(parameters(), described(**alive(begun.plan, 4)), STARTED, replace_launches(begun))


def replace_launches(begun: resuming.Begun) -> resuming.Begun:
    assert begun.plan
    return resuming.Begun(begun.directory, replace(begun.plan, launches=begun.plan.launches[:1]))


def test_failures_of_hosts_that_are_gone_are_kept_but_for_what_needs_no_machine(begun: resuming.Begun) -> None:
    assert begun.plan
    repeated = resuming.repeated(begun.directory, replace(begun.plan, gone=(1, 3)))
    failures.forget_failures(begun.directory)
    for host, stage in (("i-1", ""), ("i-1", "publish"), ("i-2", ""), ("host-3", "launch"), ("localhost", "")):
        failures.record_failure(begun.directory, host, "Task", "It failed.", stage)
    failures.forget_failures(begun.directory, repeated)
    assert [(one.host, one.stage) for one in failures.failures(begun.directory)] == [("i-1", ""), ("host-3", "launch")]
