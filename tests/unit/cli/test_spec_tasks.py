"""Tasks made of specs: flags, help, and how they end."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pytest

from benchmarks.playbook import command_line
from tests.support.invoke_calls import Run


def test_a_body_gets_what_was_given_and_nothing_else(run: Run, given: list[Mapping[str, Any]]) -> None:
    assert run("bench", "--instance-type", "c7i.large", "--key-file=/k", "--keep") == (0, "", "")
    assert given == [{"instance_type": "c7i.large", "key_file": "/k", "keep": True}]


def test_short_flags_are_the_original_tools(run: Run, given: list[Mapping[str, Any]]) -> None:
    assert run("bench", "-i", "t2.2xlarge", "-c", "8", "-m", "4096", "-f") == (0, "", "")
    assert given == [{"instance_type": "t2.2xlarge", "cpu": "8", "memory": "4096", "tail": True}]


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_the_manual_and_runs_nothing(run: Run, given: list[Mapping[str, Any]], flag: str) -> None:
    code, output, _ = run("bench", flag)
    assert code == 0
    assert output.startswith("Usage: ./inv bench [options]\n\nRun a suite.\n")
    assert "An example." in output
    assert given == []


@pytest.mark.parametrize(
    ("suite", "code", "sentence"),
    [
        ("refused", 2, "There is no such suite.\n"),
        ("failed", 1, "The run failed.\n"),
        ("slower", 3, "One is slower.\n"),
    ],
)
def test_how_a_run_ended_is_the_exit_code_and_one_sentence(run: Run, suite: str, code: int, sentence: str) -> None:
    assert run("bench", "--suite", suite) == (code, "", sentence)


@pytest.mark.parametrize("flag", ["-v", "--verbose"])
def test_what_is_about_the_screen_is_for_all_that_the_command_starts_and_no_part_of_the_request(
    run: Run, given: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch, flag: str
) -> None:
    monkeypatch.setenv(command_line.VERBOSE, "")
    assert run("bench", "-i", "c7i.large", flag) == (0, "", "")
    assert given == [{"instance_type": "c7i.large"}]
    assert command_line.is_verbose(os.environ)


def test_what_is_shown_stays_as_it_is_without_a_flag(
    run: Run, given: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(command_line.VERBOSE, "")
    assert run("bench", "-i", "c7i.large") == (0, "", "")
    assert given == [{"instance_type": "c7i.large"}]
    assert not command_line.is_verbose(os.environ)
