"""The inventory has the hosts of the run that a request names, also of one to come back to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.inventory.data import InventoryData

from benchmarks.aws import tags
from benchmarks.paths import ROOT
from benchmarks.runs import parameters_file, record_files, run_layout
from benchmarks.runs.records import Ended, Terminated
from benchmarks.runs.run_id import group_name
from tests.support import records


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


@dataclass
class Found:
    """An EC2 inventory plugin that finds instances of runs, by run and number in it."""

    instances: Mapping[str, tuple[str, str]]

    def parse(self, inventory: InventoryData, *_: Any, **__: Any) -> None:
        for name, (run, number) in self.instances.items():
            group = inventory.add_group(group_name(run))
            inventory.add_host(name, group=group)
            inventory.set_variable(name, "ec2_tags", {tags.RUN: run, tags.HOST: number})


def hosts(monkeypatch: pytest.MonkeyPatch, run: Path, found: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    """The hosts of a run in each group of the inventory, if EC2 has these instances."""
    for variable in ("AWS_REGION", "AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS"):
        monkeypatch.setenv(variable, "")
    module = run_path(str(ROOT / "plugins/inventory/this_run.py"))["InventoryModule"]
    given = {"run_id": run.name, "runs_dir": str(run.parent)}
    seen = module.parse.__globals__
    monkeypatch.setitem(seen, "load_extra_vars", lambda _: given)
    monkeypatch.setitem(seen, "inventory_loader", Mock(get=lambda _: Found(found)))
    plugin = module()
    plugin._read_config_data = lambda _: None
    plugin.get_option = lambda _: "benchmarks.aws_ec2.yml"
    inventory = InventoryData()
    plugin.parse(inventory, Mock(), str(ROOT / "inventory/this_run.yml"))
    inventory.reconcile_inventory()
    return {name: sorted(map(str, group.get_hosts())) for name, group in inventory.groups.items()}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of three hosts, the first of which has been launched, as far as is recorded."""
    parameters_file.freeze(tmp_path / "r1", {"run_id": "r1", "runs_dir": str(tmp_path), "instance_type": "c7i.large"})
    launches = tuple(records.launch_plan(host=number) for number in (1, 2, 3))
    record_files.write(tmp_path / "r1", records.preflight(launches=launches))
    record_files.write(tmp_path / "r1", records.instances("i-1"))
    return tmp_path / "r1"


def test_an_instance_whose_launch_was_not_recorded_is_one_host_and_does_not_wait(
    monkeypatch: pytest.MonkeyPatch, run: Path
) -> None:
    found = hosts(monkeypatch, run, {"i-1": ("r1", "1"), "i-2": ("r1", "2"), "i-9": ("other", "3")})
    assert found["waiting"] == ["host-3"]
    assert found["this_run"] == ["host-3", "i-1", "i-2"]


@pytest.mark.parametrize(
    ("ended", "waiting"),
    [
        (Terminated(instances=(Ended(instance_id="i-1", at=records.STARTED),)), ["host-2", "host-3"]),
        (Terminated(whole=True), []),
        (Terminated(whole=True, launched_anew=True), ["host-2", "host-3"]),
    ],
    ids=["a host", "the run", "the run, which is launched anew"],
)
def test_nothing_of_a_run_that_was_ended_waits_to_be_launched(
    monkeypatch: pytest.MonkeyPatch, run: Path, ended: Terminated, waiting: list[str]
) -> None:
    record_files.write(run, ended)
    assert hosts(monkeypatch, run, {})["waiting"] == waiting
