"""What machines get of this computer's processors and memory."""

from __future__ import annotations

from sandbox.machines.shares import Computer


def test_machines_are_spread_over_the_processors() -> None:
    computer = Computer([0, 1, 4], 8192)
    assert [computer.give(1, 512).processors for _ in range(4)] == [(0,), (1,), (4,), (0,)]


def test_a_processor_that_was_taken_back_is_the_next_to_be_given() -> None:
    computer = Computer([0, 1], 8192)
    first, second = computer.give(1, 512), computer.give(1, 512)
    computer.take_back(second)
    assert computer.give(1, 512).processors == second.processors != first.processors


def test_more_than_there_is_cannot_be_given_and_the_share_says_so() -> None:
    computer = Computer([0, 1], 8192)
    share = computer.give(4, 16384)
    assert (share.processors, share.memory_mib, share.is_full) == ((0, 1), 8192, False)
    assert (share.asked_processors, share.asked_memory_mib) == (4, 16384)
    assert computer.give(2, 8192).is_full


def test_this_computer_has_processors_and_memory() -> None:
    share = Computer.of_here().give(1, 1)
    assert share.is_full
