"""Looks at a host of which there is a record: one command keeps third-party code apart there, and prints the facts."""

from __future__ import annotations

import shlex
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.host import answers

# What keeps the code apart has to be there before anything of it runs. Whatever had to be made is printed: nothing else
# is known then.
_LOOK = 'made=$({isolation} </dev/null) && [ -z "$made" ] && exec {facts}; status=$?; printf "%s" "$made"; exit $status'


class ActionModule(ActionBase):
    """`isolation` and `facts` are commands of root's; the latter gets `stdin`, and may print on stdout alone.

    Returns whether nothing had to be made and the facts are `told`, in `stdout`. Whatever else is found is no failure.
    """

    _VALID_ARGS = frozenset(("isolation", "facts", "stdin"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        look = _LOOK.format(isolation=shlex.join(args["isolation"]), facts=shlex.join(args["facts"]))
        command = answers.marked(shlex.join(["/bin/sh", "-c", look]))
        answer = answers.read(self._low_level_execute_command(command, in_data=str(args["stdin"]).encode()))
        told = answer.succeeded
        return {"changed": not told and "Made " in answer.told, "told": told, "stdout": answer.told}
