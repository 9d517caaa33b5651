"""A machine's share of this computer's processors and memory."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """What a machine asked for and what it got; memory in MiB."""

    asked_processors: int
    asked_memory_mib: int
    processors: tuple[int, ...]
    memory_mib: int

    @property
    def is_full(self) -> bool:
        return len(self.processors) == self.asked_processors and self.memory_mib == self.asked_memory_mib


class Computer:
    """This computer's processors and memory, shared between machines. Memory may be overcommitted."""

    def __init__(self, processors: Sequence[int], memory_mib: int) -> None:
        self._load = dict.fromkeys(processors, 0)
        self._memory_mib = memory_mib
        self._lock = threading.Lock()

    @classmethod
    def of_here(cls) -> Computer:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return cls(sorted(os.sched_getaffinity(0)), pages // 1024**2)

    def give(self, processors: int, memory_mib: int) -> Share:
        """A share, on the processors with the fewest machines; all processors if more are asked for."""
        with self._lock:
            chosen = sorted(self._load, key=lambda number: (self._load[number], number))[:processors]
            for number in chosen:
                self._load[number] += 1
        return Share(processors, memory_mib, tuple(sorted(chosen)), min(memory_mib, self._memory_mib))

    def take_back(self, share: Share) -> None:
        with self._lock:
            for number in share.processors:
                self._load[number] -= 1
