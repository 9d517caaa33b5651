"""Source from git: a repository on the host itself."""

from __future__ import annotations

import pytest

from tests.integration.conftest import CRATES
from tests.integration.toolchain.conftest import Host

# Git fetches from no repository that belongs to another user than the one that fetches.
REPOSITORY = "/srv/repository"
URL = f"file://{REPOSITORY}"
AS_USER = "sudo -u benchmarks-code"
GIT = f"{AS_USER} git -C {REPOSITORY} -c user.name=test -c user.email=test@example.org"
CRATE = """
printf '[package]\\nname = "tiny"\\nversion = "0.1.0"\\nedition = "2021"\\n' >Cargo.toml
mkdir -p src; echo 'pub fn one() -> u8 { 1 }' >src/lib.rs
"""


@pytest.fixture(scope="module")
def commits(host: Host) -> dict[str, str]:
    """Commits of a repository by what names them. None of them has a lock file."""
    assert host.prepare({"path": str(CRATES / "tiny")}).result.code == 0  # it makes the user and installs git
    git = GIT.removeprefix(AS_USER)
    made = (
        f"set -e; git init --quiet --initial-branch=main {REPOSITORY}; cd {REPOSITORY}; {CRATE}"
        f"{git} add .; {git} commit --quiet -m First; {git} tag light; {git} tag -a heavy -m Tag;"
        f"echo 'pub fn two() -> u8 {{ 2 }}' >>src/lib.rs; {git} commit --quiet -a -m Second;"
        f"{git} checkout --quiet -b feature/other light; echo 'pub fn three() -> u8 {{ 3 }}' >>src/lib.rs;"
        f"{git} commit --quiet -a -m Third; {git} checkout --quiet main"
    )
    host.ssh(f"sudo rm -rf {REPOSITORY}; sudo install -d -o benchmarks-code -g benchmarks-code {REPOSITORY}")
    host.ssh(f"cd {REPOSITORY} && {AS_USER} sh -s", made)
    names = ("main", "light", "heavy", "feature/other")
    return {name: host.ssh(f"{GIT} rev-parse '{name}^{{commit}}'") for name in names}


@pytest.mark.parametrize("ref", ["main", "light", "heavy", "feature/other"])
def test_the_commit_of_a_branch_or_tag_is_checked_out_and_recorded(
    host: Host, commits: dict[str, str], ref: str
) -> None:
    record = host.prepare({"git": URL, "ref": ref}).record
    assert record["source"] == {"git": URL, "ref": ref}
    assert record["host"]["commit"] == commits[ref]
    checkout = record["cargo"]["directory"]
    git = f"{AS_USER} git -C {checkout}"
    assert host.ssh(f"cd /; {git} rev-parse HEAD && {git} status --short") == (f"{commits[ref]}\n?? Cargo.lock")
    assert host.prepare({"git": URL, "ref": ref}).changed == 0


def test_a_full_commit_is_checked_out_and_never_asked_for_again(host: Host, commits: dict[str, str]) -> None:
    commit = commits["light"]
    source = {"git": URL, "ref": commit}
    assert host.prepare(source).record["host"]["commit"] == commit
    host.ssh(f"sudo mv {REPOSITORY} {REPOSITORY}-away")
    try:
        again = host.prepare(source)
    finally:
        host.ssh(f"sudo mv {REPOSITORY}-away {REPOSITORY}")
    assert again.record["host"]["commit"] == commit
    assert again.changed == 0


def test_a_branch_that_has_moved_is_followed(host: Host, commits: dict[str, str]) -> None:
    host.ssh(f"{GIT} branch --force moving {commits['light']}")
    source = {"git": URL, "ref": "moving"}
    assert host.prepare(source).record["host"]["commit"] == commits["light"]
    host.ssh(f"{GIT} branch --force moving {commits['main']}")
    moved = host.prepare(source)
    assert moved.record["host"]["commit"] == commits["main"]
    assert "two" in host.ssh(f"cat {moved.record['cargo']['directory']}/src/lib.rs")


@pytest.mark.parametrize("ref", ["nosuch", "0123456789abcdef0123456789abcdef01234567"])
def test_a_ref_that_there_is_not_is_told_in_one_sentence(host: Host, commits: dict[str, str], ref: str) -> None:
    for _ in range(2):  # what the first attempt leaves behind does not change what the second one says
        failed = host.prepare({"git": URL, "ref": ref})
        assert failed.result.code != 0
        assert f"{URL} has no branch, tag or commit {ref}." in failed.said


def test_a_repository_that_there_is_not_is_told_in_one_sentence(host: Host, commits: dict[str, str]) -> None:
    failed = host.prepare({"git": f"{URL}-nowhere", "ref": "main"})
    assert failed.result.code != 0
    assert (
        f"{URL}-nowhere cannot be fetched: '{REPOSITORY}-nowhere' does not appear to be a git repository."
        in failed.said
    )
