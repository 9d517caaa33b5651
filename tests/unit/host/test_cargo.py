"""Cargo's command lines, and what is known of a source before Cargo is called."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.host import cargo

PATH_ID = "path+file:///home/b/source/itoa-1.0.19#itoa@1.0.19"
# cargo metadata's names of packages: as they are, and as they were until 1.76.
MEMBERS = [{"name": "itoa", "id": PATH_ID}, {"name": "tool", "id": "tool 0.1.0 (path+file:///home/b/source/tool)"}]


def command(executable: str, benches: tuple[str, ...] = ("a", "b"), **more: Any) -> cargo.Command:
    return cargo.Command(executable, "one", benches, **more)


def test_all_targets_are_built_at_once() -> None:
    assert command("/bin/cargo", features=["x", "y"], arguments=["^mul"]).build() == [
        *("/bin/cargo", "bench", "--bench", "a", "--bench", "b", "--locked", "--package", "one"),
        *("--features", "x,y", "--no-run"),
    ]


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Where a stand-in for Cargo writes its Criterion home and its arguments, a line a call. It fails for b and c."""
    stand_in = tmp_path / "cargo"
    stand_in.write_text(
        f'''#!/bin/sh
        printf "%s|" "$CARGO_TERM_QUIET" "$CARGO_TERM_VERBOSE" >>"{tmp_path}/says"
        printf "%s|" "$CRITERION_HOME" "$@" >>"{tmp_path}/calls"
        echo >>"{tmp_path}/calls"
        case $3 in b) exit 101 ;; c) exit 3 ;; esac
        '''
    )
    stand_in.chmod(0o755)
    return tmp_path / "calls"


def run(calls: Path, **more: Any) -> int:
    home = str(calls.parent / "my home")
    argv = command(str(calls.with_name("cargo")), **more).run(home)
    return subprocess.run(argv, check=False, stdin=subprocess.DEVNULL).returncode


def test_each_target_runs_with_a_criterion_directory_of_its_own(calls: Path) -> None:
    assert run(calls, benches=("a", "odd name"), features=["x"]) == 0
    home = calls.parent / "my home"
    assert calls.read_text().splitlines() == [
        f"{home}/{target}|bench|--bench|{target}|--locked|--package|one|--features|x|" for target in ("a", "odd name")
    ]
    assert sorted(path.name for path in home.iterdir()) == ["a", "odd name"]


def test_a_target_that_fails_keeps_none_from_running_and_the_first_failure_is_the_runs(calls: Path) -> None:
    assert run(calls, benches=("a", "b", "c", "d")) == 101
    assert [line.split("|")[3] for line in calls.read_text().splitlines()] == ["a", "b", "c", "d"]


def test_cargo_names_each_target_it_runs_whatever_it_is_told(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARGO_TERM_QUIET", "true")
    monkeypatch.setenv("CARGO_TERM_VERBOSE", "true")
    assert run(calls, benches=("a",)) == 0
    assert calls.with_name("says").read_text() == "false|false|"


def test_a_suites_arguments_reach_the_benchmarks_word_for_word(calls: Path) -> None:
    arguments = ["^mul$", "$(touch hacked)", "`touch hacked`", "a  b", "*", "-c", ""]
    assert run(calls, benches=("a",), arguments=arguments) == 0
    (line,) = calls.read_text().splitlines()
    assert line.split("|--|")[1] == "|".join([*arguments, ""])


@pytest.mark.parametrize("package", ["itoa", "itoa@1.0.19", "itoa@1.0.18"])
def test_the_package_is_the_sources_own_whatever_else_has_its_name(package: str) -> None:
    assert cargo.package_spec(package, MEMBERS) == PATH_ID
    assert cargo.package_refusal(package, MEMBERS) == ""


def test_an_older_cargos_package_is_named_as_cargo_reads_names() -> None:
    assert cargo.package_spec("tool", MEMBERS) == "file:///home/b/source/tool#tool"


def test_a_package_that_the_source_has_not_is_refused_with_those_that_it_has() -> None:
    assert cargo.package_refusal("none@1.0.0", MEMBERS) == (
        "The source has no package none@1.0.0: the suite's package must be one of itoa, tool."
    )


CONFIG = '[build]\nrustflags = ["--cfg", "special"]\n[target.x86_64-unknown-linux-gnu]\nrustflags = "-O"\n'


def test_flags_of_the_source_that_do_not_count_are_named() -> None:
    assert cargo.overridden_flags(CONFIG, {"RUSTFLAGS": "-C target-cpu=native"}) == (
        "RUSTFLAGS of the run (-C target-cpu=native) replace build.rustflags and "
        "target.x86_64-unknown-linux-gnu.rustflags of the source's .cargo/config.toml: leave rustflags out of the "
        "suite and the request to build by those."
    )
    assert cargo.overridden_flags(CONFIG, {"RUSTFLAGS": ""}).startswith("RUSTFLAGS of the run (empty) replace ")


@pytest.mark.parametrize(
    ("config", "environment"),
    [(CONFIG, {}), (None, {"RUSTFLAGS": "-O"}), ('[build]\ntarget-dir = "x"\n', {"RUSTFLAGS": "-O"})],
)
def test_where_nothing_is_replaced_nothing_is_said(config: str | None, environment: dict[str, str]) -> None:
    assert cargo.overridden_flags(config, environment) == ""
