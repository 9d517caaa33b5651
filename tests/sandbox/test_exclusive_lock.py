"""Locks between processes: one holder at a time, also where the holder removes the file."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.exclusive_lock import exclusive, machine_wide


@contextmanager
def waiting_behind(path: Path) -> Iterator[threading.Event]:
    """Hold a lock while somebody else waits for it; set when that one has it, which is after the end of this."""
    taken = threading.Event()

    def take() -> None:
        with exclusive(path):
            taken.set()

    thread = threading.Thread(target=take, daemon=True)
    with exclusive(path):
        thread.start()
        yield taken
    thread.join(10)


def test_whoever_comes_second_waits_for_the_first(tmp_path: Path) -> None:
    with waiting_behind(tmp_path / "lock") as taken:
        assert not taken.wait(0.05)
    assert taken.is_set()


def test_a_holder_may_remove_the_file_and_who_waited_makes_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with waiting_behind(path) as taken:
        assert not taken.wait(0.05)
        path.unlink()
    assert taken.is_set()
    assert path.exists()


def test_a_lock_is_let_go_when_its_holder_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), exclusive(tmp_path / "lock"):
        raise RuntimeError
    with waiting_behind(tmp_path / "lock") as taken:
        pass
    assert taken.is_set()


def test_locks_of_two_subjects_are_two(tmp_path: Path) -> None:
    subjects = [f"{tmp_path.name}-{number}" for number in (1, 2)]
    paths = [Path(f"/tmp/benchmarks-sandbox-{os.getuid()}-{subject}.lock") for subject in subjects]
    try:
        with machine_wide(subjects[0]):
            assert [path.exists() for path in paths] == [True, False]
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
