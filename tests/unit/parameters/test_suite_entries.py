"""Entries of a suite that could only fail later."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.parameters import request, suites
from tests.unit.parameters.test_suites import GOOD

NAME = "a name is of letters, digits and underscores, and begins with no digit."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"environment": {"A B": "1"}}, f"environment cannot have a variable 'A B': {NAME}"),
        ({"environment": {"1X": "1"}}, f"environment cannot have a variable '1X': {NAME}"),
        ({"environment": {"A=B": "1"}}, f"environment cannot have a variable 'A=B': {NAME}"),
        ({"environment": {"": "1"}}, f"environment cannot have a variable '': {NAME}"),
        ({"environment": {"Ä": "1"}}, f"environment cannot have a variable 'Ä': {NAME}"),
        # What YAML makes of `on: 1`.
        ({"environment": {True: "1"}}, f"environment cannot have a variable True: {NAME}"),
        ({"environment": {"A": "a\0b"}}, "environment's A must be one line without control characters, not 'a\\x00b'."),
        ({"environment": {"A": "a\nb"}}, "environment's A must be one line without control characters, not 'a\\nb'."),
        (
            {"environment": {"A": None}},
            "environment's A must be a string, in quotes where YAML takes it for more, not None.",
        ),
        (
            {"environment": {"A": True}},
            "environment's A must be a string, in quotes where YAML takes it for more, not True.",
        ),
        (
            {"environment": {"A": ["b"]}},
            "environment's A must be a string, in quotes where YAML takes it for more, not the l",
        ),
        (
            {"environment": {"CRITERION_HOME": "/x"}},
            "environment cannot have CRITERION_HOME, which every run sets to a",
        ),
        ({"benches": [["a"]]}, "benches must be a string, in quotes where YAML takes it for more, not the list ['a']."),
        ({"benches": [None]}, "benches must be a string, in quotes where YAML takes it for more, not None."),
        (
            {"arguments": [{"a": 1}]},
            "arguments must be a string, in quotes where YAML takes it for more, not the mapping",
        ),
        ({"arguments": ["a\0"]}, "arguments must be one line without control characters, not 'a\\x00'."),
        ({"rustflags": "-C a\n-C b"}, "rustflags must be one line without control characters, not '-C a\\n-C b'."),
        (
            {"package": "a b"},
            "package must be the name of one Cargo package, as in plonky2 or plonky2@1.1.0, not 'a b'.",
        ),
        ({"package": "--all"}, "package must be the name of one Cargo package, as in plonky2 or plonky2@1.1.0, not"),
        ({"package": "plonky*"}, "package must be the name of one Cargo package, as in plonky2 or plonky2@1.1.0, not"),
        ({"features": ["a b"]}, "features must be names of Cargo features, one by one, not 'a b'."),
        ({"features": ["a,b"]}, "features must be names of Cargo features, one by one, not 'a,b'."),
        (
            {"toolchain": "../x"},
            "toolchain must be system or a rustup toolchain, such as nightly-2026-05-19, not '../x'.",
        ),
        ({"source": {"crate": "a/b", "ref": "1"}}, "crate must be the name of a crate on crates.io, not 'a/b'."),
        (
            {"source": {"git": "--upload-pack=x", "ref": "1"}},
            "git must be the URL of a git repository, not '--upload-pack",
        ),
        ({"source": {"git": "https://x/y", "ref": "-b"}}, "ref must be a version, tag or commit, not '-b'."),
        ({"minimum_disk": -1}, "minimum_disk must be from 0 to 2147483647, not -1."),
        ({"minimum_memory": 10**12}, "minimum_memory must be from 0 to 2147483647, not 1000000000000."),
    ],
)
def test_an_entry_that_can_only_fail_later_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=f"^Suite one: {re.escape(sentence)}"):
        suites.parse("one", {**GOOD, **change}, Path("/suites"))


@pytest.mark.parametrize(
    "change",
    [
        {"environment": {"RUSTC_BOOTSTRAP": "1", "_a": 2, "EMPTY": "", "PRICE": 0.5}},
        {"package": "plonky2@1.1.0", "features": ["parallel", "dep/feature", "dep?/std", "c++20"]},
        {"toolchain": "1.85.0-x86_64-unknown-linux-gnu", "arguments": ["^a b|c$", "--sample-size", 10]},
        {"source": {"git": "git@github.com:me/my-crate.git", "ref": "feature/x"}},
        {"rustflags": "-C target-cpu=native", "expected": 0},
    ],
)
def test_what_can_succeed_is_taken(change: dict[str, Any]) -> None:
    assert suites.parse("one", {**GOOD, **change}, Path("/suites")).name == "one"


@pytest.mark.parametrize(("name", "value"), [("ref", "--orphan"), ("toolchain", "a b")])
def test_what_replaces_an_entry_is_held_to_the_same(name: str, value: str) -> None:
    with pytest.raises(RefusedError, match=rf"^{name} must be .*, not '{value}'\.$"):
        request.resolve("benchmark", {"host": "box", name: value}, {})


@pytest.mark.parametrize(
    "change",
    [
        {"source": {"git": "https://oauth2:s3cret@github.com/o/r", "ref": "v1"}},
        {"source": {"git": "https://s3cret@github.com/o/r", "ref": "v1"}},
        # What would be refused for another reason, with its value.
        {"source": {"git": "-c https://s3cret@github.com/o/r", "ref": "v1"}},
        {"source": {"crate": "https://s3cret@github.com/o/r", "ref": "v1"}},
        {"source": "https://s3cret@github.com/o/r"},
        {"source": {"git": ["https://s3cret@github.com/o/r"], "ref": "v1"}},
        {"package": "https://s3cret@github.com/o/r#one@1.0.0"},
        {"features": ["https://s3cret@github.com/o/r a"]},
    ],
)
def test_a_secret_in_an_address_is_refused_and_not_shown(change: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        suites.parse("one", {**GOOD, **change}, Path("/suites"))
    assert "s3cret" not in str(refused.value)


def test_a_suite_file_that_is_not_yaml_does_not_show_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "one.yml"
    path.write_text("source: {git: https://me:s3cret@github.com/o/r: [}")
    with pytest.raises(RefusedError, match="is not YAML") as refused:
        suites.load(str(path))
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("name", ["ref", "toolchain"])
def test_what_replaces_an_entry_does_not_show_a_secret(name: str) -> None:
    with pytest.raises(RefusedError) as refused:
        request.resolve("benchmark", {"host": "box", name: "https://s3cret@github.com/o/r"}, {})
    assert "s3cret" not in str(refused.value)
