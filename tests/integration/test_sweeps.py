"""Runs of several hosts: every host goes its own way, and none is lost, launched twice or held up by another."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Account, Tool, wait_for
from tests.integration.faults.killed import Killed

IDS = ["sum/100", "sum/1000", "sum/10000"]
# All that the account's quota for X instances, which is AWS's default, has room for.
WHOLE_QUOTA = "x2idn.32xlarge"
Order = Callable[[list[dict[str, Any]]], None]

pytestmark = pytest.mark.usefixtures("ended")


def record(tool: Tool, run_id: str, name: str) -> Any:
    return json.loads((tool.runs / run_id / name).read_text())


def launched(tool: Tool, run_id: str) -> dict[int, dict[str, Any]]:
    """The recorded instances, by the numbers of their hosts."""
    return {one["host"]: one for one in record(tool, run_id, "instances.json")["instances"]}


def events(tool: Tool, run_id: str, kind: str) -> Iterator[dict[str, Any]]:
    lines = (tool.runs / run_id / "events.jsonl").read_text().splitlines()
    yield from (one for one in map(json.loads, lines) if one["event"] == kind)


def check_measured(tool: Tool, run_id: str, hosts: int) -> None:
    """So many hosts have measured everything once, and have published it in the folder of their type.

    Each was launched once, and is named by its instance from then on.
    """
    account, directory = tool.account, tool.runs / run_id
    found = launched(tool, run_id)
    assert account.launches(run_id) == len(found)
    uploaded = account.uploaded(run_id)
    whole = 0
    for instance in found.values():
        attempt = directory / instance["instance_id"] / "1"
        results = json.loads((attempt / "results.json").read_text())
        whole += ([one["id"] for one in results["measurements"]], results["partial"]) == (IDS, None)
        published = json.loads((attempt / "published.json").read_text())
        assert f"_{instance['instance_type']}_" in published["prefix"]
        assert uploaded[f"{instance['instance_id']}/1/benchmark.log"] == (attempt / "benchmark.log").read_bytes()
        assert f"{instance['instance_id']}/1/manifest.json" in uploaded
    assert whole == hosts
    assert list(directory.glob("host-*")) == []
    of_hosts = [one for one in events(tool, run_id, "stage-begun") if one["host"].startswith("host-")]
    assert {one["stage"] for one in of_hosts} <= {"preflight", "launch"}


def check_over(account: Account, run_id: str) -> None:
    wait_for(lambda: set(account.states(run_id)) == {"terminated"}, "the end of what is shutting down", 30)


def kept(directory: Path) -> dict[str, bytes]:
    """What a run's directory has of launches, measurements and failures."""
    chosen = ("results.json", "benchmark.log", "instances.json", "terminated.json")
    paths = [path for path in directory.rglob("*") if path.name in chosen or path.parent.name == "failures"]
    return {str(path): path.read_bytes() for path in paths}


def test_types_and_instances_are_measured_crosswise_in_one_run_that_is_over_then(
    account: Account, tool: Tool, run_id: str
) -> None:
    sweep = replace(tool, types="c7i.large,m7i.large,c7a.large")
    run = sweep.bench(run_id, "--instances", "2")

    assert run.result.code == 0, run.result.output
    check_over(account, run_id)
    check_measured(sweep, run_id, 6)
    plan = run.record("preflight.json")["launches"]
    found = launched(sweep, run_id)
    assert [found[one["host"]]["instance_type"] for one in plan] == [one["instance_type"] for one in plan]
    assert Counter(one["instance_type"] for one in plan) == {"c7i.large": 2, "m7i.large": 2, "c7a.large": 2}
    zones = defaultdict(set)
    for one in found.values():
        zones[one["instance_type"]].add(one["zone"])
    assert len(zones["c7i.large"]) == 2
    assert zones["c7i.large"] == zones["m7i.large"] == zones["c7a.large"]
    order = [one["instance_id"] for one in events(sweep, run_id, "instance-launched")]
    assert order == [found[one["host"]]["instance_id"] for one in plan]

    before = kept(run.directory)
    for again in (sweep.attach(run_id), sweep.bench(run_id, "--instances", "2")):
        assert again.result.code == 0, again.result.output
        assert kept(run.directory) == before
        assert account.launches(run_id) == 6


def test_hosts_that_fail_are_told_of_and_do_not_stop_the_others(
    account: Account, tool: Tool, run_id: str, faults: Order
) -> None:
    sweep = replace(tool, types="c7i.large,m7i.large,c7a.large,r7i.large")
    faults([{"action": "RunInstances", "instance_type": "m7i.large", "error": "InsufficientInstanceCapacity"}])
    process = sweep.start(run_id, suite=tool.suite("until-told", environment={"TINY_UNTIL": "/opt/enough"}))
    wait_for(lambda: (tool.runs / run_id / "instances.json").exists(), "the launch", 60)
    wait_for(lambda: len(launched(sweep, run_id)) == 3, "all launches", 60)
    of_type = {one["instance_type"]: one["instance_id"] for one in launched(sweep, run_id).values()}
    whole, killed, broken = of_type["c7i.large"], of_type["c7a.large"], of_type["r7i.large"]
    ready = tool.runs / run_id / broken / "ready.json"
    wait_for(ready.exists, "the instance to be ready", 60)
    account.execute(broken, "printf '#!/bin/sh\nexit 1\n' >/tmp/cc && chmod 755 /tmp/cc && mv /tmp/cc $(which cc)")
    for host in (whole, killed):
        log = tool.runs / run_id / host / "1/benchmark.log"
        wait_for(lambda log=log: log.exists() and b"time:" in log.read_bytes(), "the first benchmark")  # type: ignore[misc]
    account.client("ec2").terminate_instances(InstanceIds=[killed])
    wait_for(lambda: len(list((tool.runs / run_id / "failures").glob("*"))) >= 3, "all failures", 120)
    account.execute(whole, "touch /opt/enough")
    output, _ = process.communicate(timeout=120)

    assert process.returncode == 4, output
    check_over(account, run_id)
    check_measured(sweep, run_id, 1)
    told = " ".join(output.split())
    assert "3 of 4 hosts did not succeed." in told
    assert " (m7i.large): EC2 has no capacity for m7i.large in" in told
    assert f"{killed} (c7a.large): " in told
    assert f"{broken} (r7i.large): The build failed with exit status 101" in told
    assert "Traceback" not in output


def test_hosts_that_wait_for_the_quota_are_launched_once_whoever_is_killed_meanwhile(
    account: Account, tool: Tool, run_id: str, faults: Order
) -> None:
    sweep = replace(tool, types=WHOLE_QUOTA)
    suite = tool.suite("until-told", environment={"TINY_UNTIL": "/opt/enough"})
    first = Killed(sweep, run_id, sweep.start(run_id, "--instances", "3", suite=suite))
    wait_for(lambda: sweep.is_measuring(run_id), "the measurement")
    said = first.kill()
    assert "  At once   1 of 3 instances, the others as these end and leave room" in said
    assert account.launches(run_id) == 1

    # EC2 has the second instance, and this machine no answer yet.
    faults([{"action": "RunInstances", "delay_seconds": 15, "late": True}])
    tell(account, run_id)
    second = Killed(sweep, run_id, sweep.start_attaching(run_id))
    wait_for(lambda: account.launches(run_id) == 2, "the second launch")
    second.kill()
    account.admin("DELETE", "faults")
    assert len(launched(sweep, run_id)) == 1

    back = Killed(sweep, run_id, sweep.start_attaching(run_id))
    for number in (2, 3):
        wait_for(lambda number=number: has_measured_first(sweep, run_id, number), f"host {number}")  # type: ignore[misc]
        tell(account, run_id)
    ended = back.end()
    assert ended.code == 0, ended.output
    last = launched(sweep, run_id)[3]
    named = f"host-3 is {last['instance_id']} ({last['instance_type']}, {last['zone']}) at "
    assert named in " ".join(ended.output.split())
    check_over(account, run_id)
    check_measured(sweep, run_id, 3)


def tell(account: Account, run_id: str) -> None:
    """Let what runs measure to its end."""
    for one in account.instances(run_id):
        if one["State"]["Name"] == "running":
            account.execute(one["InstanceId"], "touch /opt/enough")


def has_measured_first(tool: Tool, run_id: str, host: int) -> bool:
    found = launched(tool, run_id).get(host)
    log = tool.runs / run_id / found["instance_id"] / "1/benchmark.log" if found else None
    return bool(log and log.exists() and b"time:" in log.read_bytes())


def test_several_hosts_are_left_and_brought_back(account: Account, tool: Tool, run_id: str) -> None:
    sweep = replace(tool, types="c7i.large,c7a.large")
    suite = tool.suite("until-told", environment={"TINY_UNTIL": "/opt/enough"})
    left = sweep.bench(run_id, "--detach", suite=suite)
    assert left.result.code == 0, left.result.output
    assert f"./inv bench.attach {run_id} " in left.result.output
    assert account.states(run_id) == ["running", "running"]
    tell(account, run_id)
    back = sweep.attach(run_id).result
    assert back.code == 0, back.output
    check_over(account, run_id)
    check_measured(sweep, run_id, 2)
