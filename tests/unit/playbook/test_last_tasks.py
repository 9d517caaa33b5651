"""After which tasks a host is done with a play."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.paths import ROOT
from benchmarks.playbook import last_tasks


def task(name: str) -> SimpleNamespace:
    return SimpleNamespace(action=name, _uuid=name)


def block(*tasks: Any, rescue: tuple[Any, ...] = (), always: tuple[Any, ...] = ()) -> SimpleNamespace:
    return SimpleNamespace(block=tasks, rescue=rescue, always=always)


@pytest.mark.parametrize(
    ("entries", "last"),
    [
        ([task("a"), task("b")], {"b"}),
        ([block(task("a")), block(task("b"), block(task("c")))], {"c"}),
        ([block(task("a"), task("b"), rescue=(task("c"), task("d")))], {"b", "d"}),
        ([block(task("a"), rescue=(task("b"),), always=(task("c"),))], {"c"}),
        # It marks the end of a role, and has no result.
        ([block(task("a"), block(task("meta"))), task("ansible.builtin.meta")], {"a"}),
        ([task("a"), task("ansible.builtin.include_role")], set()),
        ([], set()),
    ],
    ids=["tasks", "nested", "rescue", "always", "meta", "include", "nothing"],
)
def test_nothing_follows_the_last_task_of_the_last_block(entries: list[Any], last: set[str]) -> None:
    assert last_tasks.ids(entries) == last


# In a process of its own, as Ansible's loaders are set up once for a process.
PROGRAM = """
import sys
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader()
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.playbook import Playbook
from ansible.vars.manager import VariableManager
from benchmarks.playbook import last_tasks
loader = DataLoader()
manager = VariableManager(loader=loader, inventory=InventoryManager(loader=loader, sources="localhost,"))
for name in sys.argv[1:]:
    for play in Playbook.load(name, variable_manager=manager, loader=loader).get_plays():
        if play.strategy.endswith("host_pinned"):
            print(len(last_tasks.ids(play.tasks)))
"""


def test_of_the_plays_in_which_each_host_has_its_own_pace_it_is_known() -> None:
    playbooks = ["playbooks/benchmark.yml", "playbooks/finish.yml"]
    command = [sys.executable, "-c", PROGRAM, *playbooks]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    # It ends with a block that has a rescue.
    assert done.stdout.split() == ["2"] * len(playbooks)
