"""Where sources are kept on a host."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.host import checkouts

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CRATE = {"crate": "plonky2", "ref": "1.1.0"}
GIT = {"git": "https://example.org/a/plonky2.git", "ref": "main"}
PATH = {"path": "/home/me/plonky2"}


def test_a_crate_is_kept_by_its_name_and_version() -> None:
    assert checkouts.name(CRATE) == "plonky2-1.1.0"


@pytest.mark.parametrize(
    ("source", "readable"),
    [
        (GIT, "plonky2-main-"),
        ({**GIT, "ref": "feature/fast er"}, "plonky2-feature_fast_er-"),
        ({**GIT, "git": "git@example.org:plonky2"}, "git_example.org_plonky2-main-"),
        (PATH, "plonky2-"),
        ({"path": "/"}, "-"),
    ],
)
def test_other_sources_are_kept_by_a_readable_name_and_a_digest(source: dict[str, str], readable: str) -> None:
    name = checkouts.name(source)
    assert name.startswith(readable)
    assert len(name) == len(readable) + 8
    assert "/" not in name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CRATE, {**CRATE, "ref": "1.0.0"}),
        (GIT, {**GIT, "ref": "other"}),
        (GIT, {**GIT, "git": "https://example.org/b/plonky2.git"}),
        ({**GIT, "ref": "a/b"}, {**GIT, "ref": "a_b"}),
        (PATH, {"path": "/home/you/plonky2"}),
    ],
)
def test_what_differs_is_kept_apart(one: dict[str, str], other: dict[str, str]) -> None:
    assert checkouts.name(one) != checkouts.name(other)


@pytest.mark.parametrize(
    ("source", "packed", "marker"),
    [
        (CRATE, None, ".benchmarks-1.1.0"),
        ({**GIT, "ref": COMMIT}, None, f".benchmarks-{COMMIT}"),
        ({**GIT, "ref": COMMIT + COMMIT[:24]}, None, f".benchmarks-{COMMIT}{COMMIT[:24]}"),
        (PATH, "abc", ".benchmarks-abc"),
    ],
)
def test_what_cannot_change_is_marked(source: dict[str, str], packed: str | None, marker: str) -> None:
    assert checkouts.marker(source, packed) == marker


@pytest.mark.parametrize("ref", ["main", "v1.0", COMMIT[:39], COMMIT.upper()])
def test_a_branch_or_tag_or_part_of_a_commit_has_no_marker(ref: str) -> None:
    assert checkouts.marker({**GIT, "ref": ref}) is None


def test_without_its_marker_a_source_is_not_looked_at(tmp_path: Path) -> None:
    marker = tmp_path / ".benchmarks-abc"
    command = checkouts.if_whole(["cat", "-"], str(marker))

    def done() -> tuple[int, str]:
        found = subprocess.run(command, input="facts", capture_output=True, text=True, check=False)
        return found.returncode, found.stdout

    code, said = done()
    assert code != 0
    assert said == ""
    marker.touch()
    assert done() == (0, "facts")
