"""Whether an instance is there, and what is said of one that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from benchmarks.aws import instance_check
from tests.support.aws_fakes import aws_error

NOW = datetime(2026, 7, 29, 12, 0, tzinfo=UTC)


def instance(state: str, **more: Any) -> dict[str, Any]:
    return {"InstanceId": "i-1", "State": {"Name": state}, **more}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (None, ""),
        (instance("running"), ""),
        (instance("pending"), ""),
        (instance("stopped"), "i-1 is stopped: EC2 gives no reason. Start a new run."),
        *(
            (
                instance("shutting-down", StateReason=reason),
                "EC2 took back the spot instance i-1 (Server.SpotInstanceTermination): start a new run, or launch on "
                "demand by a template without InstanceMarketOptions.",
            )
            for reason in (
                {"Message": "Server.SpotInstanceTermination: Spot instance termination"},
                {"Code": "Server.SpotInstanceTermination", "Message": "The price rose."},
            )
        ),
        (
            instance("terminated", StateReason={"Code": "Server.InternalError", "Message": "Server.InternalError: x"}),
            "i-1 is terminated: Server.InternalError: x. Start a new run.",
        ),
        # It is the same end, whenever EC2 is asked.
        *(
            (
                instance(state, StateTransitionReason="User initiated"),
                "i-1 is terminated: User initiated. Start a new run.",
            )
            for state in ("shutting-down", "terminated")
        ),
        (instance("stopping"), "i-1 is stopped: EC2 gives no reason. Start a new run."),
    ],
)
def test_an_instance_that_is_not_there_is_told_with_ec2s_reason(found: dict[str, Any] | None, told: str) -> None:
    assert instance_check.sentence(found) == told


def checked(status: str, minutes: float | None = None, check: str = "InstanceStatus", state: str = "running") -> Any:
    """What DescribeInstanceStatus says of i-1, one of whose checks has failed for so many minutes."""
    detail: dict[str, Any] = {"Name": "reachability", "Status": "failed" if minutes else "passed"}
    if minutes:
        detail["ImpairedSince"] = NOW - timedelta(minutes=minutes)
    passed = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    shown = {"InstanceId": "i-1", "InstanceState": {"Name": state}, "InstanceStatus": passed, "SystemStatus": passed}
    return {**shown, check: {"Status": status, "Details": [detail]}}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (None, ""),
        (checked("ok"), ""),
        (checked("initializing", 5), ""),
        (checked("insufficient-data", 5), ""),
        (checked("impaired"), ""),
        (checked("impaired", 1), ""),
        (checked("impaired", 5, state="shutting-down"), ""),
        (
            checked("impaired", 5),
            "i-1 has failed, though EC2 calls it running: it has not passed EC2's instance status check since 11:55 "
            "UTC. Start a new run.",
        ),
        (
            checked("impaired", 2, "SystemStatus"),
            "i-1 has failed, though EC2 calls it running: it has not passed EC2's system status check since 11:58 "
            "UTC. Start a new run.",
        ),
    ],
)
def test_an_instance_has_failed_if_a_check_has_for_a_while(status: Any, told: str) -> None:
    assert instance_check.failed(status, NOW) == told


def answered(*statuses: Any, date: str = "Wed, 29 Jul 2026 12:00:00 GMT") -> dict[str, Any]:
    return {"InstanceStatuses": list(statuses), "ResponseMetadata": {"HTTPHeaders": {"date": date} if date else {}}}


@pytest.mark.parametrize(
    ("more", "answer", "told"),
    [
        ([instance_check.WITH_CHECKS], answered(checked("impaired", 5)), "i-1 has failed"),
        # By EC2's clock, whatever this machine's says.
        ([instance_check.WITH_CHECKS], answered(checked("impaired", 5), date="Wed, 29 Jul 2026 11:56:00 GMT"), ""),
        ([instance_check.WITH_CHECKS], answered(checked("impaired", 5), date=""), ""),
        # While it boots, its checks may fail.
        ([], answered(checked("impaired", 5)), ""),
        ([instance_check.WITH_CHECKS], answered(checked("ok")), ""),
        ([instance_check.WITH_CHECKS], answered(), ""),
        ([instance_check.WITH_CHECKS], aws_error("UnauthorizedOperation", "no", "DescribeInstanceStatus"), ""),
    ],
    ids=["failed", "a minute ago", "no clock", "not asked", "fine", "unknown", "without the permission"],
)
def test_the_checks_of_a_running_instance_are_asked_for_where_they_count(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: list[str], answer: Any, told: str
) -> None:
    ec2 = Mock()
    ec2.get_paginator.return_value.paginate.return_value = [{"Reservations": [{"Instances": [instance("running")]}]}]
    ec2.describe_instance_status.side_effect = [answer]
    monkeypatch.setattr("benchmarks.aws.instance_check.session.connector", lambda *_, **__: lambda _service: ec2)
    monkeypatch.setattr("sys.argv", ["check", "us-east-1", "i-1", *more])
    if told:
        with pytest.raises(SystemExit) as ended:
            instance_check.main()
        assert ended.value.code == 1
    else:
        instance_check.main()
    assert capsys.readouterr().out.startswith(told)
