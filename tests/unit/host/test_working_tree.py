"""What git knows of a local source directory."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.host import working_tree


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


def git(directory: Path, *words: str) -> str:
    command = ["git", "-C", str(directory), "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A crate below the root of a repository, which is committed."""
    crate = tmp_path / "repository/my crate"
    crate.mkdir(parents=True)
    (crate / "lib.rs").write_text("one")
    (crate / "gone.rs").write_text("two")
    (crate.parent / "other").write_text("other")
    git(crate.parent, "init", "--quiet")
    git(crate.parent, "add", ".")
    git(crate.parent, "commit", "--quiet", "-m", "first")
    return crate


def dirty(crate: Path) -> str:
    tree = working_tree.of(crate)
    assert tree
    assert tree.dirty_sha256
    return tree.dirty_sha256


def test_an_unchanged_directory_is_its_commit(crate: Path) -> None:
    (crate.parent / "other").write_text("changed beside it")
    (crate / "target").mkdir()
    (crate / "target/built").write_text("built")
    assert working_tree.of(crate) == working_tree.WorkingTree(git(crate, "rev-parse", "HEAD"), None)


CHANGES: dict[str, Callable[[Path], object]] = {
    "changed": lambda crate: (crate / "lib.rs").write_text("three"),
    "changed otherwise": lambda crate: (crate / "lib.rs").write_text("four"),
    "executable": lambda crate: (crate / "lib.rs").chmod(0o755),
    "new": lambda crate: (crate / "new ü\n.rs").write_text("five"),
    "gone": lambda crate: (crate / "gone.rs").unlink(),
    "link": lambda crate: (crate / "link").symlink_to("lib.rs"),
    "renamed": lambda crate: (crate / "gone.rs").rename(crate / "moved.rs"),
}


def test_each_change_is_told_from_others(crate: Path) -> None:
    found = {}
    for name, change in CHANGES.items():
        change(crate)
        found[name] = dirty(crate)
        assert dirty(crate) == found[name]
        git(crate, "add", ".")
        assert dirty(crate) == found[name], "what is staged is the same change"
        git(crate.parent, "reset", "--quiet", "--hard")
    assert len(set(found.values())) == len(CHANGES)


def test_the_same_change_elsewhere_is_the_same(crate: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(crate.parent), "other")
    for place in (crate, tmp_path / "other/my crate"):
        (place / "lib.rs").write_text("three")
    assert dirty(crate) == dirty(tmp_path / "other/my crate")


def test_ignored_files_and_those_of_another_repository_within_it_count(crate: Path) -> None:
    (crate.parent / ".git/info/exclude").write_text("Cargo.lock\n")
    (crate / "Cargo.lock").write_text("one")
    locked = dirty(crate)
    (crate / "Cargo.lock").unlink()
    git(crate, "init", "--quiet", "inner")
    (crate / "inner/lib.rs").write_text("one")
    first = dirty(crate)
    (crate / "inner/lib.rs").write_text("two")
    assert len({locked, first, dirty(crate)}) == 3


def test_a_directory_that_its_repository_ignores_has_no_commit(crate: Path) -> None:
    (crate / ".gitignore").write_text("generated\n")
    (crate / "generated").mkdir()
    (crate / "generated/lib.rs").write_text("one")
    assert working_tree.of(crate / "generated") is None


def test_variables_that_name_another_repository_do_not_count(
    crate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    tree = working_tree.of(crate)
    monkeypatch.undo()
    assert tree == working_tree.WorkingTree(git(crate, "rev-parse", "HEAD"), None)


def test_without_a_repository_a_commit_or_git_nothing_is_known(
    crate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plain").mkdir()
    assert working_tree.of(tmp_path / "plain") is None
    git(tmp_path / "plain", "init", "--quiet")
    assert working_tree.of(tmp_path / "plain") is None
    assert working_tree.of(tmp_path / "missing") is None
    monkeypatch.setenv("PATH", "/nowhere")
    assert working_tree.of(crate) is None
