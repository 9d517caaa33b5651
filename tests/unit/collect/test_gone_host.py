"""A host that has failed and is gone is not waited for before what it has uploaded is fetched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from benchmarks.paths import ROOT
from benchmarks.runs import failures

GONE = "i-1 is terminated: Taken back. Start a new run."


@pytest.mark.parametrize(
    ("failed", "said", "waits"),
    [(True, GONE, False), (True, "", True), (False, GONE, True)],
    ids=["gone", "there", "without a failure"],
)
def test_a_host_that_is_gone_is_not_waited_for(tmp_path: Path, failed: bool, said: str, waits: bool) -> None:
    if failed:
        failures.record_failure(tmp_path / "r1", "i-1", "Measure", "It does not answer.", "", 1)
    block, *_ = yaml.safe_load((ROOT / "playbooks/tasks/bring_back_attempt.yml").read_text())
    first, collecting = block["block"]
    assert "ansible.builtin.import_role" in collecting
    check = [sys.executable, "-c", f"import sys; print({said!r}); sys.exit({int(bool(said))})"]
    play = {
        "hosts": "i-1",
        "gather_facts": False,
        "vars": {"run_dir": str(tmp_path / "r1"), "this_host": "i-1", "attempt": 1, "host_check": check},
        "tasks": [first, {"name": "Wait", "ansible.builtin.debug": {"msg": "it is waited for"}}],
    }
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "i-1,", str(tmp_path / "play.yml")]
    environment = {**os.environ, "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)
    assert ("it is waited for" in done.stdout) is waits, done.stdout + done.stderr
    assert (GONE in done.stdout) is not waits
