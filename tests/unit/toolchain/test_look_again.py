"""What one command tells of a host of which there is a record."""

from __future__ import annotations

import subprocess
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.plugins.loader import action_loader

from benchmarks.paths import ROOT


def looked(monkeypatch: pytest.MonkeyPatch, isolation: list[str], facts: list[str], stdin: str = "") -> dict[str, Any]:
    """What the action returns where these are the commands, on this machine."""
    action_loader.add_directory(str(ROOT / "roles/toolchain/action_plugins"))
    args = {"isolation": isolation, "facts": facts, "stdin": stdin}
    action = action_loader.get(
        "look_again", task=Mock(args=args, async_val=0, check_mode=False), connection=Mock(),
        play_context=Mock(), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip

    def execute(command: str, in_data: bytes) -> dict[str, Any]:
        done = subprocess.run(["/bin/sh", "-c", command], input=in_data, capture_output=True, check=False)
        printed = f"Welcome to host\n{done.stdout.decode()}"
        return {"rc": done.returncode, "stdout": printed, "stderr": done.stderr.decode()}

    monkeypatch.setattr(action, "_low_level_execute_command", execute)
    result: dict[str, Any] = action.run(task_vars={})
    return result


def test_the_facts_are_told_if_nothing_had_to_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    # Only the second command gets the script.
    found = looked(monkeypatch, ["sh", "-c", "cat"], ["sh", "-s"], "echo '{\"a b\": 1}'")
    assert found == {"changed": False, "told": True, "stdout": '{"a b": 1}\n'}


@pytest.mark.parametrize(
    ("isolation", "changed"),
    [("echo Made the user", True), ("exit 3", False), ("echo Made the user; exit 3", True)],
)
def test_nothing_is_known_where_anything_had_to_be_made_or_cannot_be(
    monkeypatch: pytest.MonkeyPatch, isolation: str, changed: bool
) -> None:
    found = looked(monkeypatch, ["sh", "-c", isolation], ["echo", "facts"])
    assert found["changed"] is changed
    assert found["told"] is False
    assert "facts" not in found["stdout"]
    # Ansible takes that for a failure.
    assert "rc" not in found


def test_a_host_that_tells_no_facts_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked(monkeypatch, ["true"], ["sh", "-c", "echo half; exit 1"])["told"] is False
