"""Where a run is on a host, and what its units are called."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from benchmarks.aws import tags
from benchmarks.host import attempt_files, host_layout
from benchmarks.paths import ROOT
from benchmarks.runs import run_layout


def test_a_run_has_a_directory_and_units_of_its_own() -> None:
    assert host_layout.run_directory("r1") == "/var/lib/benchmarks/runs/r1"
    assert host_layout.run_directory("r1", "/srv/b") == "/srv/b/runs/r1"
    assert host_layout.unit_prefix("r1") == "benchmarks-r1"


@pytest.mark.parametrize(("role", "name"), [("collect", "collect_directory"), ("toolchain", "toolchain_directory")])
def test_roles_have_the_same_directory_by_default(role: str, name: str) -> None:
    defaults = yaml.safe_load((ROOT / f"roles/{role}/defaults/main.yml").read_text())
    assert defaults[name] == host_layout.DIRECTORY


def test_check_mode_looks_for_the_user_that_is_made() -> None:
    variables = yaml.safe_load((ROOT / "roles/toolchain/vars/main.yml").read_text())
    assert variables["__toolchain_user"] == host_layout.CODE_USER


def test_what_is_collected_has_the_same_names_on_host_and_controller() -> None:
    names = [host_layout.LOG, host_layout.ACTIVITY, host_layout.STOPPED, host_layout.CRITERION]
    assert attempt_files.found_command("/a")[-4:] == names
    assert names == [run_layout.LOG, run_layout.ACTIVITY, run_layout.STOPPED, run_layout.CRITERION]


def test_the_dynamic_inventory_finds_instances_by_the_runs_tag() -> None:
    inventory = yaml.safe_load(Path(ROOT / "inventory/benchmarks.aws_ec2.yml").read_text())
    assert inventory["filters"]["tag-key"] == tags.RUN
    assert [group["key"] for group in inventory["keyed_groups"]] == [f"ec2_tags['{tags.RUN}']"]
