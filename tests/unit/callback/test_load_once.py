"""Tasks find the filters loaded, whatever process carries them out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.paths import ROOT


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
