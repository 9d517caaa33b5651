"""Tasks made of specs: flags, help, and words for what the parser cannot read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from invoke.collection import Collection
from invoke.context import Context
from invoke.parser.parser import ParseMachine
from invoke.program import Program
from invoke.tasks import task

from benchmarks.cli import invoke_parser, spec_tasks
from benchmarks.errors import FailedError, RefusedError

Run = Callable[..., tuple[int, str, str]]


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


def test_a_body_gets_what_was_given_and_nothing_else(run: Run, given: list[Mapping[str, Any]]) -> None:
    assert run("bench", "--instance-type", "c7i.large", "--key-file=/k", "--keep") == (0, "", "")
    assert given == [{"instance_type": "c7i.large", "key_file": "/k", "keep": True}]


def test_short_flags_are_the_original_tools(run: Run, given: list[Mapping[str, Any]]) -> None:
    assert run("bench", "-i", "t2.2xlarge", "-c", "8", "-m", "4096", "-f") == (0, "", "")
    assert given == [{"instance_type": "t2.2xlarge", "cpu": "8", "memory": "4096", "tail": True}]


def test_f_is_tail_and_not_invokes_own_config(run: Run, given: list[Mapping[str, Any]]) -> None:
    assert run("bench", "-f", "-i", "c7i.large")[0] == 0
    assert given == [{"tail": True, "instance_type": "c7i.large"}]


def test_what_looks_like_invokes_own_flag_may_be_a_value(run: Run, given: list[Mapping[str, Any]]) -> None:
    assert run("bench", "--ref", "-e", "-i", "--debug") == (0, "", "")
    assert given == [{"ref": "-e", "instance_type": "--debug"}]


def test_invokes_own_flags_are_read_before_a_task(run: Run, given: list[Mapping[str, Any]]) -> None:
    assert run("--echo", "bench", "-i", "c7i.large") == (0, "", "")
    assert given == [{"instance_type": "c7i.large"}]


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_the_manual_and_runs_nothing(run: Run, given: list[Mapping[str, Any]], flag: str) -> None:
    code, output, _ = run("bench", flag)
    assert code == 0
    assert output.startswith("Usage: ./inv bench [options]\n\nRun a suite.\n")
    assert "An example." in output
    assert given == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("bench", "--instnace-type", "a"), "Unknown flag --instnace-type. Did you mean --instance-type? "),
        (("bench", "--memry=4"), "Unknown flag --memry. Did you mean --memory? See"),
        (("bench", "--zzz"), "Unknown flag --zzz. See ./inv bench --help."),
        (("bench", "--cpu"), "Flag --cpu needs a value. See ./inv bench --help."),
        (("bench", "-x"), "Unknown flag -x. See ./inv bench --help."),
        (("bench", "-r"), "Unknown flag -r. Did you mean --ref or --region or --run-id or --runs-dir or --rustflags? "),
        (("bench", "--list"), "Unknown flag --list. "),
        (("bench", "-e", "-i", "c7i.large"), "Unknown flag -e. See ./inv bench --help."),
        (("bench", "-lx"), "Unknown flag -l. Did you mean --launch-template? See ./inv bench --help."),
        (("say",), "say needs a value for 'word'. See ./inv say --help."),
        (("bnech",), "Unknown task bnech. Did you mean bench? ./inv --list shows them all."),
        (("--nonsense",), "Unknown flag --nonsense. See ./inv --help."),
        (("bench", "extra"), "Unknown task extra. ./inv --list shows them all."),
        (
            ("bench", ""),
            "A word is given but empty, as from a variable that is not set: leave it out. See ./inv bench --help.",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_nearest_name(
    run: Run, given: list[Mapping[str, Any]], arguments: tuple[str, ...], sentence: str
) -> None:
    code, output, error = run(*arguments)
    assert code == 2
    assert error.startswith(sentence)
    assert len(error.splitlines()) == 1
    assert output == ""
    assert given == []


@pytest.mark.parametrize(
    ("suite", "code", "sentence"), [("refused", 2, "There is no such suite.\n"), ("failed", 1, "The run failed.\n")]
)
def test_how_a_run_ended_is_the_exit_code_and_one_sentence(run: Run, suite: str, code: int, sentence: str) -> None:
    assert run("bench", "--suite", suite) == (code, "", sentence)
