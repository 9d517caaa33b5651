"""The controller's copy of a host's log, written as the log is read, so that it survives the loss of the host."""

from __future__ import annotations

from pathlib import Path

# What is read of a log to say how far it is, or why it failed. Logs of builds and benchmarks are far shorter.
LONGEST = 2**24  # bytes


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
        """The log from byte `begin` on, also what could not be written; of a long one the last LONGEST bytes."""
        written = self.size
        begin = max(begin, written + len(self._unwritten) - LONGEST)
        if begin >= written:
            return self._unwritten[begin - written :]
        with self._path.open("rb") as file:
            file.seek(begin)
            return file.read() + self._unwritten

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
