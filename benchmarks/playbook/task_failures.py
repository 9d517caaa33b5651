"""What a failed Ansible task says to a user."""

from __future__ import annotations

import re

from benchmarks.host import failure_causes, remedies
from benchmarks.host.fetch_failures import TaskResult

_UNREACHED = "timed out waiting for ping module test"
# What Ansible puts before ssh's own words.
_PREAMBLE = re.compile(
    r"Failed to connect to the host via ssh: |Data could not be sent to remote host \".*?\"\. "
    r"Make sure this host can be reached over ssh: "
)
# Ansible's words for what its module that tests a connection did not answer.
_SILENT = "'ping'"
_SUDO = re.compile(r"^Missing sudo password|sudo: a password is required|is not in the sudoers file")
_FAREWELL = re.compile(r"^Shared connection to .* closed\.$", re.MULTILINE)
_PREFIXES = ("Task failed: ", "Action failed: ", "Module failed: ")


def sentence(host: str, task: str, result: TaskResult) -> str:
    """The failure of `task` on `host` in a user's words: a sentence, and below it what explains it.

    Some of Ansible's interfaces put the role before a task's name; that of the task alone is the same in all of them.
    """
    name = task.split(" : ")[-1]
    message = str(result.get("msg") or "").strip()
    while prefix := next((p for p in _PREFIXES if message.startswith(p)), None):
        message = message.removeprefix(prefix)
    if _UNREACHED in message or result.get("unreachable"):
        said = message.removeprefix(_UNREACHED).strip(": ")
        if said == _SILENT:
            return f"{host} answers over SSH, but runs no Python: the login needs a shell, and the machine python3."
        return f"{host} does not answer over SSH: {_cause(said)}"
    if _SUDO.search(message):
        return f"The login on {host} may not use sudo without a password, which measuring needs: allow it."
    if items := [item for item in result.get("results", []) if item.get("failed")]:
        return sentence(host, task, items[0])
    if "non-zero return code" in message:
        # Some commands get a terminal, where all output is one stream and ssh adds a line of its own.
        errors, said = (str(result.get(key) or "").replace("\r\n", "\n") for key in ("stderr", "stdout"))
        output = _FAREWELL.sub("", errors).strip() or said.strip()
        told, detail = failure_causes.explain(f"{name} failed with exit status {result.get('rc')}.", output)
        return "\n".join([told, *detail])
    return "\n".join([message or f"{name} failed.", *result.get("detail", [])])


def _cause(message: str) -> str:
    """What ssh said last, and what to do about all that it said where that is known."""
    whole = _PREAMBLE.sub("", message).strip() or "no connection."
    said, remedy = whole.splitlines()[-1].strip(), remedies.of_ssh(whole)
    return f"{said.removesuffix('.')}. {remedy}" if remedy else said
