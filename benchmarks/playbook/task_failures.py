"""Messages for users about failed Ansible tasks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from benchmarks.host import failure_causes, ssh_failures
from benchmarks.host.fetch_failures import TaskResult

_UNREACHED = "timed out waiting for ping module test"
_SUDO = re.compile(r"^Missing sudo password|sudo: a password is required|is not in the sudoers file")
_FAREWELL = re.compile(r"^Shared connection to .* closed\.$", re.MULTILINE)
# Jinja's words for what nothing has set: https://jinja.palletsprojects.com/en/stable/api/#undefined-types
_UNDEFINED = re.compile(r" is undefined\b| has no attribute ")
_PREFIXES = ("Task failed: ", "Action failed: ", "Module failed: ")


# The action of a rescue that fails with the same failure in better words.
_RETELLING = ("fail", "ansible.builtin.fail")


class Said:
    """What the user has been told, so that nothing is told twice."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str]] = set()

    def is_new(self, text: str, host: str = "") -> bool:
        """Whether nothing that begins with `text` was said; from now on it was.

        With `host`, it is said of that one, and counts as new if it was said of others only.
        """
        if any(said.startswith(text) for of, said in self._said if host in ("", of)):
            return False
        self._said.add((host, text))
        return True


def is_retelling(task: Any) -> bool:
    """Whether Ansible's `task` fails only to tell in other words what has failed before."""
    return task.action in _RETELLING


def is_told_later(task: Any) -> bool:
    """Whether the failure of Ansible's `task` is told in better words by the rescue of the block that it is in."""
    if is_retelling(task):
        return False
    parent = getattr(task, "_parent", None)
    while parent and not getattr(parent, "rescue", None):
        parent = parent._parent
    rescue = parent.rescue if parent else []
    return any(getattr(one, "action", None) in _RETELLING for one in rescue)


def plain_name(task: str) -> str:
    """A task's name without its role's, which some of Ansible's interfaces put before it."""
    return task.split(" : ")[-1]


def is_unanswered(result: TaskResult) -> bool:
    """Whether a task failed since its host did not answer over SSH."""
    return any(
        one.get("unreachable") or sign in str(one.get("msg") or "")
        for one in (result, *result.get("results", []))
        for sign in (_UNREACHED, ssh_failures.UNANSWERED)
    )


def lacks_a_value(result: TaskResult) -> bool:
    """Whether a task failed since a variable that it names is not there."""
    return bool(_UNDEFINED.search(str(result.get("msg") or "")))


def sentence(host: str, task: str, result: TaskResult) -> str:
    """The failure of `task` on `host`: a sentence for the user, and details on the lines below."""
    name = plain_name(task)
    message = str(result.get("msg") or "").strip()
    while prefix := next((p for p in _PREFIXES if message.startswith(p)), None):
        message = message.removeprefix(prefix)
    if _UNREACHED in message or result.get("unreachable"):
        return ssh_failures.sentence(host, message)
    if _SUDO.search(message):
        return f"The login on {host} may not use sudo without a password, which measuring requires: allow it."
    if items := [item for item in result.get("results", []) if item.get("failed")]:
        return sentence(host, task, items[0])
    if "non-zero return code" in message:
        # Commands run on a terminal have stdout and stderr in one stream, and a line added by ssh.
        errors, said = (str(result.get(key) or "").replace("\r\n", "\n") for key in ("stderr", "stdout"))
        output = _FAREWELL.sub("", errors).strip() or said.strip()
        told, detail = failure_causes.explain(f"{name} failed with exit status {result.get('rc')}.", output)
        return _with_details(told, detail)
    # An action of this tool may say in `next` where to go on.
    followed = _with_details(message or f"{name} failed.", result.get("detail", ()))
    return "\n".join(filter(None, [followed, result.get("next")]))


def _with_details(told: str, detail: Iterable[str]) -> str:
    """A sentence, and below it the lines of a log that explain it."""
    return "\n".join([told, *(f"    {line}" for line in detail)])
