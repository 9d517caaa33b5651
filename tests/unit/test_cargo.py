"""Cargo's command lines."""

from __future__ import annotations

from typing import Any

from benchmarks import cargo


def suite(**more: Any) -> dict[str, Any]:
    return {"package": "one", "benches": ["a", "b"], "features": [], "arguments": [], **more}


def test_every_target_is_named_so_that_the_librarys_own_harness_does_not_run() -> None:
    assert cargo.bench_argv("/bin/cargo", suite(), build_only=True) == (
        ["/bin/cargo", "bench", "--locked", "--package", "one", "--bench", "a", "--bench", "b", "--no-run"]
    )


def test_building_and_running_differ_in_nothing_that_cargo_builds_by() -> None:
    built = cargo.bench_argv("cargo", suite(features=["x", "y"]), build_only=True)
    run = cargo.bench_argv("cargo", suite(features=["x", "y"]), build_only=False)
    assert built == [*run, "--no-run"]
    assert built[5:7] == ["--features", "x,y"]


def test_a_suites_arguments_reach_the_benchmarks_and_not_cargo() -> None:
    argv = cargo.bench_argv("cargo", suite(arguments=["^mul", "--sample-size", "10"]), build_only=False)
    assert argv[argv.index("--") :] == ["--", "^mul", "--sample-size", "10"]
    assert "--" not in cargo.bench_argv("cargo", suite(arguments=["^mul"]), build_only=True)
