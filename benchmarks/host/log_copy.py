"""The controller's copy of a host's log, written as the log is read, so that it survives the loss of the host."""

from __future__ import annotations

from pathlib import Path


class LogCopy:
    """A growing copy of a log. Bytes that cannot be written are kept and written with the next ones."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unwritten = b""

    @property
    def size(self) -> int:
        """The size of the copy in bytes."""
        return self._path.stat().st_size if self._path.exists() else 0

    def read(self, begin: int) -> bytes:
        """The log from byte `begin` on."""
        return self._path.read_bytes()[begin:] if self._path.exists() else b""

    @property
    def told(self) -> str:
        """What to tell the user about the log if the host is gone."""
        return "The log that was read until then is kept." if self.size else "Nothing of its log had been read yet."

    def add(self, new: bytes) -> str | None:
        """Append the bytes that were read. Returns why that failed, or None."""
        self._unwritten += new
        if not self._unwritten:
            return None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab", buffering=0) as file:
                while self._unwritten:
                    self._unwritten = self._unwritten[file.write(self._unwritten) :]
        except OSError as error:
            return f"{self._path} cannot be written: {error.strerror}"
        return None
