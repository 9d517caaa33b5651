"""The sandbox's commands, as a user runs them: up, env, status, down."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from botocore.exceptions import ClientError

from tests.support.live_sandbox import Commands, Instance, Running, engine, eventually

NewCommands = Callable[[], Commands]


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


def client(facts: Mapping[str, Any], service: str) -> Any:
    session: Any = boto3.session.Session()
    return session.client(
        service,
        endpoint_url=facts["endpoint_url"],
        region_name="us-east-1",
        aws_access_key_id=facts["access_key_id"],
        aws_secret_access_key=facts["secret_access_key"],
    )


def test_second_up_leaves_the_running_sandbox_as_it_is(running: Running) -> None:
    again = running.commands.run("up")
    assert again.returncode == 0, again.stderr
    assert running.facts["endpoint_url"] in again.stderr
    assert running.commands.facts() == running.facts


def test_other_settings_are_refused_while_it_runs(running: Running) -> None:
    refused = running.commands.run("up", "--set", "vcpu_quota=3")
    assert refused.returncode == 1
    assert "runs with another vcpu_quota. End it first" in refused.stderr


def test_environment_makes_any_client_use_the_sandbox(running: Running) -> None:
    shell = running.commands.run("env")
    assert shell.stderr == ""
    script = f"{shell.stdout}\nexec env"
    mine = {**os.environ, "AWS_PROFILE": "mine", "AWS_SESSION_TOKEN": "mine"}
    shown = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True, env=mine).stdout
    exported = dict(line.split("=", 1) for line in shown.splitlines() if line.startswith("AWS_") and "=" in line)

    assert {name: exported[name] for name in running.facts["environment"] if name.startswith("AWS_")} == {
        "AWS_ENDPOINT_URL": running.facts["endpoint_url"],
        "AWS_ACCESS_KEY_ID": running.facts["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": running.facts["secret_access_key"],
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
    }
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(exported)


def test_endpoint_is_bound_to_a_loopback_address_and_knows_its_user(running: Running) -> None:
    assert running.facts["endpoint_url"].startswith("http://127.0.0.1:")
    assert running.client("sts").get_caller_identity()["Account"] == running.facts["account_id"]
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        client({**running.facts, "access_key_id": "AKIAUNKNOWN"}, "sts").get_caller_identity()


def test_state_is_readable_by_its_owner_only(running: Running) -> None:
    directory = running.commands.directory
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    loose = [str(path) for path in directory.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert loose == []


def test_status_shows_what_runs(running: Running, instance: Instance) -> None:
    shown = running.commands.run("status").stdout
    assert running.facts["endpoint_url"] in shown
    assert instance.address in shown


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


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("up", "--set", "vcpu_qouta=3"), "There is no setting 'vcpu_qouta=3'. Did you mean vcpu_quota?"),
        (("up", "--set", "vcpu_quota=three"), "The setting vcpu_quota takes a number, not 'three'."),
        (("env", "--format", "xml"), "The environment can be printed as shell or json, not as 'xml'."),
    ],
)
def test_wrong_words_are_refused_with_a_sentence(running: Running, words: tuple[str, ...], sentence: str) -> None:
    refused = running.commands.run(*words)
    assert refused.returncode == 2
    assert sentence in refused.stderr


def test_env_and_status_of_a_sandbox_that_does_not_run_say_how_to_start_it(new_commands: NewCommands) -> None:
    commands = new_commands()
    for word in ("env", "status"):
        refused = commands.run(word)
        assert refused.returncode == 1
        assert refused.stdout == ""
        assert f"./inv sandbox.up --name {commands.name}" in refused.stderr
