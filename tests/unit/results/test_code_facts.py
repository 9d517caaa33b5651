"""What was built and run is told as it was asked for, and as it was found on the host."""

from __future__ import annotations

from msgspec.structs import replace

from benchmarks import __version__
from benchmarks.results import code_facts
from benchmarks.runs.records import Harness, Source, WorkingTree
from tests.support import records


def test_code_is_told_as_asked_for_and_as_found() -> None:
    suite = records.suite(
        benches=("a", "b"),
        features=("simd",),
        arguments=("--sample-size", "10"),
        rustflags="",
        environment={"RAYON_NUM_THREADS": "1"},
        toolchain="nightly",
    )
    fingerprint = {
        "rustc": "rustc 1.90.0\nrelease: 1.90.0",
        "cargo": "cargo 1.90.0",
        "linker": "cc 14",
        "commit": "c0ffee",
        "crate_sha256": "aa",
        "cargo_lock_sha256": "bb",
        "harnesses": (Harness(name="criterion", version="0.5.1"),),
    }
    told = code_facts.code(suite, records.toolchain(**fingerprint), records.build())
    asked = ("package", "benches", "features", "arguments", "rustflags", "environment", "toolchain")
    assert {name: getattr(told, name) for name in asked} == {name: getattr(suite, name) for name in asked}
    assert told.suite == "one"
    found = {name: value for name, value in fingerprint.items() if name != "cargo_lock_sha256"}
    assert {name: getattr(told, name) for name in found} == found
    assert told.lock_sha256 == "bb"
    assert (told.executables, told.target_cpu) == ({"a": "0123"}, "x86-64")
    assert told.profile and told.profile.opt_level == "3"


def test_the_source_is_the_one_that_was_found_on_the_host() -> None:
    asked = records.suite(source=Source(path="/here"))
    toolchain = records.toolchain()
    assert code_facts.code(asked, toolchain, None).source == toolchain.source


def test_a_directory_in_a_repository_has_its_commit_and_what_differs_from_it() -> None:
    tree = WorkingTree(commit="c0ffee", dirty_sha256="dd")
    told = code_facts.code(records.suite(), replace(records.toolchain(), working_tree=tree), None)
    assert (told.commit, told.dirty_sha256) == ("c0ffee", "dd")


def test_without_a_build_what_was_built_is_unknown() -> None:
    told = code_facts.code(records.suite(), records.toolchain(), None)
    assert (told.profile, told.target_cpu, told.executables, told.dirty_sha256) == (None, None, {}, None)


def test_the_tool_is_told_with_the_endpoint_of_the_plan() -> None:
    told = code_facts.tool(records.preflight(endpoint="http://127.0.0.1:5000"))
    assert (told.version, told.endpoint) == (__version__, "http://127.0.0.1:5000")
    assert code_facts.tool(records.preflight()).endpoint is None
