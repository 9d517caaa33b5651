"""Calls of ansible-playbook, each in a fork of one process that has imported it: a quarter of the time.

Reads a request a line, `{"argv": […], "environment": {…}}`, and answers with `{"code": …, "output": …}`. As in a
process of its own, each call has its own environment, its own output and whatever it changes for itself.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import Any

from ansible.cli import playbook


def call(argv: list[str], environment: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as output:
        child = os.fork()
        if not child:
            for stream in (1, 2):
                os.dup2(output.fileno(), stream)
            os.environ.clear()
            os.environ.update(environment)
            sys.exit(playbook.main(["ansible-playbook", *argv]))
        _, status = os.waitpid(child, 0)
        output.seek(0)
        return {"code": os.waitstatus_to_exitcode(status), "output": output.read().decode()}


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(call(request["argv"], request["environment"])), flush=True)


if __name__ == "__main__":
    main()
