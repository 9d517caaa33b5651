"""Processes are known again by more than their number, and are ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from sandbox import background_process

Start = Callable[[str], subprocess.Popen[bytes]]
SLEEPS = "import time; print('ready', flush=True); time.sleep(600)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a process that says when it is ready."""
    started: list[subprocess.Popen[bytes]] = []

    def run(script: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-I", "-S", "-c", script], stdout=subprocess.PIPE))
        assert started[-1].stdout
        assert started[-1].stdout.readline() == b"ready\n"
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def test_a_living_process_is_known_again() -> None:
    own = background_process.identify(os.getpid())
    assert own is not None
    assert own.pid == os.getpid()
    assert background_process.is_alive(own)


def test_another_process_of_the_same_number_is_not_taken_for_it() -> None:
    own = background_process.identify(os.getpid())
    assert own is not None
    earlier = replace(own, started="at another time")
    assert not background_process.is_alive(earlier)
    # It would end this very process.
    background_process.end(earlier)


def test_a_process_that_has_ended_is_dead_also_while_nobody_has_asked_for_its_end(start: Start) -> None:
    child = start(SLEEPS)
    found = background_process.identify(child.pid)
    assert found is not None
    background_process.end(found)
    assert not background_process.is_alive(found)
    assert background_process.identify(child.pid) is None
    assert child.wait() == -signal.SIGTERM
    assert background_process.identify(child.pid) is None


def test_a_process_that_does_not_listen_is_made_to_end(start: Start) -> None:
    child = start(DEAF)
    found = background_process.identify(child.pid)
    assert found is not None
    background_process.end(found, timeout=0.05)
    assert not background_process.is_alive(found)
    assert child.wait() == -signal.SIGKILL
