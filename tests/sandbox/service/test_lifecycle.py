"""Starting and ending sandboxes, whatever an earlier one has left."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from tests.support.aws_clients import client
from tests.support.live_sandbox import Commands, Instance, NewCommands, Running, engine, eventually


def traces(commands: Commands) -> list[str]:
    """All that is left of a sandbox: containers, networks, files, processes."""
    label = f"label=benchmarks.sandbox={commands.name}"
    networks = engine("network", "ls", "--format", "{{.Name}}", "--filter", label).split()
    files = [str(path) for path in commands.state_home.rglob("*") if not path.is_dir() or path.name == commands.name]
    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    processes = [line for line in shown.splitlines() if str(commands.directory) in line]
    return [*commands.containers(), *networks, *files, *processes]


def launch(facts: Mapping[str, Any], count: int = 1) -> Instance:
    """Launch instances as they come; one of them."""
    ec2 = client(facts, "ec2")
    images = ec2.describe_images(Owners=["136693071363"])["Images"]
    image = next(one["ImageId"] for one in images if one["Architecture"] == "x86_64")
    launched = ec2.run_instances(ImageId=image, InstanceType="t3.nano", MinCount=count, MaxCount=count)["Instances"]
    eventually(lambda: ec2.describe_instances()["Reservations"], "the launch is visible")
    return Instance(ec2, launched[0]["InstanceId"], "", 0, Path(), Path())


def kill(facts: Mapping[str, Any]) -> None:
    """End the endpoint's process as a crash does, and wait until it is gone."""
    os.kill(facts["pid"], signal.SIGKILL)
    eventually(lambda: not psutil.pid_exists(facts["pid"]), "the endpoint has died")


def test_second_up_leaves_the_running_sandbox_as_it_is(running: Running) -> None:
    again = running.commands.run("up")
    assert again.returncode == 0, again.stderr
    assert running.facts["endpoint_url"] in again.stderr
    assert running.commands.facts() == running.facts


def test_other_settings_are_refused_while_it_runs(running: Running) -> None:
    refused = running.commands.run("up", "--set", "vcpu_quota=3")
    assert refused.returncode == 1
    assert "runs with another vcpu_quota. End it first" in refused.stderr


def test_up_clears_away_what_a_killed_endpoint_left_and_down_all_the_rest(
    new_commands: NewCommands, running: Running
) -> None:
    commands = new_commands()
    started = commands.run("up")
    assert started.returncode == 0, started.stderr
    facts = commands.facts()
    assert facts["endpoint_url"] != running.facts["endpoint_url"], "two sandboxes live side by side"
    launch(facts).wait_for_state("running")
    assert len(commands.containers()) == 2

    kill(facts)
    assert commands.run("status").returncode == 1
    restarted = commands.run("up")
    assert restarted.returncode == 0, restarted.stderr
    assert commands.containers() == []

    launch(commands.facts()).wait_for_state("running")
    launch(commands.facts(), 3)
    ended = commands.run("down")
    assert ended.returncode == 0, ended.stderr
    assert f"Sandbox {commands.name} is gone." in ended.stderr
    assert traces(commands) == []
    again = commands.run("down")
    assert again.returncode == 0
    assert f"There is no sandbox {commands.name}." in again.stderr
    running.client("sts").get_caller_identity()


def test_down_removes_what_a_killed_endpoint_left(new_commands: NewCommands) -> None:
    commands = new_commands()
    commands.run("up")
    facts = commands.facts()
    launch(facts, 2)
    eventually(lambda: len(commands.containers()) > 1, "containers in the making")
    kill(facts)

    assert commands.run("down").returncode == 0

    assert traces(commands) == []
