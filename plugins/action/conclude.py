"""Ends a playbook with the answer "no": what it was asked is told, and its exit code says so too."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """`problem` is the sentence for the user; empty if all is well."""

    _VALID_ARGS = frozenset(("problem",))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        problem = self._task.args["problem"]
        # The callback shows an answer as one, not as a fault of the playbook.
        return {"changed": False, "failed": bool(problem), "msg": problem, "is_answer": bool(problem)}
