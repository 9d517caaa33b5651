"""Where secrets could have got to: command lines, environments of processes in containers, files, archives."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

INTERVAL = 0.05  # seconds
# A link that was signed with temporary credentials has their token in it, which is of no use without the secret key:
# https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
SIGNED_LINK = re.compile(rb"https?://\S+X-Amz-Signature=[0-9a-f]{64}[^\s\"']*")


@dataclass
class Seen:
    """What processes have shown of themselves, NULs as spaces."""

    arguments: set[bytes] = field(default_factory=set)
    environments: set[bytes] = field(default_factory=set)  # of processes in containers

    def look(self) -> None:
        """Look at all processes that there are now."""
        own = Path("/proc/self/ns/pid").readlink()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended, or is another user's
                self.arguments.add((process / "cmdline").read_bytes().replace(b"\0", b" "))
                if (process / "ns/pid").readlink() != own:
                    self.environments.add((process / "environ").read_bytes().replace(b"\0", b" "))


@contextmanager
def watched_processes() -> Iterator[Seen]:
    """Look at the processes of this machine, those in its containers too, again and again."""
    seen, over = Seen(), threading.Event()

    def watch() -> None:
        while not over.wait(INTERVAL):
            seen.look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def contents(directory: Path) -> dict[str, bytes]:
    """Every file below a directory; those in archives too."""
    found: dict[str, bytes] = {}
    for path in directory.rglob("*"):
        if path.is_file():
            found |= unpacked(str(path), path.read_bytes())
    return found


def unpacked(name: str, content: bytes) -> dict[str, bytes]:
    """A file, with what is in it if it is an archive or compressed."""
    found = {name: content}
    with suppress(tarfile.ReadError), tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            if file := archive.extractfile(member):
                found |= {f"{name}:{member.name}": file.read()}
        return found
    if content.startswith(b"\x1f\x8b"):
        found |= {f"{name}:": gzip.decompress(content)}
    return found


def leaks(secrets: Mapping[str, str], places: Iterable[tuple[str, bytes]]) -> list[str]:
    """Which secret is where, as sentences; as it is, or as it stands in URLs."""
    found = []
    for place, content in places:
        text = SIGNED_LINK.sub(b"", content)
        for name, secret in secrets.items():
            if secret.encode() in text or quote(secret, safe="").encode() in text:
                found.append(f"{name} is in {place}.")
    return found
