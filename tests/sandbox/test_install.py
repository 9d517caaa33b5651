"""What a user without a container engine is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.live_sandbox import Commands

FAILS = "#!/bin/sh\nexit 1\n"


@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("dnf", "Install one by: sudo dnf install -y podman"),
        ("brew", "Install one by: brew install podman && podman machine init && podman machine start"),
        ("docker", "install podman with your system's package manager."),
    ],
)
def test_up_without_an_engine_says_how_to_get_one(
    new_commands: Callable[[], Commands], tmp_path: Path, tool: str, command: str
) -> None:
    # A docker client is no engine: this one says so, as one does that has nothing to talk to.
    (tmp_path / tool).write_text(FAILS)
    (tmp_path / tool).chmod(0o755)

    refused = new_commands().run("up", environment={"PATH": str(tmp_path)})

    assert refused.returncode == 1
    assert "The sandbox needs a container engine" in refused.stderr
    assert command in refused.stderr
