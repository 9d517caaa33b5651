"""What bench.results prints, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.cli import results_command
from benchmarks.errors import RefusedError
from benchmarks.exports import formats_of_results
from benchmarks.paths import ROOT
from tests.support import recorded_runs, result_samples
from tests.unit.readers.test_criterion import write

HOSTILE = "a\x1b[31m\x9b2J\x07\nb"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    recorded_runs.measured(tmp_path / "runs", "r1", point=100.0)
    recorded_runs.measured(tmp_path / "runs", "r2", point=200.0, minutes=1)
    return tmp_path / "runs"


def refusal(**given: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        results_command.run(given)
    return str(refused.value)


def test_one_source_is_a_table_with_samples_and_what_makes_it_unstable(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results_command.run({"runs_dir": str(runs), "sources": ["r1"]})
    output = capsys.readouterr()
    heading, row, *rest = output.out.splitlines()
    assert heading.split() == ["benchmark", "estimate", "95%", "interval", "samples", "unstable"]
    assert row.split()[:3] == ["fft/8192", "100.0", "ns"]
    assert rest[:2] == ["", "r1: 1 benchmark"]
    assert rest[2].startswith("  fft/8192 has fewer than 10 samples: ")
    assert output.err == ""


def test_several_sources_stand_side_by_side(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results_command.run({"runs_dir": str(runs), "sources": ["latest~1", "latest"]})
    heading, row, *rest = capsys.readouterr().out.splitlines()
    assert heading.split() == ["benchmark", "r1", "r2"]
    assert row.split() == ["fft/8192", "100.0", "ns", "±1.0%", "200.0", "ns", "±0.5%"]
    assert [line for line in rest if line and not line.startswith(" ")] == ["r1: 1 benchmark", "r2: 1 benchmark"]


def test_a_host_without_results_is_named_below_those_with_results(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = recorded_runs.measured(runs, "r3", minutes=2, hosts=("i-1", "i-2"))
    recorded_runs.write(run / "i-2", 1, result_samples.results())
    results_command.run({"runs_dir": str(runs)})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["benchmark", "estimate"]
    assert lines[-2:] == ["r3/i-2: no benchmarks", "  The run r3 has no benchmark results of i-2."]
    results_command.run({"runs_dir": str(runs), "format": "csv"})
    output = capsys.readouterr()
    assert len(output.out.splitlines()) == 2
    assert output.err == "The run r3 has no benchmark results of i-2.\n"


def test_numbers_of_a_sandbox_and_what_is_lost_are_said(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded_runs.write(
        runs / "r1/i-1",
        1,
        result_samples.results(
            result_samples.criterion(samples=None),
            problems=(f"{HOSTILE} cannot be read.",),
            notes=("Something else.",),
            tool={"version": "1", "endpoint": "http://127.0.0.1:5000"},
        ),
    )
    results_command.run({"runs_dir": str(runs), "sources": ["r1"]})
    assert capsys.readouterr().out.splitlines()[3:] == [
        "r1: 1 benchmark",
        "  Measured through http://127.0.0.1:5000, which is not AWS: these are numbers of a sandbox.",
        r"  a\x1b[31m\x9b2J\x07\nb cannot be read.",
        "  Something else.",
    ]


@pytest.mark.parametrize("format", ["table", "csv", "markdown", "json"])
def test_partial_results_are_shown_as_such(runs: Path, capsys: pytest.CaptureFixture[str], format: str) -> None:
    partial = "1 of 74 benchmarks were measured."
    results = result_samples.results(result_samples.criterion(), expected=74, partial=partial)
    recorded_runs.write(runs / "r1/i-1", 1, results)
    results_command.run({"runs_dir": str(runs), "sources": ["r1"], "format": format})
    output = capsys.readouterr()
    if format == "table":
        assert output.out.splitlines()[-3:-1] == ["r1: 1 benchmark, partial", f"  {partial}"]
    else:
        assert output.err == f"{partial}\n"
    if format != "csv":
        assert partial in output.out


@pytest.mark.parametrize("several", [["r1"], ["r1", "r2"], ["r1", "r2", "r1", "r2", "r1"]], ids=len)
def test_hostile_names_do_nothing_to_the_terminal(
    runs: Path, capsys: pytest.CaptureFixture[str], several: list[str]
) -> None:
    for run in ("r1", "r2"):
        hostile = result_samples.criterion(HOSTILE, unit=HOSTILE, target=HOSTILE)
        recorded_runs.write(runs / run / "i-1", 1, result_samples.results(hostile, result_samples.criterion()))
    results_command.run({"runs_dir": str(runs), "sources": several})
    printed = capsys.readouterr().out
    assert not {"\x1b", "\x9b", "\x07"} & set(printed)
    assert r"a\x1b[31m\x9b2J\x07\nb" in printed


def test_a_filter_is_matched_with_target_and_id(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = result_samples.criterion("mul/2"), result_samples.criterion("mul/10", target="merkle")
    recorded_runs.write(runs / "r1/i-1", 1, result_samples.results(*both))
    for pattern, ids in (("^field/", ["mul/2"]), ("mul", ["mul/2", "mul/10"]), ("/10$", ["mul/10"])):
        results_command.run({"runs_dir": str(runs), "sources": ["r1"], "filter": pattern, "format": "json"})
        (source,) = json.loads(capsys.readouterr().out)
        assert sorted(one["id"] for one in source["results"]["measurements"]) == sorted(ids)


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(", "filter is not a regular expression: missing ), unterminated subpattern at position 0, in '('."),
        ("a{99999999999999999999}", "filter is not a regular expression: the repetition number is too large, in "),
        ("(" * 5000, "filter is not a regular expression: "),
        ("none", "No benchmark matches 'none': leave filter out to see them all."),
    ],
)
def test_a_filter_that_is_invalid_or_matches_nothing_is_refused(runs: Path, pattern: str, sentence: str) -> None:
    assert refusal(runs_dir=str(runs), filter=pattern).startswith(sentence)


def test_a_filter_causes_no_warnings(runs: Path, recwarn: pytest.WarningsRecorder) -> None:
    assert refusal(runs_dir=str(runs), filter="[[a]--b]").startswith("No benchmark matches ")
    assert recwarn.list == []


def test_a_unit_is_given_to_numbers_without_one(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("criterion"), "mul")
    results_command.run({"runs_dir": str(runs), "sources": ["criterion"]})
    assert "Criterion's files do not name the unit of their numbers: " in capsys.readouterr().out
    results_command.run({"runs_dir": str(runs), "sources": ["criterion"], "unit": "ns"})
    printed = capsys.readouterr().out
    assert "10.00 ns" in printed
    assert "do not name the unit" not in printed


@pytest.mark.parametrize("name", formats_of_results.FORMATS)
def test_a_format_is_printed_alone(runs: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    results_command.run({"runs_dir": str(runs), "sources": ["r1"], "format": name})
    output = capsys.readouterr()
    assert output.out
    assert "fewer than" not in output.out + output.err
    assert output.err == ""


@pytest.mark.parametrize("name", formats_of_results.FORMATS)
def test_several_sources_are_in_one_document_or_refused(
    runs: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    given = {"runs_dir": str(runs), "sources": ["r1", "r2"], "format": name}
    if name in ("critcmp", "bencher", "github"):
        assert refusal(**given).endswith(".")
        assert capsys.readouterr().out == ""
    else:
        results_command.run(given)
        assert capsys.readouterr().out


def test_what_a_format_leaves_out_is_said_beside_it(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("criterion"), "mul")
    write(Path("criterion"), "bad", sample={})
    given = {"runs_dir": str(runs), "sources": ["criterion", "r1"], "format": "go"}
    results_command.run(given)
    output = capsys.readouterr()
    assert "mul" not in output.out
    assert "mul" in output.err.splitlines()[0]
    assert output.err.splitlines()[1].startswith("criterion/bad/new is not as Criterion writes it: ")


def test_what_json_prints_is_a_source_again(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results_command.run({"runs_dir": str(runs), "sources": ["r1", "r2"], "format": "json"})
    printed = capsys.readouterr().out
    Path("kept.json").write_text(printed)
    results_command.run({"runs_dir": str(runs), "sources": ["kept.json"], "format": "json"})
    assert capsys.readouterr().out == printed


def test_a_link_to_what_was_not_published_is_refused(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(runs_dir=str(runs), sources=["r1"], link=True).startswith("r1 was not published, ")
    assert capsys.readouterr().out == ""


def test_what_only_aws_and_comparisons_need_is_not_loaded(runs: Path) -> None:
    """boto3 and numpy take longer to load than everything else together."""
    script = (
        "import sys; from benchmarks.cli import results_command; "
        f"results_command.run({{'runs_dir': {str(runs)!r}}}); "
        "print(sorted({'boto3', 'botocore', 'numpy', 'scipy', 'benchmarks.exports'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.splitlines()[-1] == "[]"
