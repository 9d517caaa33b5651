"""Several requests at once: their order, their number, their errors, and that none keeps the process from ending."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from benchmarks.sources import at_once


def test_results_are_in_the_order_of_the_items_whichever_ends_first() -> None:
    second = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second.wait(20)
        second.set()
        return item * 2

    assert list(at_once.each_of([0, 1, 2], work, "Working")) == [0, 2, 4]


def test_as_many_as_the_limit_are_worked_on_and_not_more() -> None:
    lock, running, most = threading.Lock(), 0, 0
    # Opens when so many are there, and fails if they do not come.
    together = threading.Barrier(at_once.LIMIT)

    def work(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(20)
        with lock:
            running -= 1

    for _ in at_once.each_of(range(5 * at_once.LIMIT), work, "Working"):
        pass
    assert running == 0
    assert most == at_once.LIMIT


def test_an_error_is_that_of_the_first_item_that_had_one() -> None:
    def work(item: int) -> int:
        if item:
            raise ValueError(str(item))
        return item

    with pytest.raises(ValueError, match="1"):
        list(at_once.each_of([0, 1, 2], work, "Working"))


def test_what_is_still_worked_on_does_not_keep_the_process_from_ending() -> None:
    program = (
        "import threading\n"
        "from benchmarks.sources import at_once\n"
        "work = lambda item: item and threading.Event().wait()\n"
        "for done in at_once.each_of(range(at_once.LIMIT), work, 'Working'):\n"
        "    raise SystemExit(7)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], stdin=subprocess.DEVNULL, timeout=30)
    assert ended.returncode == 7
