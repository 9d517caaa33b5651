"""What a failed Ansible task says to a user."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from benchmarks import causes

_UNREACHED = "timed out waiting for ping module test"
_FAREWELL = re.compile(r"^Shared connection to .* closed\.$", re.MULTILINE)
_PREFIXES = ("Task failed: ", "Action failed: ", "Module failed: ")


def sentence(host: str, task: str, result: Mapping[str, Any]) -> str:
    """The failure of `task` on `host` in a user's words: a sentence, and below it what explains it.

    Some of Ansible's interfaces put the role before a task's name; that of the task alone is the same in all of them.
    """
    name = task.split(" : ")[-1]
    message = str(result.get("msg") or "").strip()
    while prefix := next((p for p in _PREFIXES if message.startswith(p)), None):
        message = message.removeprefix(prefix)
    if _UNREACHED in message or result.get("unreachable"):
        return f"{host} does not answer over SSH: {_cause(message)}"
    if items := [item for item in result.get("results", []) if item.get("failed")]:
        return sentence(host, task, items[0])
    if "non-zero return code" in message:
        # Some commands get a terminal, where all output is one stream and ssh adds a line of its own.
        errors, said = (str(result.get(key) or "").replace("\r\n", "\n") for key in ("stderr", "stdout"))
        output = _FAREWELL.sub("", errors).strip() or said.strip()
        told, detail = causes.explain(f"{name} failed with exit status {result.get('rc')}.", output)
        return "\n".join([told, *detail])
    return "\n".join([message or f"{name} failed.", *result.get("detail", [])])


def _cause(message: str) -> str:
    return (
        message.removeprefix(_UNREACHED).strip(": ").replace("Failed to connect to the host via ssh: ", "")
        or "no connection."
    )
