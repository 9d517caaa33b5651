"""Suites as files: what they must say, and what is said of one that does not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import RefusedError
from benchmarks.parameters import suites
from benchmarks.runs.records import Source

GOOD: dict[str, Any] = {
    "description": "One crate",
    "source": {"crate": "one", "ref": "1.0.0"},
    "package": "one",
    "benches": ["a"],
    "toolchain": "system",
}
BASE = Path("/suites")
JSON = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.lists(st.text())


def test_a_suite_of_a_file_is_found_by_the_files_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.yml"
    file.write_text(
        "description: Mine\nsource: {path: crate}\npackage: mine\nbenches: [a]\ntoolchain: system\n"
        "environment: {THREADS: 4}\narguments: [--sample-size, 10]\n"
    )
    (tmp_path / "crate").mkdir()
    (tmp_path / "crate/Cargo.toml").touch()
    suite = suites.load(str(file))
    assert (suite.name, suite.source) == ("mine", Source(path=str(tmp_path / "crate")))
    assert suite.environment == {"THREADS": "4"}
    assert suite.arguments == ("--sample-size", "10")


@pytest.mark.parametrize("directory", ["nowhere", "empty"])
def test_a_suite_whose_local_source_is_no_cargo_project_is_refused(tmp_path: Path, directory: str) -> None:
    (tmp_path / "empty").mkdir()
    file = tmp_path / "mine.yml"
    file.write_text(json.dumps({**GOOD, "source": {"path": directory}}))
    with pytest.raises(RefusedError) as refused:
        suites.load(str(file))
    source = tmp_path / directory
    assert str(refused.value) == (
        f"Suite mine has its source in {source}, which is no directory with a Cargo.toml: give the path of the crate "
        "or workspace."
    )


def test_what_a_suite_leaves_out_has_a_default() -> None:
    suite = suites.parse("one", {**GOOD, "features": None, "expected": None, "minimum_disk": None}, BASE)
    assert (suite.features, suite.expected, suite.minimum_disk, suite.rustflags) == ((), None, 4, None)


def test_flags_that_are_empty_are_given_all_the_same() -> None:
    assert suites.parse("one", {**GOOD, "rustflags": ""}, BASE).rustflags == ""


def test_a_target_that_is_named_twice_is_one() -> None:
    assert suites.parse("one", {**GOOD, "benches": ["b", "a", "b"]}, BASE).benches == ("b", "a")


def test_an_unknown_suite_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(RefusedError) as refused:
        suites.load("plonky2-quik")
    assert str(refused.value) == (
        "There is no suite plonky2-quik. Did you mean plonky2-quick? Known: plonky2, plonky2-quick, or the path of a "
        "suite's .yml file."
    )


def test_a_suite_file_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"^There is no suite /.*/none\.yml\."):
        suites.load(str(tmp_path / "none.yml"))


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\xff", b"\x00", b"a: 2024-13-45", b"[" * 9999])
def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.yml").write_bytes(content)
    with pytest.raises(RefusedError, match=r"^Suite odd is not YAML: ") as refused:
        suites.load(str(tmp_path / "odd.yml"))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"bench": ["a"]}, "Suite one has an unknown entry bench. Did you mean benches?"),
        ({"package": ""}, "Suite one lacks package: set it in the suite's file."),
        ({"benches": []}, "Suite one lacks benches: set it in the suite's file."),
        ({"benches": "a"}, "Suite one: benches must be a list, not 'a'."),
        *(
            (
                {"benches": ["a", bench]},
                f"Suite one: {bench!r} in benches cannot be the name of a [[bench]] target: name",
            )
            for bench in ("--help", "-", "*", "field_*", "a?", "[ab]", "a/b", "..", ".", "")
        ),
        ({"source": "one"}, "Suite one: source must be a mapping, not 'one'."),
        ({"expected": "many"}, "Suite one: expected must be a whole number, not 'many'."),
        ({"expected": True}, "Suite one: expected must be a whole number, not True."),
        ({"environment": ["A=b"]}, "Suite one: environment must be a mapping, not the list ['A=b']."),
        (
            {"package": ["a"]},
            "Suite one: package must be a string, in quotes where YAML takes it for more, not the list",
        ),
        (
            {"toolchain": 1.85},
            "Suite one: toolchain must be a string, in quotes where YAML takes it for more, not 1.85.",
        ),
        (
            {"source": {"crate": "one", "ref": 1.10}},
            "Suite one: the source's ref must be a string, in quotes where YAML takes it for more, not 1.1.",
        ),
        ({"source": {"git": "u", "rev": "v1"}}, "Suite one has an unknown entry rev in its source. Known: crate, git"),
        (
            {"source": {"path": "one", "ref": "v1"}},
            "Suite one has a local directory as its source, which has no versions: leave ref out.",
        ),
        ({"source": {"crate": "one"}}, "Suite one lacks its source's ref: a version, tag or commit makes a run repeat"),
        ({"source": {"ref": "1"}}, "Suite one must have exactly one source of crate, git, path."),
        ({"source": {"crate": "a", "git": "b"}}, "Suite one must have exactly one source of crate, git, path."),
        (
            {"source": {"path": "~nobody-at-all/a"}},
            "The source of suite one is in a home directory that does not exist",
        ),
    ],
)
def test_what_is_wrong_with_a_suite_is_said(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=f"^{re.escape(sentence)}"):
        suites.parse("one", {**GOOD, **change}, BASE)


@pytest.mark.parametrize("data", [None, [], "text", 1])
def test_a_file_that_is_no_mapping_is_refused(data: object) -> None:
    with pytest.raises(RefusedError, match=r"^Suite one must be a mapping of description, source, "):
        suites.parse("one", data, BASE)


@given(st.dictionaries(st.sampled_from([*GOOD, "features", "expected", "environment"]), JSON))
def test_a_suite_is_read_or_refused_by_name_whatever_it_says(change: dict[str, Any]) -> None:
    try:
        suites.parse("one", {**GOOD, **change}, BASE)
    except RefusedError as error:
        assert str(error).startswith("Suite one")


@pytest.mark.parametrize("method", ["is_file", "read_bytes"])
def test_a_file_that_another_user_keeps_private_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def deny(_path: Path) -> None:
        raise PermissionError

    (tmp_path / "mine.yml").write_text("{}")
    # Root, as whom tests may run, can read everything.
    monkeypatch.setattr(Path, method, deny)
    with pytest.raises(RefusedError, match=r"^The suite file .*/mine\.yml cannot be read: let the user who runs this"):
        suites.load(str(tmp_path / "mine.yml"))
