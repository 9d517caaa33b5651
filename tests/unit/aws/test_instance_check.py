"""Whether an instance is there, and what is said of one that is not."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.aws import instance_check


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
        (
            instance("terminated", StateTransitionReason="User initiated"),
            "i-1 is terminated: User initiated. Start a new run.",
        ),
    ],
)
def test_an_instance_that_is_not_there_is_told_with_ec2s_reason(found: dict[str, Any] | None, told: str) -> None:
    assert instance_check.sentence(found, "i-1") == told
