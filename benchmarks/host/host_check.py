"""Asks a command on the controller whether a host that does not answer still exists."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

# After that, connecting to the host again is the better check.
TIMEOUT = 20.0  # seconds
GONE = 1


def gone(command: Sequence[str]) -> str:
    """Why a host is gone, as printed by `command`; empty if it is not, if that is unknown, or if `command` is empty."""
    if not command:
        return ""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == GONE else ""
