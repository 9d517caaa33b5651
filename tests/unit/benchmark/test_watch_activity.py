"""The notes that are taken on a log beside a measurement."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from benchmarks.host import activity
from benchmarks.host.activity import Look
from benchmarks.paths import ROOT

SCRIPT = ROOT / "roles/benchmark/files/watch_activity.py"
Start = Callable[..., subprocess.Popen[bytes]]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Host:
    def __init__(self, root: Path) -> None:
        self.log, self.notes, self.stat = root / "log", root / "notes", root / "stat"
        self.stat.write_text("cpu  10 20 30 400 5 6 7 8 1 2\ncpu0 1 1 1 1 1 1 1 1 1 1\n")

    @property
    def looks(self) -> tuple[Look, ...]:
        return activity.read(self.notes.read_text()) if self.notes.exists() else ()

    @property
    def sizes(self) -> list[int]:
        return [look.size for look in self.looks]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.fixture
def start(host: Host) -> Iterator[Start]:
    """Starts watchers, which end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(parent: int | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, *map(str, (SCRIPT, parent or os.getpid(), host.log, host.notes, host.stat))]
        started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_look_is_noted_at_the_start_when_the_log_grows_and_at_the_end(host: Host, start: Start) -> None:
    host.log.write_text("built\n")
    before = datetime.now(UTC)
    watcher = start()
    wait_for(lambda: host.sizes == [6])
    host.stat.write_text("cpu  11 20 30 500 5 6 7 9 1 2\n")
    host.log.write_text("built\nBenchmarking one\n")
    wait_for(lambda: host.sizes == [6, 23])
    # Nothing is written as long as the log is the same.
    time.sleep(1.5)
    watcher.terminate()
    assert watcher.wait(timeout=10) == 0
    assert host.sizes == [6, 23, 23]
    # Guests' time is part of that of users.
    assert [(look.steal, look.total) for look in host.looks] == [(8, 486), (9, 588), (9, 588)]
    times = [look.at for look in host.looks]
    assert times == sorted(times)
    assert (times[0] - before).total_seconds() > -0.001


def test_what_is_written_just_before_the_end_is_noted(host: Host, start: Start) -> None:
    watcher = start()
    wait_for(lambda: host.sizes == [0])
    host.log.write_text("one")
    watcher.send_signal(signal.SIGTERM)
    watcher.wait(timeout=10)
    assert host.sizes == [0, 3]


def test_notes_of_a_unit_that_is_started_again_are_added(host: Host, start: Start) -> None:
    for _ in range(2):
        count = len(host.looks)
        watcher = start()
        wait_for(lambda count=count: len(host.looks) > count)  # type: ignore[misc]
        watcher.terminate()
        watcher.wait(timeout=10)
    assert host.sizes == [0, 0, 0, 0]


def test_it_ends_with_its_parent(host: Host, start: Start) -> None:
    watcher = start(parent=os.getppid())
    assert watcher.wait(timeout=10) == 0
    assert len(host.looks) == 2


def test_it_goes_on_where_it_cannot_write(host: Host, start: Start) -> None:
    host.notes.mkdir()
    watcher = start()
    time.sleep(1.5)
    assert watcher.poll() is None
    host.notes.rmdir()
    host.log.write_text("one")
    wait_for(lambda: host.sizes == [3])


def test_a_measurement_is_watched_until_it_ends_and_no_longer(host: Host) -> None:
    script = f'echo begun >>"{host.log}"; sleep 1.2; echo ended >>"{host.log}"; exit 5'
    command = activity.watched(
        ("/bin/sh", "-c", script), sys.executable, SCRIPT.read_text(), str(host.log), str(host.notes)
    )
    assert subprocess.run(command, stdin=subprocess.DEVNULL, timeout=60).returncode == 5
    assert watchers(host) == []
    assert host.sizes[0] == 0
    assert host.sizes[-1] == 12
    span = activity.between(host.looks, 0, 12)
    assert span
    assert timedelta(0) <= span.ended - span.started < timedelta(seconds=10)


def watchers(host: Host) -> list[int]:
    """The processes that have this test's notes among their arguments."""
    return [one.pid for one in psutil.process_iter(["cmdline"]) if str(host.notes) in (one.info["cmdline"] or ())]
