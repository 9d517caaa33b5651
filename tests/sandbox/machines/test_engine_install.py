"""What a user without a container engine is told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.paths import ROOT
from tests.support.live_sandbox import Commands

FAILS = "#!/bin/sh\nexit 1\n"
# Stands for apt: says what it is told, takes its time, and brings the programs.
APT = """#!/bin/sh
here=${0%/*}
echo "$1" >>"$here/told"
[ "$1" = install ] || exit 0
/bin/sleep 0.5
for name in podman runc mmdebstrap; do
    echo '#!/bin/sh' >"$here/$name"
    /bin/chmod 755 "$here/$name"
done
"""


@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("dnf", "Install one with: sudo dnf install -y podman"),
        ("brew", "Install one with: brew install podman && podman machine init && podman machine start"),
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


def test_two_that_start_at_once_install_once(tmp_path: Path) -> None:
    (tmp_path / "apt-get").write_text(APT)
    (tmp_path / "apt-get").chmod(0o755)
    install = [sys.executable, "-c", "from sandbox.machines import engine_install; engine_install.install(print)"]

    both = [subprocess.Popen(install, cwd=ROOT, env={"PATH": str(tmp_path)}) for _ in range(2)]

    assert [process.wait(timeout=60) for process in both] == [0, 0]
    assert (tmp_path / "told").read_text().split() == ["update", "install"]
