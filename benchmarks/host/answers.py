"""What a command has printed on a host, told apart from what is printed there before it.

bash reads the login's ~/.bashrc also for a command of ssh's, and some systems have such a file for all users: it may
greet whoever comes (https://www.gnu.org/software/bash/manual/html_node/Bash-Startup-Files.html). A privileged command
runs in a terminal, where sudo may print a line first, as "unable to resolve host". Ansible's modules pass over that by
themselves; a command that is run without a module prints the line BEGIN before anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BEGIN = "== the answer =="
_FAREWELL = "Shared connection to "  # of ssh's own, when a terminal is closed


@dataclass(frozen=True)
class Answer:
    """What a `marked` command has `told`, and what the host `said` that may explain a failure, in one line."""

    succeeded: bool
    told: str
    said: str


def marked(command: str) -> str:
    """The shell command that prints BEGIN, then does the same as `command`, with its exit status."""
    return f"echo '{BEGIN}'; {command}"


def read(result: Mapping[str, Any]) -> Answer:
    """The answer to a `marked` command, from what Ansible's connection has returned of it.

    Without BEGIN, the command was not run, whatever the exit status is.
    """
    before, told = apart(str(result["stdout"]), BEGIN)
    # A terminal merges stdout and stderr.
    said = _without_farewell(str(result["stderr"])) or _without_farewell(before if told is None else told)
    return Answer(not result["rc"] and told is not None, told or "", said)


def apart(printed: str, mark: str) -> tuple[str, str | None]:
    """What was printed before the last line `mark`, and after it; None if there is none."""
    # A terminal adds a carriage return to each line. What was printed first may not have ended its line.
    lines = printed.splitlines(keepends=True)
    at = max((at for at, line in enumerate(lines) if line.rstrip("\r\n").endswith(mark)), default=None)
    if at is None:
        return printed, None
    return "".join(lines[:at]), "".join(lines[at + 1 :])


def _without_farewell(text: str) -> str:
    return " ".join(" ".join(line for line in text.splitlines() if not line.startswith(_FAREWELL)).split())
