"""What the sandbox's commands print."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from sandbox.cli import show
from sandbox.state import Sandbox
from tests.support.sandbox_state import STATE

BOX = Sandbox("one", Path("/state/one"))
MACHINE: dict[str, Any] = {
    "instance_id": "i-1",
    "instance_type": "c7i.large",
    "state": "up",
    "public_ip": "127.0.2.1",
    "private_ip": "10.231.0.2",
    "processors": [0, 1],
    "memory_mib": 4096,
    "asked_processors": 2,
    "asked_memory_mib": 4096,
}


def test_a_shell_that_evaluates_it_uses_the_sandbox_and_forgets_other_accounts() -> None:
    mine = {"PATH": "/usr/bin:/bin", "AWS_PROFILE": "mine", "AWS_ENDPOINT_URL_S3": "https://mine", "OTHER": "kept"}
    script = f"{show.as_shell(STATE, mine)}\nexec env"
    shown = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True, env=mine).stdout
    variables = dict(line.split("=", 1) for line in shown.splitlines())
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:5000"
    assert variables["AWS_SECRET_ACCESS_KEY"] == "it's $ecret"
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "eu-north-1"
    assert variables["OTHER"] == "kept"
    assert variables.keys().isdisjoint({"AWS_PROFILE", "AWS_ENDPOINT_URL_S3"})


def test_a_proxy_is_passed_by_only_where_there_is_one() -> None:
    assert "no_proxy" not in show.environment(STATE, {})
    exported = show.environment(STATE, {"http_proxy": "http://proxy:1", "no_proxy": "example.com"})
    assert exported["no_proxy"] == "example.com,127.0.0.0/8,127.0.0.1,localhost"
    assert exported["NO_PROXY"] == "127.0.0.0/8,127.0.0.1,localhost"


def test_programs_get_the_same_and_the_rest_as_an_object() -> None:
    shown = json.loads(show.as_json(BOX, STATE, {}))
    assert shown["environment"] == show.environment(STATE, {})
    assert shown["unset"] == show.unset({})
    assert (shown["name"], shown["pid"], shown["directory"], shown["ssh_port"]) == ("one", 7, "/state/one", 2222)


def test_status_names_each_machine_with_its_addresses_and_share() -> None:
    assert "instances none" in show.status(BOX, STATE, [])
    line = show.status(BOX, STATE, [MACHINE]).splitlines()[-1]
    assert line.split() == ["i-1", "c7i.large", "up", "127.0.2.1", "(10.231.0.2)", "2", "vCPU,", "4096", "MiB"]


def test_a_share_that_is_less_than_the_types_is_told() -> None:
    less = {**MACHINE, "processors": [0], "asked_memory_mib": 8192}
    assert show.status(BOX, STATE, [less]).endswith(
        "1 vCPU, 4096 MiB, all that this machine has; the type has 2 and 8192"
    )
