"""How command lines are read, and what is said of those that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from invoke.program import Program

import tasks
from benchmarks.cli import invoke_parser
from benchmarks.errors import RefusedError
from tests.support.invoke_calls import Run


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["bench", "--keep=true", "-f"], ["bench", "--keep", "-f"]),
        (["bench", "--keep=no", "--cpu=2"], ["bench", "--cpu=2"]),
        (["bench", "--keep=off", "--suite=a=b"], ["bench", "--suite=a=b"]),
        (["bench", "--verbose=true", "--verbose=false"], ["bench", "--verbose"]),
        (["bench.types", "--bare-metal=1", "--format=csv"], ["bench.types", "--bare-metal", "--format=csv"]),
        (["test", "--unknown=true"], ["test", "--unknown=true"]),
    ],
)
def test_a_switch_may_be_given_its_value(given: list[str], read: list[str]) -> None:
    assert list(invoke_parser.without_values_of_switches(given)) == read


def test_a_switch_has_no_other_values() -> None:
    with pytest.raises(RefusedError, match=r"^tail must be true or false, not 'perhaps'\.$"):
        list(invoke_parser.without_values_of_switches(["bench", "--tail=perhaps"]))


def test_a_switch_whose_value_is_empty_is_not_taken_for_off() -> None:
    with pytest.raises(RefusedError, match=r"^keep is given but empty, as from a variable that is not set: "):
        list(invoke_parser.without_values_of_switches(["bench", "--keep="]))


def test_f_is_tail_and_not_invokes_own_config(run: Run, given: list[Mapping[str, Any]]) -> None:
    assert run("bench", "-f", "-i", "c7i.large")[0] == 0
    assert given == [{"tail": True, "instance_type": "c7i.large"}]


def test_what_looks_like_invokes_own_flag_may_be_a_value(run: Run, given: list[Mapping[str, Any]]) -> None:
    assert run("bench", "--ref", "-e", "-i", "--debug") == (0, "", "")
    assert given == [{"ref": "-e", "instance_type": "--debug"}]


def test_invokes_own_flags_are_read_before_a_task(run: Run, given: list[Mapping[str, Any]]) -> None:
    assert run("--echo", "bench", "-i", "c7i.large") == (0, "", "")
    assert given == [{"instance_type": "c7i.large"}]


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


TASKS = {"bench.results": "results"}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ([], []),
        (["a", "b"], ["--sources", "a", "--sources", "b"]),
        (["a", "--format", "csv", "b"], ["--sources", "a", "--format", "csv", "--sources", "b"]),
        (["--format=csv", "a"], ["--format=csv", "--sources", "a"]),
        (["--link", "a"], ["--link", "--sources", "a"]),
        (["--filter", "--link", "a"], ["--filter", "--link", "--sources", "a"]),
        (["--filter", "-x", "a"], ["--filter", "-x", "--sources", "a"]),
        (["--sources", "a", "b"], ["--sources", "a", "--sources", "b"]),
        (["test", "bench.results"], ["--sources", "test", "--sources", "bench.results"]),
        ([""], ["--sources", ""]),
        (["a", "--sources"], ["--sources", "a", "--sources", ""]),
        (["-x"], ["-x"]),
        (["--", "-x", "--format", "a"], ["--sources", "-x", "--sources", "--format", "--sources", "a"]),
        (["a", "--", "--", "b"], ["--sources", "a", "--sources", "--", "--sources", "b"]),
        (["--filter", "--", "a"], ["--filter", "--", "--sources", "a"]),
    ],
    ids=str,
)
def test_words_without_a_flag_are_sources(given: list[str], read: list[str]) -> None:
    words = ["inv", "--search-root", "x", "bench.results"]
    assert list(invoke_parser.with_flags_for_words([*words, *given], TASKS)) == [*words, *read]


@pytest.mark.parametrize("words", [["inv", "bench", "-i", "a"], ["inv"], [], ["inv", "say", "--", "x"]], ids=str)
def test_other_tasks_words_stay_as_they_are(words: list[str]) -> None:
    assert list(invoke_parser.with_flags_for_words(words, TASKS)) == words


def test_what_a_file_or_program_has_put_into_a_sentence_does_nothing_to_the_terminal() -> None:
    assert invoke_parser.exit_with("a\x1b[31m\x9b\tb\nc", 2).message == "a\\x1b[31m\\x9b\\tb\nc"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "bench.terminate r1 r2",
            "bench.terminate takes one RUN, and r2 is one too many. See ./inv bench.terminate --help.",
        ),
        (
            "bench.attach -f r1 r2 r3",
            "bench.attach takes one RUN, and r2 is one too many. See ./inv bench.attach --help.",
        ),
        ("bench --run-id r1 --run-id r2", "r2 belongs to no flag: was --run-id given twice?"),
        ("bench -i a, b", "b belongs to no flag: give --instance-type without spaces after commas."),
    ],
)
def test_a_second_run_is_refused_as_what_it_is(typed: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        Program(namespace=tasks.namespace).run(invoke_parser.normalized(["inv", *typed.split()]))
    assert (ended.value.code, capsys.readouterr().err) == (2, f"{sentence}\n")
