"""Looks at a host of which there is a record: one command keeps third-party code apart there, and prints the facts."""

from __future__ import annotations

import shlex
from typing import Any

from ansible.plugins.action import ActionBase

# What keeps the code apart has to be there before anything of it runs. Whatever had to be made is printed: nothing else
# is known then.
_LOOK = 'made=$({isolation} </dev/null) && [ -z "$made" ] && exec {facts}; status=$?; printf "%s" "$made"; exit $status'


class ActionModule(ActionBase):
    """`isolation` and `facts` are commands of root's; the latter gets `stdin`, and may print on stdout alone.

    Returns `rc`, which is 0 if the facts in `stdout` are all that there is to say.
    """

    _VALID_ARGS = frozenset(("isolation", "facts", "stdin"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        look = _LOOK.format(isolation=shlex.join(args["isolation"]), facts=shlex.join(args["facts"]))
        answer = self._low_level_execute_command(
            shlex.join(["/bin/sh", "-c", look]), in_data=str(args["stdin"]).encode()
        )
        made = bool(answer["rc"]) and "Made " in answer["stdout"]
        return {"changed": made, "rc": answer["rc"], "stdout": answer["stdout"]}
