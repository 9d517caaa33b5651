"""Show long text in the user's pager on a terminal, and print it unchanged otherwise."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping

# -R keeps colours; -S cuts long lines at the edge of the screen, for scrolling by arrow keys, instead of wrapping.
DEFAULT = ("less", "-R", "-S")


def command(environment: Mapping[str, str]) -> list[str] | None:
    """The pager's command: $PAGER, else less. None if it is not installed, or the user has turned it off."""
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
    """Print `text`, in a pager if it exceeds the screen of a terminal. `width` is its longest line, in characters."""
    if sys.stdout.isatty():
        screen = shutil.get_terminal_size()
        long = text.count("\n") >= screen.lines or width > screen.columns
        pager = command(environment) if long else None
        if pager and _page(text, pager, environment):
            return
    sys.stdout.write(text)
    sys.stdout.flush()


def _page(text: str, pager: list[str], environment: Mapping[str, str]) -> bool:
    """Show `text` in the pager. Returns whether it could be started."""
    # The default options also apply if $PAGER is less, unless the user has set LESS.
    settings = {"LESS": "RS", **environment}
    try:
        process = subprocess.Popen(pager, stdin=subprocess.PIPE, env=settings)
    except OSError:
        return False
    # Leave Ctrl-C to the pager, where it stops a search.
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.communicate(text.encode(errors="replace"))
    finally:
        signal.signal(signal.SIGINT, handler)
    return True
