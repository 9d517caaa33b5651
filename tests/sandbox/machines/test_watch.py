"""The end of a process is told at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.machines.watch import Watcher


@contextmanager
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"]) as process:
        try:
            yield process
        finally:
            process.kill()


def test_who_asked_is_called_when_the_process_ends_and_not_before() -> None:
    ended = threading.Event()
    with sleeping() as process:
        Watcher().on_end(process.pid, ended.set)
        assert not ended.wait(0.05)
        process.kill()
        assert ended.wait(10)


def test_the_end_of_a_process_that_is_gone_is_told_without_waiting() -> None:
    with sleeping() as process:
        process.kill()
    told: list[str] = []
    Watcher().on_end(process.pid, lambda: told.append("ended"))
    assert told == ["ended"]


def test_a_call_that_fails_keeps_no_other_from_being_made() -> None:
    def fail() -> None:
        failed.set()
        raise RuntimeError("of the test's own")

    failed, ended = threading.Event(), threading.Event()
    watcher = Watcher()
    with sleeping() as first, sleeping() as second:
        watcher.on_end(first.pid, fail)
        watcher.on_end(second.pid, ended.set)
        first.kill()
        assert failed.wait(10)
        second.kill()
        assert ended.wait(10)
