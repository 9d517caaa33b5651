"""What a playbook does so that the processes of its tasks are cheap."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

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


def test_what_filters_import_is_imported_once_for_all_tasks(tmp_path: Path) -> None:
    tasks = [{"name": "Look", "ansible.builtin.debug": {"msg": "{{ '/nowhere' | run_failures }}"}}] * 3
    playbook = tmp_path / "look.yml"
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    done = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", str(playbook)],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path), "PYTHONPROFILEIMPORTTIME": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    imported = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "import time:" in line]
    assert imported.count("benchmarks.readers.host_readings") == 1
