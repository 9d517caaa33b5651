"""States follow what the machine does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.null_machines import NullMachines
from tests.support.wire_endpoint import Endpoint, debian, describe, refused, wait_for_state

Launch = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def slow(start_endpoint: Callable[..., Endpoint]) -> Endpoint:
    """An endpoint whose machines boot when the test says so, and whose dead are forgotten soon."""
    return start_endpoint(NullMachines(boot_seconds=600), terminated_visible_seconds=1.0, status_check_seconds=2.0)


@pytest.fixture
def running(ec2: Any, launch: Launch) -> Callable[..., str]:
    def start(**parameters: Any) -> str:
        instance = str(launch(**parameters)["InstanceId"])
        wait_for_state(ec2, instance, "running")
        return instance

    return start


def states(client: Any, state: str) -> Iterator[str]:
    pages = client.describe_instances(Filters=[{"Name": "instance-state-name", "Values": [state]}])
    for reservation in pages["Reservations"]:
        for instance in reservation["Instances"]:
            yield instance["InstanceId"]


def test_pending_until_the_machine_runs_and_terminated_ones_are_forgotten(slow: Endpoint) -> None:
    ec2 = slow.client("ec2")
    arguments = {"ImageId": debian(ec2), "InstanceType": "c5.large", "MinCount": 1, "MaxCount": 1}
    instance = ec2.run_instances(**arguments)["Instances"][0]["InstanceId"]
    assert describe(ec2, instance)["State"]["Name"] == "pending"
    assert list(states(ec2, "pending")) == [instance]
    slow.machines.run(instance)
    wait_for_state(ec2, instance, "running")
    status = ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"][0]
    assert (status["InstanceStatus"]["Status"], status["SystemStatus"]["Status"]) == ("initializing",) * 2
    time.sleep(2.0)
    status = ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"][0]
    assert (status["InstanceStatus"]["Status"], status["SystemStatus"]["Status"]) == ("ok",) * 2
    slow.ask("PUT", f"/_sandbox/instance/{instance}/checks", {"InstanceStatus": 120})
    status = ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"][0]
    assert (status["InstanceStatus"]["Status"], status["SystemStatus"]["Status"]) == ("impaired", "ok")
    (detail,) = status["InstanceStatus"]["Details"]
    assert (detail["Name"], detail["Status"]) == ("reachability", "failed")
    assert datetime.now(UTC) - detail["ImpairedSince"] >= timedelta(seconds=120)
    ec2.terminate_instances(InstanceIds=[instance])
    dead = wait_for_state(ec2, instance, "terminated")
    assert "PublicIpAddress" not in dead and dead["PublicDnsName"] == "" and not dead["NetworkInterfaces"]
    time.sleep(1.2)
    refused("InvalidInstanceID.NotFound", ec2.describe_instances, InstanceIds=[instance])


def test_terminate_says_both_states_and_can_be_said_twice(endpoint: Endpoint, ec2: Any, running: Any) -> None:
    instance = running()
    change = ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"][0]
    assert (change["PreviousState"]["Name"], change["CurrentState"]["Name"]) == ("running", "shutting-down")
    wait_for_state(ec2, instance, "terminated")
    again = ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"][0]
    assert (again["PreviousState"]["Name"], again["CurrentState"]["Name"]) == ("terminated", "terminated")
    assert endpoint.machines[instance].told == ["remove"]
    assert describe(ec2, instance)["StateReason"]["Code"] == "Client.UserInitiatedShutdown"


def test_dry_run_terminates_nothing(ec2: Any, running: Any) -> None:
    instance = running()
    refused("DryRunOperation", ec2.terminate_instances, InstanceIds=[instance], DryRun=True)
    assert describe(ec2, instance)["State"]["Name"] == "running"


def test_unknown_instances_are_not_found(ec2: Any) -> None:
    unknown = "i-00000000000000000"
    for action in ("describe_instances", "terminate_instances", "stop_instances", "start_instances"):
        assert unknown in refused("InvalidInstanceID.NotFound", getattr(ec2, action), InstanceIds=[unknown])
    refused("InvalidInstanceID.NotFound", ec2.get_console_output, InstanceId=unknown)


@pytest.mark.parametrize(("behaviour", "state"), [("terminate", "terminated"), ("stop", "stopped")])
def test_a_machine_that_powers_off_ends_as_its_launch_said(
    endpoint: Endpoint, ec2: Any, running: Any, behaviour: str, state: str
) -> None:
    instance = running(InstanceInitiatedShutdownBehavior=behaviour)
    endpoint.machines.power_off(instance)
    ended = wait_for_state(ec2, instance, state)
    assert ended["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"
    assert ("remove" in endpoint.machines[instance].told) == (behaviour == "terminate")


def test_shutdown_behaviour_can_be_changed(endpoint: Endpoint, ec2: Any, running: Any) -> None:
    instance = running(InstanceInitiatedShutdownBehavior="stop")
    ec2.modify_instance_attribute(InstanceId=instance, InstanceInitiatedShutdownBehavior={"Value": "terminate"})
    shown = ec2.describe_instance_attribute(InstanceId=instance, Attribute="instanceInitiatedShutdownBehavior")
    assert shown["InstanceInitiatedShutdownBehavior"]["Value"] == "terminate"
    endpoint.machines.power_off(instance)
    wait_for_state(ec2, instance, "terminated")


def test_a_stopped_instance_starts_again_at_its_address(endpoint: Endpoint, ec2: Any, running: Any) -> None:
    instance = running()
    address = describe(ec2, instance)["PublicIpAddress"]
    stopping = ec2.stop_instances(InstanceIds=[instance])["StoppingInstances"][0]
    assert (stopping["PreviousState"]["Name"], stopping["CurrentState"]["Name"]) == ("running", "stopping")
    wait_for_state(ec2, instance, "stopped")
    starting = ec2.start_instances(InstanceIds=[instance])["StartingInstances"][0]
    assert (starting["PreviousState"]["Name"], starting["CurrentState"]["Name"]) == ("stopped", "pending")
    assert wait_for_state(ec2, instance, "running")["PublicIpAddress"] == address
    assert endpoint.machines[instance].told == ["stop", "start"]


def test_a_machine_that_cannot_boot_ends_its_instance(endpoint: Endpoint, ec2: Any, launch: Launch) -> None:
    instance = launch()["InstanceId"]
    endpoint.machines.fail(instance, "no space left")
    ended = wait_for_state(ec2, instance, "terminated")
    assert ended["StateReason"]["Code"] == "Server.InternalError"
    assert "no space left" in ended["StateReason"]["Message"]


def test_reboot_reaches_the_machine(endpoint: Endpoint, ec2: Any, running: Any) -> None:
    instance = running()
    ec2.reboot_instances(InstanceIds=[instance])
    assert endpoint.machines[instance].told == ["reboot"]


def test_a_crash_and_a_small_disk_reach_a_machine_that_runs(endpoint: Endpoint, ec2: Any, running: Any) -> None:
    instance = running()
    path, disk = f"/_sandbox/instance/{instance}", {"directory": "/srv", "mebibytes": 64}
    own = endpoint.settings.instance_token(instance)
    assert endpoint.ask("PUT", f"{path}/crash", token=own)[0] == 403
    assert endpoint.ask("PUT", f"{path}/disk", disk, token=own)[0] == 403
    assert endpoint.ask("PUT", f"{path}/disk", {"directory": "/srv"})[0] == 400
    assert endpoint.ask("PUT", f"{path}/crash")[0] == 200
    assert endpoint.ask("PUT", f"{path}/disk", disk)[0] == 200
    assert endpoint.machines[instance].told == ["crash", "limit /srv to 64 MiB"]
    ec2.terminate_instances(InstanceIds=[instance])
    assert endpoint.ask("PUT", f"{path}/crash")[0] == 400


def test_console_output_is_the_boot_log(ec2: Any, running: Any) -> None:
    instance = running()
    assert f"boot log of {instance}" in ec2.get_console_output(InstanceId=instance)["Output"]


def test_a_protected_instance_is_not_terminated(endpoint: Endpoint, ec2: Any, running: Any) -> None:
    instance = running(DisableApiTermination=True)
    refused("OperationNotPermitted", ec2.terminate_instances, InstanceIds=[instance])
    assert describe(ec2, instance)["State"]["Name"] == "running"
    assert endpoint.machines[instance].told == []


def test_a_protected_instance_may_still_end_itself(endpoint: Endpoint, ec2: Any, running: Any) -> None:
    instance = running(DisableApiTermination=True, InstanceInitiatedShutdownBehavior="terminate")
    endpoint.machines.power_off(instance)
    wait_for_state(ec2, instance, "terminated")


def test_a_launch_is_never_seen_half_done(ec2: Any, launch: Launch) -> None:
    seen: list[tuple[str, str]] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            for reservation in ec2.describe_instances()["Reservations"]:
                seen.extend(
                    (one["InstanceId"], one["PublicIpAddress"])
                    for one in reservation["Instances"]
                    if "PublicIpAddress" in one
                )

    watcher = threading.Thread(target=watch)
    watcher.start()
    launched = [launch() for _ in range(10)]
    over.set()
    watcher.join()
    addresses = {one["InstanceId"]: one["PublicIpAddress"] for one in launched}
    assert seen
    assert all(address == addresses[instance] for instance, address in seen if instance in addresses)


def test_new_tags_and_metadata_options_reach_the_machine(endpoint: Endpoint, ec2: Any, running: Any) -> None:
    instance = running()
    ec2.create_tags(Resources=[instance], Tags=[{"Key": "k", "Value": "v"}])
    assert endpoint.machines.spec(instance).tags == (("k", "v"),)
    ec2.modify_instance_metadata_options(InstanceId=instance, HttpTokens="optional", HttpPutResponseHopLimit=4)
    spec = endpoint.machines.spec(instance)
    assert (spec.http_tokens, spec.http_hop_limit) == ("optional", 4)


def test_a_spot_instance_is_warned_and_then_ended(endpoint: Endpoint, ec2: Any, running: Any) -> None:
    instance = running(InstanceMarketOptions={"MarketType": "spot"})
    path = f"/_sandbox/instance/{instance}/spot"
    own = endpoint.settings.instance_token(instance)
    assert endpoint.ask("GET", path, token=own)[0] == 404
    assert endpoint.ask("PUT", path, {"after_seconds": 1}, token=own)[0] == 403
    assert endpoint.ask("PUT", path, {"after_seconds": 1})[0] == 200
    status, notice = endpoint.ask("GET", path, token=own)
    assert (status, notice["action"]) == (200, "terminate")
    assert describe(ec2, instance)["State"]["Name"] == "running"
    ended = wait_for_state(ec2, instance, "terminated")
    assert ended["StateReason"]["Code"] == "Server.SpotInstanceTermination"
