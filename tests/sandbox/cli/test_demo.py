"""The demonstration calls the tool as a user would, with the sandbox's environment."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import pytest
from invoke.context import Context
from invoke.exceptions import Exit

from benchmarks.playbook import signals
from sandbox.cli import commands, demo

Ran = list[tuple[list[str], Mapping[str, str]]]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    """The commands that were run, with their environments, where the sandbox's ssh port is 2222."""
    done: Ran = []
    facts = {"unset": ["AWS_PROFILE"], "environment": {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "ssh_port": 2222}

    def run(argv: Sequence[str], environment: Mapping[str, str]) -> int:
        done.append((list(argv)[len(demo.INV) :], environment))
        return 0

    monkeypatch.setattr(commands, "up", lambda _context, name: None)
    monkeypatch.setattr(subprocess, "run", lambda *_arguments, **_options: SimpleNamespace(stdout=json.dumps(facts)))
    monkeypatch.setattr(signals, "run_forwarding_signals", run)
    return done


def test_setup_comes_before_the_run_and_both_use_the_sandbox(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    demo.demo(Context())
    assert [words[0] for words, _ in ran] == ["bench.setup", "bench"]
    for _, environment in ran:
        assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
        assert "AWS_PROFILE" not in environment


def test_at_the_end_it_is_told_how_to_remove_what_keeps_running(ran: Ran, capsys: pytest.CaptureFixture[str]) -> None:
    demo.demo(Context())
    said = capsys.readouterr().out
    assert (
        "\n$ ./inv bench --instance-type c7i.large --suite plonky2-quick --toolchain system --ssh-port 2222\n" in said
    )
    assert said.endswith("To remove them: ./inv sandbox.down --name demo\n")


def test_only_the_run_is_told_of_another_ssh_port(ran: Ran) -> None:
    demo.demo(Context())
    (setup, _), (bench, _) = ran
    assert "--ssh-port" not in setup
    assert bench[-2:] == ["--ssh-port", "2222"]


def test_a_command_that_fails_ends_the_demonstration_with_its_exit_code(
    ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(argv: Sequence[str], environment: Mapping[str, str]) -> int:
        ran.append((list(argv), environment))
        return 3

    monkeypatch.setattr(signals, "run_forwarding_signals", fail)
    with pytest.raises(Exit) as ended:
        demo.demo(Context())
    assert ended.value.code == 3
    assert len(ran) == 1
