"""Asking a command on this side whether a host that does not answer is still there."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

# Longer than that, and the host may as well be asked again.
TIMEOUT = 20.0  # seconds
GONE = 1


def gone(command: Sequence[str]) -> str:
    """Why a host is gone, in the words of the command; empty where it is not, where that is unknown, or without one."""
    if not command:
        return ""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == GONE else ""
