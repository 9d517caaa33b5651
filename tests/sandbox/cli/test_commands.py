"""The sandbox's commands, as a user runs them: env, status, and words that are refused."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.support.live_sandbox import Instance, NewCommands, Running


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


def test_status_shows_what_runs(running: Running, instance: Instance) -> None:
    shown = running.commands.run("status").stdout
    assert running.facts["endpoint_url"] in shown
    assert instance.address in shown


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
