"""The inventory has the hosts of the run that a request names, also of one to come back to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.paths import ROOT
from benchmarks.runs import parameters_file, run_layout


@pytest.mark.parametrize("settled", [True, False])
def test_plain_ansible_comes_back_to_a_machine_of_a_run_that_was_never_planned(tmp_path: Path, settled: bool) -> None:
    given = {"run_id": "r1", "runs_dir": str(tmp_path)}
    asked = {**given, "suite": "plonky2-quick", "host": "me@192.0.2.7"}
    if settled:
        parameters_file.freeze(tmp_path / "r1", asked)
    else:
        parameters_file.Request(tmp_path / "r1").write(asked)
        run_layout.holder(tmp_path / "r1", run_layout.WRAPPER).write_text("{}")
    listed = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-inventory"), "--list", "-e", json.dumps(given)],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    assert json.loads(listed)["existing_host"] == {"hosts": ["192.0.2.7"]}
