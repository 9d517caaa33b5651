"""What a sandbox remembers between commands, and who may read it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sandbox import state
from sandbox.state import Sandbox
from tests.support.sandbox_state import STATE


@pytest.mark.parametrize("name", ["default", "a", "test-1", "a" * 32])
def test_a_sandbox_has_a_directory_of_its_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert state.named(name) == Sandbox(name, Path("/state/benchmarks/sandbox") / name)


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a/b", "..", "a b", "a" * 33])
def test_a_name_that_can_be_none_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(
        ValueError, match=r"^A sandbox cannot be named '.*': use up to 32 lowercase letters, digits and"
    ):
        state.named(name)


@pytest.mark.parametrize("variable", ["", "relative/state"])
def test_sandboxes_live_in_the_home_directory_unless_an_absolute_path_is_named(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_STATE_HOME", variable)
    assert state.root() == Path("/home/me/.local/state/benchmarks/sandbox")


def test_sandboxes_of_one_name_in_two_places_have_two_keys() -> None:
    keys = {Sandbox("default", Path(place)).key for place in ("/one/default", "/two/default", "/one/default")}
    assert len(keys) == 2
    assert all(key.startswith("benchmarks-default-") for key in keys)


def test_the_lock_is_outside_the_directory_that_its_holder_removes() -> None:
    box = Sandbox("default", Path("/state/default"))
    assert box.lock.parent == box.directory.parent


def test_a_state_is_read_as_it_was_written_and_its_owners_alone(tmp_path: Path) -> None:
    box = Sandbox("one", tmp_path / "deep/one")
    state.make_private(box.directory)
    state.write_private(box.state, STATE.to_json())
    assert state.read(box) == STATE
    assert stat.S_IMODE(box.directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(box.state.stat().st_mode) == 0o600
    assert [path.name for path in box.directory.iterdir()] == ["state.json"]


def test_a_directory_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir(mode=0o755)
    state.make_private(tmp_path / "one")
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o700


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"process": {"pid": 7}}', '{"process": 7}'])
def test_a_state_that_is_gone_or_damaged_is_none(tmp_path: Path, content: str | None) -> None:
    box = Sandbox("one", tmp_path)
    if content is not None:
        box.state.write_text(content)
    assert state.read(box) is None
