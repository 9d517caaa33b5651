"""The copy of a host's log on this side, written while it is read: what was read is kept, whatever comes."""

from __future__ import annotations

from pathlib import Path


class LogCopy:
    """A log that grows. Nothing is lost of what comes later where a part of it cannot be written: it is tried again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unwritten = b""

    @property
    def size(self) -> int:
        """How many bytes of the log are here."""
        return self._path.stat().st_size if self._path.exists() else 0

    def read(self, begin: int) -> bytes:
        """The log from byte `begin` on."""
        return self._path.read_bytes()[begin:] if self._path.exists() else b""

    @property
    def told(self) -> str:
        """What a user can count on whose host is gone."""
        return "What was read of its log until then is kept." if self.size else "Nothing of its log was here by then."

    def add(self, new: bytes) -> str | None:
        """Append what was read; the reason, where it could not be written."""
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
