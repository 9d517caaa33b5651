"""What a run will do, decided before anything is launched."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from msgspec.structs import replace

from benchmarks.errors import RefusedError
from benchmarks.launch import not_shown
from benchmarks.preflight import resuming, run_plan
from benchmarks.results import run_folders
from benchmarks.runs import attempts, failures, measurement, record_files, ssh_keys
from benchmarks.runs.records import (
    Attempt,
    Destination,
    Ended,
    HostAttempt,
    Image,
    LaunchPlan,
    LaunchTemplate,
    Place,
    Quota,
    Source,
    Terminated,
)
from tests.support import records
from tests.support.launch_account import IDENTITY, PRICE, STARTED, account, parameters, refusal


def test_a_plan_says_what_will_be_launched_and_where_it_goes() -> None:
    made = run_plan.make(parameters(cpu=2), account(), STARTED)
    assert made.warnings == ()
    assert made.started == STARTED
    assert [planned.suite.name for planned in made.measurements] == ["plonky2"]
    assert made.launches == (
        LaunchPlan(
            region="eu-central-1",
            overrides={},
            instance_type="c7i.2xlarge",
            architecture="x86_64",
            cores=2,
            threads_per_core=1,
            cpu_options={"CoreCount": 2, "ThreadsPerCore": 1},
            memory_mib=16384,
            price=PRICE,
            quota=Quota(
                code="L-1216C47A",
                name="Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
                limit=32,
                needed=8,
                used=0,
            ),
            launch_template=LaunchTemplate(id="lt-1", name="benchmarks", version="1"),
            has_profile=True,
            image=Image(id="ami-debian", name="debian-13"),
            block_devices=(
                {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 9, "VolumeType": "gp3", "DeleteOnTermination": True}},
            ),
            places=(
                Place(subnet="subnet-a", zone="eu-central-1a"),
                Place(subnet="subnet-b", zone="eu-central-1b"),
            ),
        ),
    )
    assert made.destination == Destination(
        bucket="benchmarks-123456789012-eu-central-1", account="123456789012", region="eu-central-1"
    )


def test_a_machine_one_has_asks_aws_nothing() -> None:
    def connect(service: str, region: str | None = None) -> Any:
        pytest.fail(f"asked {service}")

    made = run_plan.make(parameters(host="me@192.0.2.7", instance_type=None), connect, STARTED)
    assert (made.launches, made.destination) == ((), None)


def test_a_ref_too_long_for_the_keys_of_results_is_refused_before_aws_is_asked() -> None:
    def connect(service: str, region: str | None = None) -> Any:
        pytest.fail(f"asked {service}")

    with pytest.raises(RefusedError, match=r"use a shorter name, or a commit as ref\.$"):
        run_plan.make(parameters(ref="日" * 100), connect, STARTED)


def test_a_machine_one_has_publishes_where_a_bucket_is_named() -> None:
    made = run_plan.make(parameters(host="a", instance_type=None, bucket="mine"), account(), STARTED)
    assert made.launches == ()
    assert made.destination and made.destination.bucket == "mine"


@pytest.mark.parametrize(
    ("endpoint", "kept"),
    [
        (None, None),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("https://a:b@s3.example/x", "https://s3.example/x"),
    ],
)
def test_an_endpoint_of_s3_is_named_for_the_instance_if_it_is_not_that_of_aws(
    endpoint: str | None, kept: str | None
) -> None:
    made = run_plan.make(parameters(), account({"s3_endpoint": endpoint}), STARTED)
    assert made.destination
    assert made.destination.endpoint == kept


def test_an_endpoint_is_named_where_instances_are_launched_by_another_than_aws() -> None:
    other = account({"endpoint": "http://127.0.0.1:5000"})
    assert run_plan.make(parameters(), other, STARTED).endpoint == "http://127.0.0.1:5000"
    assert run_plan.make(parameters(), account(), STARTED).endpoint is None
    assert run_plan.make(parameters(host="a", instance_type=None, bucket="mine"), other, STARTED).endpoint is None


def test_a_run_that_goes_on_keeps_its_start() -> None:
    assert run_plan.start_of(records.preflight(started=STARTED)) == STARTED
    assert run_plan.start_of(None).tzinfo is UTC


def test_parameters_change_the_suite_and_another_version_has_an_unknown_number_of_ids() -> None:
    made = run_plan.make(parameters(ref="1.0.0", toolchain="system", rustflags="-O"), account(), STARTED)
    suite = made.measurements[0].suite
    assert suite.source == Source(crate="plonky2", ref="1.0.0")
    assert (suite.toolchain, suite.rustflags, suite.expected) == ("system", "-O", None)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (NoCredentialsError(), "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"),
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "x"}}, "GetCallerIdentity"),
            "AWS does not accept the credentials (ExpiredToken): check AWS_ACCESS_KEY_ID",
        ),
    ],
)
def test_credentials_that_do_not_work_are_refused(answer: Exception, sentence: str) -> None:
    assert refusal(account({"identity": answer})).startswith(sentence)


@pytest.fixture
def begun(tmp_path: Path) -> resuming.Begun:
    """A run that has launched i-1, of a suite that has changed since."""
    directory = tmp_path / "r1"
    record_files.write(directory, records.instances("i-1"))
    ssh_keys.run_keys(directory, None)
    launches = (records.launch_plan(),)
    plan = records.preflight(launches=launches, warnings=("of then",), measured=(HostAttempt(host="i-0", attempt=1),))
    return resuming.Begun(directory, plan)


def alive(*ids: str, state: str = "running") -> dict[str, Any]:
    return {
        "describe_instances": {
            "Reservations": [{"Instances": [{"InstanceId": one, "State": {"Name": state}} for one in ids]}]
        }
    }


def test_a_run_that_is_come_back_to_has_the_plan_of_then_and_is_not_checked_anew(begun: resuming.Begun) -> None:
    made = account(**alive("i-1"))
    plan = run_plan.come_back(parameters(), made, begun)
    assert begun.plan
    assert plan == replace(begun.plan, existing=("i-1",), warnings=(), measured=())
    assert {call[0] for call in made.ec2.calls} == {"describe_instances"}


@pytest.mark.parametrize("attaches", [True, False])
def test_an_instance_whose_tags_are_not_visible_yet_is_not_taken_for_gone(
    begun: resuming.Begun, attaches: bool
) -> None:
    def described(Filters: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        there = Filters == [{"Name": "instance-id", "Values": ["i-1"]}]
        new = {
            "InstanceId": "i-1",
            "InstanceType": "c7i.2xlarge",
            "ImageId": "ami-debian",
            "State": {"Name": "pending"},
        }
        return {"Reservations": [{"Instances": [new]}] if there else []}

    new = account(describe_instances=described)
    if attaches:
        plan = run_plan.come_back(parameters(), new, begun)
    else:
        plan = run_plan.make(parameters(), new, STARTED, begun)
    assert plan.existing == ("i-1",)


def test_a_machine_of_ones_own_is_come_back_to_without_aws(tmp_path: Path) -> None:
    plan = records.preflight(launches=())
    made = account()
    assert run_plan.come_back(parameters(host="a"), made, resuming.Begun(tmp_path, plan)) == plan
    assert made.ec2.calls == []


GONE = {
    "InstanceId": "i-1",
    "State": {"Name": "terminated"},
    "StateReason": {"Message": "Server.InternalError: Failed."},
}


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        (Terminated(), " (i-1 is terminated: Server.InternalError: Failed)"),
        (Terminated(instances=(Ended(instance_id="i-1", at=STARTED),)), ""),
    ],
)
def test_a_run_whose_instance_is_gone_is_come_back_to_for_what_it_has_measured(
    begun: resuming.Begun, ended: Terminated, told: str
) -> None:
    def described(Filters: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        return {"Reservations": [{"Instances": [] if "running" in Filters[-1]["Values"] else [GONE]}]}

    record_files.write(begun.directory, ended)
    there = account(describe_instances=described)
    with pytest.raises(RefusedError) as refused:
        run_plan.come_back(parameters(), there, begun)
    assert str(refused.value) == (
        f"The run r1 has ended, and its instance with it{told}: leave run_id out to start a new run."
    )
    toolchain, asked = records.toolchain(), begun.plan.measurements[0].suite_digest if begun.plan else ""
    measured = measurement.of(records.suite(), toolchain)
    attempt = Attempt(number=1, suite=records.suite(), suite_digest=asked, measurement=measured)
    attempts.take(begun.directory / "i-1", attempt, toolchain)
    (begun.directory / "i-1/1/benchmark.log").write_text("log")
    plan = run_plan.come_back(parameters(), there, begun)
    assert plan.measured == (HostAttempt(host="i-1", attempt=1),)
    assert plan.warnings == (f"The run's instance is gone{told}. What it has measured is published without it.",)


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("state", ["stopping", "stopped"])
def test_a_stopped_instance_is_refused_so_that_it_is_not_ended_with_what_it_has_measured(
    begun: resuming.Begun, state: str, again: bool
) -> None:
    there = account(**alive("i-1", state=state))
    with pytest.raises(
        RefusedError, match=r"^i-1 has been stopped: start it by aws ec2 start-instances, or end it by "
    ):
        if again:
            run_plan.make(parameters(), there, STARTED, begun)
        else:
            run_plan.come_back(parameters(), there, begun)


@pytest.mark.parametrize(
    ("there", "missing", "told"),
    [
        ([], "instances.json", "The run r1 has failed before it launched: there is nothing to come back to."),
        (["i-1"], "keys", "The run r1 has i-1, whose keys are not in "),
        (["i-1"], "plan", "The plan of the run r1 is missing or damaged, so only ./inv bench.terminate --run-id r1 is"),
    ],
)
def test_a_run_of_which_nothing_can_be_brought_back_is_refused(
    begun: resuming.Begun, there: list[str], missing: str, told: str
) -> None:
    if missing == "plan":
        begun = resuming.Begun(begun.directory, None)
    elif missing == "keys":
        shutil.rmtree(begun.directory / missing)
    else:
        (begun.directory / missing).unlink()
        failures.record_failure(begun.directory, "localhost", "Launch", "There is no capacity.")
    with pytest.raises(RefusedError) as refused:
        run_plan.come_back(parameters(), account(**alive(*there)), begun)
    assert str(refused.value).startswith(told)


def test_a_run_that_was_killed_before_it_launched_is_launched_by_the_plan_of_then(begun: resuming.Begun) -> None:
    (begun.directory / "instances.json").unlink()
    plan = run_plan.come_back(parameters(), account(**alive()), begun)
    assert begun.plan
    # The client token is that of a launch which was sent, and which EC2 does not show yet.
    assert (plan.launches, plan.started, plan.existing) == (begun.plan.launches, begun.plan.started, ())
    assert plan.warnings[0] == "The run r1 had launched nothing: its instance is launched now, as it was planned."


@pytest.mark.parametrize("known", ["here", "to EC2"])
def test_a_run_that_was_ended_is_not_launched_by_who_comes_back(begun: resuming.Begun, known: str) -> None:
    (begun.directory / "instances.json").unlink()
    there: dict[str, Any] = alive()
    if known == "here":
        record_files.write(begun.directory, Terminated())
    else:
        over = {"InstanceId": "i-1", "State": {"Name": "terminated"}}
        answers = [alive()["describe_instances"], {"Reservations": [{"Instances": [over]}]}]
        there = {"describe_instances": answers}
    with pytest.raises(RefusedError, match=r"^The run r1 was ended before it had measured anything, and nothing is "):
        run_plan.come_back(parameters(), account(**there), begun)


@pytest.mark.parametrize(("gone", "launches"), [(["i-0"], True), (["i-0", "i-1"], False)])
def test_what_had_ended_before_a_run_was_launched_anew_keeps_nobody_from_coming_back(
    begun: resuming.Begun, gone: list[str], launches: bool
) -> None:
    (begun.directory / "instances.json").unlink()
    ended = (Ended(instance_id="i-0", at=STARTED),)
    record_files.write(begun.directory, Terminated(instances=ended, launched_anew=True))
    over = [{"InstanceId": id, "State": {"Name": "terminated"}} for id in gone]
    answers = [alive()["describe_instances"], {"Reservations": [{"Instances": over}]}]
    if launches:
        # That which was launched is not visible yet: its launch is repeated.
        assert run_plan.come_back(parameters(), account(describe_instances=answers), begun).existing == ()
    else:
        with pytest.raises(RefusedError, match=r"^The run r1 was ended before it had measured anything, and nothing "):
            run_plan.come_back(parameters(), account(describe_instances=answers), begun)


def test_a_run_that_was_ended_and_has_an_instance_all_the_same_is_come_back_to(begun: resuming.Begun) -> None:
    record_files.write(begun.directory, Terminated())
    assert run_plan.come_back(parameters(), account(**alive("i-1")), begun).existing == ("i-1",)


@pytest.mark.parametrize("attaches", [True, False])
@pytest.mark.parametrize(
    ("other", "ago", "told"),
    [
        (
            {"identity": {**IDENTITY, "Account": "210987654321"}},
            timedelta(days=1),
            "The run r1 has launched in the AWS account 123456789012, and these credentials are of 210987654321: use "
            "those of 123456789012, for example by AWS_PROFILE.",
        ),
        (
            {"endpoint": "http://127.0.0.1:5000"},
            timedelta(days=1),
            "The run r1 has launched at AWS's own endpoint, not at the endpoint http://127.0.0.1:5000: unset "
            "AWS_ENDPOINT_URL, and use the credentials of your AWS account.",
        ),
        (
            {},
            timedelta(minutes=1),
            "EC2 does not show i-1 yet, which was launched less than five minutes ago: try again in a minute.",
        ),
    ],
    ids=["another account", "a sandbox", "too new"],
)
def test_a_run_whose_instance_is_not_shown_where_it_may_be_alive_is_not_said_to_have_ended(
    begun: resuming.Begun,
    monkeypatch: pytest.MonkeyPatch,
    attaches: bool,
    other: dict[str, Any],
    ago: timedelta,
    told: str,
) -> None:
    monkeypatch.setattr(not_shown, "LOOKS", 1)
    new = records.instance("i-1", launched=datetime.now(UTC).replace(microsecond=0) - ago)
    record_files.write(begun.directory, records.instances(instances=(new,)))
    assert begun.plan
    record_files.write(begun.directory, begun.plan)
    with pytest.raises(RefusedError) as refused:
        if attaches:
            run_plan.come_back(parameters(), account(other), begun)
        else:
            run_plan.make(parameters(), account(other), STARTED, begun)
    assert str(refused.value) == told


@pytest.mark.parametrize("uploaded", [True, False])
def test_a_run_whose_results_are_in_s3_alone_is_brought_to_its_end(tmp_path: Path, uploaded: bool) -> None:
    first = run_plan.make(parameters(), account(), STARTED)
    digest = first.measurements[0].suite_digest
    suite = first.measurements[0].suite
    record_files.write(tmp_path / "r1", records.instances("i-1"))
    attempts.write(tmp_path / "r1/i-1", Attempt(number=1, suite=suite, suite_digest=digest))
    key = run_folders.key_of_attempt(tmp_path / "r1", "i-1", 1, first)
    there = account({"objects": {"Contents": [{"Key": f"{key}benchmark.log"}]} if uploaded else {}})
    begun = resuming.Begun(tmp_path / "r1", first)
    if uploaded:
        assert run_plan.make(parameters(), there, STARTED, begun).measured == (HostAttempt(host="i-1", attempt=1),)
    else:
        with pytest.raises(RefusedError, match="has ended, and its instance with it"):
            run_plan.make(parameters(), there, STARTED, begun)
