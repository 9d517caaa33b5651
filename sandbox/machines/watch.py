"""Notification when another process ends, without polling."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Watcher:
    """Calls back from its own thread when a process ends."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = os.pipe()
        self._new: list[tuple[int, Callable[[], None]]] = []
        self._lock = threading.Lock()
        self._selector.register(self._wake_reader, selectors.EVENT_READ)
        threading.Thread(target=self._run, name="watcher", daemon=True).start()

    def on_end(self, pid: int, call: Callable[[], None]) -> None:
        """Call back when the process ends; at once if it has already ended."""
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            call()
            return
        with self._lock:
            self._new.append((handle, call))
        os.write(self._wake_writer, b"\0")

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fd == self._wake_reader:
                    os.read(self._wake_reader, 4096)
                    with self._lock:
                        new, self._new = self._new, []
                    for handle, call in new:
                        self._selector.register(handle, selectors.EVENT_READ, call)
                    continue
                self._selector.unregister(key.fd)
                with contextlib.suppress(OSError):
                    os.close(key.fd)
                try:
                    key.data()
                except Exception:
                    log.exception("a watcher's callback failed")
