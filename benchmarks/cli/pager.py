"""Showing a long text on a terminal by the user's pager, and on anything else as it is."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping

# -R keeps colours; -S cuts lines at the screen's edge, where arrow keys scroll, instead of breaking them.
DEFAULT = ("less", "-R", "-S")


def command(environment: Mapping[str, str]) -> list[str] | None:
    """The pager to use: $PAGER, else less; None where there is none, or the user wants none."""
    words = list(DEFAULT)
    if "PAGER" in environment:
        try:
            words = shlex.split(environment["PAGER"])
        except ValueError:
            return None
    if not words or words == ["cat"] or not shutil.which(words[0], path=environment.get("PATH")):
        return None
    return words


def show(text: str, width: int, environment: Mapping[str, str]) -> None:
    """Print `text`, whose longest line has `width` characters, by a pager where it exceeds the terminal's screen."""
    if sys.stdout.isatty():
        screen = shutil.get_terminal_size()
        long = text.count("\n") >= screen.lines or width > screen.columns
        pager = command(environment) if long else None
        if pager and _page(text, pager, environment):
            return
    sys.stdout.write(text)
    sys.stdout.flush()


def _page(text: str, pager: list[str], environment: Mapping[str, str]) -> bool:
    """Whether the pager could be started."""
    # A user's own less gets what the default one is told, unless the user tells it something else.
    settings = {"LESS": "RS", **environment}
    try:
        process = subprocess.Popen(pager, stdin=subprocess.PIPE, env=settings)
    except OSError:
        return False
    # Ctrl-C is for the pager, which stops a search by it.
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.communicate(text.encode(errors="replace"))
    finally:
        signal.signal(signal.SIGINT, handler)
    return True
