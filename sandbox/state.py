"""What a sandbox stores between commands: its directory and its running process."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.background_process import Process

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")


@dataclass(frozen=True)
class Sandbox:
    """A sandbox's name and paths. Nothing here touches the disk."""

    name: str
    directory: Path

    @property
    def key(self) -> str:
        """A name that is unique in the engine, also for sandboxes of one name in different state directories."""
        return f"benchmarks-{self.name}-{hashlib.sha256(str(self.directory).encode()).hexdigest()[:8]}"

    @property
    def lock(self) -> Path:
        """The lock file, beside the directory so that the holder can remove the directory."""
        return self.directory.with_name(f".{self.name}.lock")

    @property
    def state(self) -> Path:
        return self.directory / "state.json"

    @property
    def settings(self) -> Path:
        return self.directory / "settings.json"

    @property
    def socket(self) -> Path:
        return self.directory / "endpoint.sock"

    @property
    def machines(self) -> Path:
        return self.directory / "machines"

    @property
    def log(self) -> Path:
        return self.directory / "endpoint.log"

    @property
    def requests_log(self) -> Path:
        return self.directory / "requests.log"


@dataclass(frozen=True)
class State:
    """A started endpoint: what other commands need to reach, show and stop it."""

    process: Process
    endpoint_url: str
    region: str
    account_id: str
    access_key_id: str
    secret_access_key: str
    admin_token: str
    ssh_port: int
    engine: str
    image: str

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> State:
        """Read what `to_json` wrote. Raises ValueError or TypeError for anything else."""
        values = json.loads(text)
        return cls(**{**values, "process": Process(**values["process"])})


def root() -> Path:
    """The directory that holds this user's sandboxes, one directory each."""
    base = os.environ.get("XDG_STATE_HOME", "")
    home = Path(base) if base.startswith("/") else Path.home() / ".local" / "state"
    return home / "benchmarks" / "sandbox"


def named(name: str) -> Sandbox:
    """The sandbox of that name. Raises ValueError, in a sentence for the user, for an invalid name."""
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"A sandbox cannot be named {name!r}: use up to 32 lowercase letters, digits and inner hyphens."
        )
    return Sandbox(name, root() / name)


def read(sandbox: Sandbox) -> State | None:
    """The state that the last start wrote, or None if it is missing or unreadable."""
    try:
        return State.from_json(sandbox.state.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file atomically, readable by its owner only."""
    data = content.encode() if isinstance(content, str) else content
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    scratch.replace(path)


def make_private(directory: Path) -> None:
    """Create a directory with mode 0700; its parents are created with the usual mode."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    directory.mkdir(mode=0o700, exist_ok=True)
    directory.chmod(0o700)
