"""What a user sees of benchmarks that are not as one expects: exit code, sentence, table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import CRATES, Run
from tests.integration.toolchain.conftest import Host

Bench = Callable[..., Run]


@pytest.fixture
def bench(host: Host, tmp_path: Path) -> Bench:
    """Runs targets of the odd crate, which is built once for all of these tests."""

    def run(*benches: str, more: tuple[str, ...] = (), **suite: Any) -> Run:
        path = tmp_path / "odd.yml"
        source = {"path": str(CRATES / "odd")}
        base = {"description": "Odd", "source": source, "package": "odd", "benches": benches, "toolchain": "system"}
        path.write_text(json.dumps({**base, **suite}))
        return host.bench(path, *more)

    return run


def rows(run: Run) -> list[list[str]]:
    """The table's cells, header first; empty where there is no table."""
    lines = run.result.output.splitlines()
    begin = next((index for index, line in enumerate(lines) if "estimate" in line.split()), len(lines))
    table = lines[begin : lines.index("", begin)] if begin < len(lines) else []
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in table]


def told_of(run: Run, sentence: str) -> list[str]:
    """The lines that begin with a failure's sentence."""
    return [one for one in run.result.output.splitlines() if one.removeprefix("The run failed: ").startswith(sentence)]


def test_targets_units_and_levels_are_told_apart_and_printed_results_are_read(bench: Bench) -> None:
    arguments = ["$HOME", "${HOME}", "a$$b", "--flag"]
    run = bench("twin-a", "twin-b", "lines", package="odd@0.1.0", arguments=arguments, expected=3)

    assert run.result.code == 0, run.result.output
    assert rows(run) == [
        ["target", "benchmark", "estimate", "99.9% interval", "max - min", "throughput"],
        ["lines", "own", "1.235 µs", "12.30 ns"],
        ["twin-a", "encode 10²", "100.0 ns", "100.0 ns to 100.0 ns", "80.00 Melem/s"],
        ["twin-b", "encode 10²", "4096 B", "4096 B to 4096 B"],
    ]
    assert "Criterion measured no time at all for nothing in the target twin-b, and left it out." in run.result.output
    log = (run.attempt / "benchmark.log").read_text()
    # What nobody has given does not replace what the source's own configuration says.
    assert "flags of the source: in force" in log
    assert 'called with ["$HOME", "${HOME}", "a$$b", "--flag", "--bench"]' in log


def test_flags_that_are_given_replace_those_of_the_source_and_that_is_said(bench: Bench) -> None:
    run = bench("lines", more=("--rustflags=-C opt-level=1",))

    assert run.result.code == 0, run.result.output
    said = " ".join(run.result.output.split())
    assert "RUSTFLAGS of the run (-C opt-level=1) replace build.rustflags of the source's .cargo/config.toml" in said
    assert "flags of the source: replaced" in (run.attempt / "benchmark.log").read_text()


def test_a_run_that_measured_nothing_fails_with_the_likely_causes(bench: Bench) -> None:
    run = bench("silent")

    assert run.result.code == 1, run.result.output
    sentence = "No benchmark result was found: the benchmarks are not Criterion's, Cargo.toml "
    told = told_of(run, sentence)
    assert len(told) == 2  # when it happens, and once more at the end
    assert rows(run) == []


def test_a_target_that_is_killed_is_explained_and_the_others_run_and_are_shown(bench: Bench) -> None:
    run = bench("killed", "twin-a", "panics")

    assert run.result.code == 1, run.result.output
    sentence = (
        "The benchmark run failed with exit status 101: the target killed was ended by SIGILL, because it uses "
        "instructions that this CPU lacks; panics failed too. Build it for this CPU: without rustflags, or with "
    )
    told = told_of(run, sentence)
    assert len(told) == 2  # when it happens, and once more at the end
    # It is among the last lines of the log, and not the cause.
    assert "means nothing" not in "".join(told)
    assert rows(run)[1][:2] == ["encode 10²", "100.0 ns"]


def test_a_damaged_result_is_named_and_the_others_are_shown(bench: Bench) -> None:
    run = bench("cut")

    assert run.result.code == 1, run.result.output
    assert f"{run.attempt}/criterion/cut/cut/new/sample.json cannot be read: " in run.result.output
    assert [row[0] for row in rows(run)] == ["benchmark", "whole"]


def test_a_package_that_the_source_has_not_is_refused_with_those_that_it_has(bench: Bench) -> None:
    run = bench("lines", package="even")

    assert run.result.code == 1, run.result.output
    assert "The source has no package even: the suite's package must be one of odd." in run.result.output
