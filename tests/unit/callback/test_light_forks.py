"""What a playbook does so that the processes of its tasks are cheap."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.paths import ROOT

# In a process of its own, since it concerns all that this one would fork.
PROGRAM = """
import gc, os, sys
from ansible.plugins.loader import callback_loader
callback_loader.add_directory(sys.argv[1])
callback_loader.get("light_forks").v2_playbook_on_start(None)
if child := os.fork():
    frozen_in_child = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(frozen_in_child, gc.get_freeze_count())
else:
    os._exit(gc.get_freeze_count() > 10_000)
"""


def test_what_a_task_inherits_is_kept_from_its_garbage_collector_and_can_be_freed_here() -> None:
    command = [sys.executable, "-c", PROGRAM, str(ROOT / "plugins/callback")]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    assert done.stdout == "1 0\n"
