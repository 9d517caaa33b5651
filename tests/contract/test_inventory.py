"""The inventory has the hosts of the run that a request names, also of one to come back to."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.inventory.data import InventoryData

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


def test_an_instance_whose_launch_is_not_recorded_is_not_listed_beside_the_host_that_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = importlib.util.spec_from_file_location("this_run", ROOT / "plugins/inventory/this_run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    inventory = InventoryData()
    inventory.add_group("launched")

    def parse(inventory: InventoryData, *_: Any, **__: Any) -> None:
        inventory.add_group("run_r1")
        for number in (1, 2):
            inventory.add_host(f"i-{number}", group="run_r1")
            inventory.set_variable(f"i-{number}", "ec2_tags", {"benchmarks:host": str(number)})

    monkeypatch.setattr(module.inventory_loader, "get", lambda name: SimpleNamespace(parse=parse))
    module.InventoryModule()._add_instances(inventory, None, Path("i.aws_ec2.yml"), "r1", ("host-2", "host-3"))
    inventory.reconcile_inventory()
    assert [host.name for host in inventory.groups["launched"].get_hosts()] == ["i-1"]
    assert "i-2" not in inventory.hosts
