"""What Ansible's connection returns of commands."""

from __future__ import annotations

from typing import Any

from benchmarks.host import answers


def told(answer: Any) -> Any:
    """The answer of a host that runs a marked command, and greets who comes; an exception stays as it is."""
    if not isinstance(answer, dict):
        return answer
    return {"rc": 0, "stderr": "", **answer, "stdout": f"Welcome to host\n\n{answers.BEGIN}\n{answer['stdout']}"}
