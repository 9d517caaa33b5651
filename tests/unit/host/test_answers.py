"""What a command prints on a host is told apart from what is printed there before it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.host import answers
from benchmarks.host.answers import BEGIN, Answer


@pytest.mark.parametrize(
    "greeting",
    ["", "Welcome to host\r\n", "\r\n", "word\n", "no line end ", "sudo: unable to resolve host h: unknown\r\n"],
)
def test_a_login_that_prints_something_does_not_matter(greeting: str) -> None:
    result = {"rc": 0, "stdout": f"{greeting}{BEGIN}\r\na  b\r\n\r\nc", "stderr": "bash: warning: setlocale\n"}
    answer = answers.read(result)
    assert answer.succeeded
    assert answer.told == "a  b\r\n\r\nc"


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"rc": 1, "stdout": f"Welcome\n{BEGIN}\n1 no\n", "stderr": "sh: not\n found\n"}, "sh: not found"),
        # A terminal merges both, and ssh tells of its end.
        (
            {
                "rc": 1,
                "stdout": f"Welcome\r\n{BEGIN}\r\nNo space\r\nleft\r\n",
                "stderr": "Shared connection to h closed",
            },
            "No space left",
        ),
        # Whatever the exit status is, this is no answer.
        ({"rc": 0, "stdout": "This account\nis not available.\n", "stderr": ""}, "This account is not available."),
    ],
)
def test_a_command_that_fails_or_was_not_run_is_told_with_what_was_said(result: dict[str, object], said: str) -> None:
    answer = answers.read(result)
    assert not answer.succeeded
    assert answer.said == said


@pytest.mark.parametrize("status", [0, 3])
def test_a_marked_command_keeps_its_input_and_its_status(tmp_path: Path, status: int) -> None:
    """As bash runs what ssh gives it, which has read ~/.bashrc before."""
    (tmp_path / "greets").write_text("echo Welcome to host\n")
    done = subprocess.run(
        ["bash", "-c", answers.marked(f"cat; exit {status}")],
        env={"BASH_ENV": str(tmp_path / "greets"), "PATH": "/usr/bin:/bin"},
        input="given\n",
        capture_output=True,
        text=True,
        check=False,
    )
    answer = answers.read({"rc": done.returncode, "stdout": done.stdout, "stderr": done.stderr})
    assert done.stdout.startswith("Welcome to host\n")
    assert answer == Answer(status == 0, "given\n", "given")
