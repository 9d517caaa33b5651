"""A command line with a task of the tests' own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from invoke.collection import Collection
from invoke.context import Context
from invoke.parser.parser import ParseMachine
from invoke.program import Program
from invoke.tasks import task

from benchmarks.cli import invoke_parser, spec_tasks
from benchmarks.errors import BeyondLimitError, FailedError, RefusedError
from tests.support.invoke_calls import Run


@pytest.fixture
def given() -> list[Mapping[str, Any]]:
    """What the body of the task `bench` was given."""
    return []


@pytest.fixture
def run(given: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Calls ./inv with arguments: exit code, standard output and standard error."""
    # So that the replacements end with the test.
    monkeypatch.setattr(ParseMachine, "error", ParseMachine.error)
    monkeypatch.setattr(ParseMachine, "handle", ParseMachine.handle)
    invoke_parser.help_parse_errors()

    @spec_tasks.spec_task("benchmark", command="bench", examples=(("bench -i c7i.large", "An example."),))
    def bench(_context: Context, values: Mapping[str, Any]) -> None:
        """Run a suite."""
        given.append(values)
        if values.get("suite") == "refused":
            raise RefusedError("There is no such suite.")
        if values.get("suite") == "failed":
            raise FailedError("The run failed.")
        if values.get("suite") == "slower":
            raise BeyondLimitError("One is slower.")

    @task(positional=["word"])
    def say(_context: Context, word: str) -> None:
        """Say a word."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            Program(namespace=Collection(bench, say), binary="inv").run(["inv", *arguments])
            raise SystemExit(0)
        output = capsys.readouterr()
        return int(ended.value.code or 0), output.out, output.err

    return call
