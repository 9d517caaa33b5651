"""Messages for users about failed Ansible tasks."""

from __future__ import annotations

import re

from benchmarks.host import failure_causes, ssh_failures
from benchmarks.host.fetch_failures import TaskResult

_UNREACHED = "timed out waiting for ping module test"
_SUDO = re.compile(r"^Missing sudo password|sudo: a password is required|is not in the sudoers file")
_FAREWELL = re.compile(r"^Shared connection to .* closed\.$", re.MULTILINE)
_PREFIXES = ("Task failed: ", "Action failed: ", "Module failed: ")


def is_unanswered(result: TaskResult) -> bool:
    """Whether a task failed since its host did not answer over SSH."""
    return any(
        one.get("unreachable") or sign in str(one.get("msg") or "")
        for one in (result, *result.get("results", []))
        for sign in (_UNREACHED, ssh_failures.UNANSWERED)
    )


def sentence(host: str, task: str, result: TaskResult) -> str:
    """The failure of `task` on `host`: a sentence for the user, and details on the lines below.

    Some of Ansible's interfaces put the role's name before the task's; it is removed.
    """
    name = task.split(" : ")[-1]
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
        return "\n".join([told, *detail])
    return "\n".join([message or f"{name} failed.", *result.get("detail", [])])
