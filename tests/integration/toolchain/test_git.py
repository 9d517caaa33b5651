"""Source from git: a repository on the host itself."""

from __future__ import annotations

import pytest

from tests.integration.toolchain.conftest import LOGIN, Host

REPOSITORY = f"/home/{LOGIN}/repository"
URL = f"file://{REPOSITORY}"
GIT = f"git -C {REPOSITORY} -c user.name=test -c user.email=test@example.org"
CRATE = (
    r"printf '[package]\nname = \"tiny\"\nversion = \"0.1.0\"\nedition = \"2021\"\n' >Cargo.toml;"
    "mkdir -p src; echo 'pub fn one() -> u8 { 1 }' >src/lib.rs"
)


@pytest.fixture(scope="module")
def commits(host: Host) -> dict[str, str]:
    """Commits of a repository by what names them. None of them has a lock file."""
    host.ssh("sudo apt-get update --quiet=2 && sudo apt-get install --quiet=2 --yes --no-install-recommends git >&2")
    host.ssh(
        f"set -e; rm -rf {REPOSITORY}; git init --quiet --initial-branch=main {REPOSITORY}; cd {REPOSITORY}; {CRATE};"
        f"{GIT} add .; {GIT} commit --quiet -m First; {GIT} tag light; {GIT} tag -a heavy -m Tag;"
        f"echo 'pub fn two() -> u8 {{ 2 }}' >>src/lib.rs; {GIT} commit --quiet -a -m Second;"
        f"{GIT} checkout --quiet -b feature/other light; echo 'pub fn three() -> u8 {{ 3 }}' >>src/lib.rs;"
        f"{GIT} commit --quiet -a -m Third; {GIT} checkout --quiet main"
    )
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
    assert host.ssh(f"git -C {checkout} rev-parse HEAD && git -C {checkout} status --short") == (
        f"{commits[ref]}\n?? Cargo.lock"
    )
    assert host.prepare({"git": URL, "ref": ref}).changed == 0


def test_a_full_commit_is_checked_out_and_never_asked_for_again(host: Host, commits: dict[str, str]) -> None:
    commit = commits["light"]
    source = {"git": URL, "ref": commit}
    assert host.prepare(source).record["host"]["commit"] == commit
    host.ssh(f"mv {REPOSITORY} {REPOSITORY}-away")
    try:
        again = host.prepare(source)
    finally:
        host.ssh(f"mv {REPOSITORY}-away {REPOSITORY}")
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
