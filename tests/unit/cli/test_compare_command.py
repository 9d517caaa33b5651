"""What bench.compare prints of Criterion's directories, and how it ends."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from invoke.collection import Collection
from invoke.parser.parser import ParseMachine

import tasks
from benchmarks.cli import invoke_parser, program
from tests.support.comparison_samples import UNITS
from tests.support.invoke_calls import Run
from tests.support.result_samples import code, criterion, platform, results
from tests.unit.readers.test_criterion import statistic, write

SAMPLES = (98.0, 99.0, 100.0, 101.0, 102.0)
NO_VERDICT = "0 slower, 0 faster"


@pytest.fixture
def compare(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Calls ./inv bench.compare in a directory of its own: exit code, standard output and standard error."""
    monkeypatch.setattr(ParseMachine, "error", ParseMachine.error)
    monkeypatch.setattr(ParseMachine, "handle", ParseMachine.handle)
    invoke_parser.help_parse_errors()
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            program.Inv(namespace=Collection(tasks.bench), binary="inv").run(["inv", "bench.compare", *words])
            raise SystemExit(0)
        output = capsys.readouterr()
        return int(ended.value.code or 0), output.out, output.err

    return call


def measured(name: str, *points: float, ids: Sequence[str] = ("mul",), values: Sequence[float] = SAMPLES) -> str:
    """A directory of Criterion with a benchmark for each id; `points` scale the samples of each, 1 if not given."""
    for place, id in enumerate(ids):
        times = [value * (points[place] if place < len(points) else 1.0) for value in values]
        sample = {"sampling_mode": "Flat", "iters": [1.0] * len(times), "times": times}
        estimates = {"mean": statistic(sum(times) / len(times))}
        function = id.split("/")[1] if "/" in id else None
        parts = {"group_id": id.split("/")[0], "function_id": function, "value_str": None, "full_id": id, "title": id}
        write(Path(name), f"b{place}", id, sample=sample, estimates=estimates, benchmark=parts)
    return name


def recorded(name: str, factor: float = 1.0, **changes: Any) -> str:
    """A results.json of an instance, with what was built and run changed."""
    found = results(
        criterion(point=100.0 * factor, instance=f"i-{name}"),
        run_id=name,
        code=code(rustc="rustc 1.85.1 (4eb161250 2025-03-15)\nbinary: rustc", **changes),
        platform=platform(instance=f"i-{name}", instance_type="c7i.large"),
    )
    Path(f"{name}.json").write_bytes(msgspec.json.encode(found))
    return f"{name}.json"


def test_halves_of_one_runs_samples_have_no_verdict(compare: Run) -> None:
    samples = [100 + 3 * ((7 * number) % 11 - 5) for number in range(60)]
    halves = [measured(name, values=samples[start::2], ids=list("abcdef")) for start, name in enumerate(("x", "y"))]
    exit_code, shown, _ = compare(*halves, "--unit", "ns", "--fail-on", "1%")
    assert exit_code == 0
    assert f"{NO_VERDICT}, 6 unclear, 0 same." in shown
    assert "All is unclear, since a side has a single run." in shown


def test_one_run_each_has_a_verdict_only_beyond_the_noise_that_is_assumed(compare: Run) -> None:
    old, new = measured("a", ids=("mul", "add")), measured("b", 2.0, 1.09, ids=("mul", "add"))
    exit_code, shown, _ = compare(old, new, "--unit", "ns")
    assert exit_code == 0
    rows = [line.split() for line in shown.splitlines()]
    assert ["mul", "100.0", "ns", "200.0", "ns", "2.000", "▲", "slower"] in rows
    assert ["add", "100.0", "ns", "109.0", "ns", "1.090", "?", "unclear"] in rows
    assert "Basis: one run each, 10 % noise assumed; differences up to 2 % do not matter." in shown
    assert "1 slower, 0 faster, 1 unclear, 0 same." in compare(old, new, "--noise", "50%")[1]
    assert "2 slower" in compare(old, new, "--noise", "5%")[1]


def test_five_runs_a_side_have_verdicts_with_an_interval(compare: Run) -> None:
    ids = ("mul", "add", "sub")
    old = [measured(f"a{n}", *(3 * [unit / 100]), ids=ids) for n, unit in enumerate(UNITS)]
    new = [measured(f"b{n}", 0.5 * u / 100, 1.2 * u / 100, u / 100, ids=ids) for n, u in enumerate(reversed(UNITS))]
    exit_code, shown, _ = compare(f"old={','.join(old)}", f"new={','.join(new)}", "--unit", "ns")
    assert exit_code == 0
    assert "ratio [95% interval]" in shown
    assert "▲ slower" in shown
    assert "▼ faster" in shown
    assert "1 slower, 1 faster, 0 unclear, 1 same." in shown
    assert "5 against 5 runs" in shown


@pytest.mark.parametrize(
    ("flags", "exit_code", "sentence"),
    [
        (["--fail-on", "5%"], 3, "Beyond the limits that were given: slower by more than 5 %: mul.\n"),
        (["--fail-on", "150%"], 0, ""),
        (["--fail-on-unclear"], 3, "Beyond the limits that were given: unclear: add.\n"),
        (["--fail-on=5", "--fail-on-unclear"], 3, "slower by more than 5 %: mul; unclear: add.\n"),
        ([], 0, ""),
    ],
)
def test_a_limit_that_is_exceeded_is_exit_code_3(compare: Run, flags: list[str], exit_code: int, sentence: str) -> None:
    old, new = measured("a", ids=("mul", "add")), measured("b", 2.0, 1.05, ids=("mul", "add"))
    ended, shown, error = compare(old, new, *flags)
    assert ended == exit_code
    assert error.endswith(sentence)
    assert "1 slower" in shown


def test_a_faster_one_is_within_every_limit(compare: Run) -> None:
    assert compare(measured("a"), measured("b", 0.5), "--fail-on", "1%", "--fail-on-unclear")[0] == 0


def test_only_changes_or_regressions_are_shown(compare: Run) -> None:
    ids = ("mul", "add", "sub")
    old, new = measured("a", ids=ids), measured("b", 2.0, 0.5, ids=ids)
    shown = compare(old, new, "--changed")[1]
    assert "1 of 3 benchmarks are not shown." in shown
    assert "\nsub " not in shown
    shown = compare(old, new, "--regressions")[1]
    assert "\nmul " in shown
    assert "\nadd " not in shown


def test_each_other_side_is_compared_with_the_first(compare: Run) -> None:
    shown = compare(measured("a"), measured("b", 2.0), measured("c", 0.5))[1]
    assert [line for line in shown.splitlines() if line.startswith(("a:", "b:", "c:"))] == [
        f"{name}: machine and compiler are not known" for name in "abac"
    ]
    assert shown.count("1 slower") == shown.count("1 faster") == 1


def test_recorded_results_show_their_compilers_and_what_differs(compare: Run) -> None:
    shown = compare(recorded("a"), recorded("b", 1.5, rustflags="-C target-cpu=native"))[1]
    assert "a.json: c7i.large, rustc 1.85.1 (4eb161250 2025-03-15), one 1.0.0\n" in shown
    assert "differs in: rustflags (none → -C target-cpu=native)\n" in shown


def test_what_measures_something_else_is_refused_unless_forced(compare: Run) -> None:
    old, new = recorded("a"), recorded("b", 2.0, features=("asm",))
    exit_code, shown, error = compare(old, new)
    assert (exit_code, shown) == (2, "")
    assert error == (
        "The results differ in features: a.json has none, b.json has asm. Give results that agree in it, --by features "
        "if it is what to compare, or --force to compare them all the same.\n"
    )
    assert "differs in: features (none → asm)" in compare(old, new, "--force")[1]
    assert "none: " in compare(old, new, "--by", "features")[1]


def test_parts_of_one_run_are_compared(compare: Run) -> None:
    source = measured("a", 1.0, 2.0, ids=("mul/lut", "mul/simple"))
    for flags in (["--group", "(lut|simple)"], ["--by", "function"]):
        exit_code, shown, _ = compare(source, *flags)
        assert exit_code == 0
        assert "1 slower, 0 faster, 0 unclear, 0 same." in shown
        assert shown.startswith("lut: ")


def test_other_formats_are_all_that_is_printed(compare: Run) -> None:
    old, new = measured("a"), measured("b", 2.0)
    document = json.loads(compare(old, new, "--unit", "ns", "--format", "json")[1])
    assert [row["verdict"] for row in document["comparisons"][0]["rows"]] == ["slower"]
    assert (
        "| `mul` | 100.0 ns | 200.0 ns | 2.000 | ▲ slower |"
        in compare(old, new, "--unit", "ns", "--format", "markdown")[1]
    )


def test_only_benchmarks_that_match_are_compared(compare: Run) -> None:
    ids = ("mul", "add")
    shown = compare(measured("a", ids=ids), measured("b", 1.05, 1.05, ids=ids), "--filter", "^add$")[1]
    assert "0 slower, 0 faster, 1 unclear, 0 same." in shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "A comparison needs two sides, and none is given: as in ./inv bench.compare latest~1 latest, or "),
        (["a"], "A comparison needs two sides, and only a is given"),
        (["old=a", "b"], "old= is named and b is not"),
        (["a", "a"], "a is given twice: compare results of different runs."),
        (["a", "./a"], "a and ./a are the same results: compare results of different runs."),
        (["old=a,b", "new=a"], "a is given twice"),
        (["a", "none"], "There is no run, file or directory none."),
        (["a", "b,c"], "There is no run, file or directory b,c. "),
        (["a", "other"], "a and other have no benchmark that can be compared. Only in a: mul."),
        (["a", "zero"], "a and zero have no benchmark that can be compared. Not compared: mul. Its number is not pos"),
        (["a", "negative"], "a and negative have no benchmark that can be compared. Not compared: mul. Its number is"),
        (["a", "b", "--by", "functoin"], "by must not be 'functoin'. Did you mean function? Known: instance-type, "),
        (["a", "b", "--by", "rustc"], "There is nothing to compare by rustc: it is known of no result."),
        (["old=a", "new=b", "--by", "ref"], "by makes the sides itself: give the sources without names."),
        (["a", "--group", "("], "group is not a regular expression: "),
        (["a", "--group", "mul"], "group needs a group in parentheses"),
        (["a", "--group", "(m)", "--by", "ref"], "by and group exclude each other"),
        (["a", "b", "--filter", "nothing"], "No benchmark matches 'nothing'"),
        (["a", "b", "--threshold", "-1%"], "threshold must be greater than 0"),
        (["a", "b", "--noise", "much"], "noise must be a percentage, such as 5%"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_one_sentence(compare: Run, words: list[str], sentence: str) -> None:
    for name, points in (("a", [1.0]), ("b", [1.1]), ("zero", [0.0]), ("negative", [-1.0])):
        measured(name, *points)
    measured("other", ids=("add",))
    exit_code, shown, error = compare(*words)
    assert (exit_code, shown) == (2, "")
    assert error.startswith(sentence)


def test_a_side_with_a_comma_and_no_name_gets_a_hint(compare: Run) -> None:
    measured("a")
    assert "Several sources of a side need a name: NAME=b,c." in compare("a", "b,c")[2]


def test_what_was_lost_is_named_once(compare: Run) -> None:
    old, new = measured("a", ids=("mul", "add")), measured("b", ids=("mul", "add"), values=[v + 1 for v in SAMPLES])
    Path("a/b1/new/sample.json").write_text("{")
    shown = compare(old, new)[1]
    assert shown.count("a: a/b1/new/sample.json cannot be read: ") == 1
    assert "Only in b: add." in shown
    assert shown.count("give --unit ns") == 1


def test_ten_thousand_benchmarks_take_seconds(compare: Run) -> None:
    for name, factor in (("a", 1.0), ("b", 1.2)):
        every = [criterion(f"group/function/{number}", 100.0 + number % 7 * factor) for number in range(10_000)]
        Path(f"{name}.json").write_bytes(msgspec.json.encode(results(*every)))
    before = time.process_time()
    exit_code, shown, _ = compare("a.json", "b.json")
    assert exit_code == 0
    assert shown.count("\ngroup/function/") == 10_000
    assert time.process_time() - before < 30
