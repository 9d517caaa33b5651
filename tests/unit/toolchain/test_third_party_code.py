"""Tasks run third-party code as its own user, whatever an inventory says, and without privileges to gain."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.paths import ROOT
from tests.support.repository import yaml_of


def tasks(path: str) -> list[dict[str, Any]]:
    """All tasks of a file, those in blocks too."""
    found = list(yaml_of(ROOT / path))
    for task in found:
        found += [*task.get("block", []), *task.get("rescue", [])]
    return found


def variables_of(task: dict[str, Any]) -> str:
    return str(task.get("vars", {}).get("ansible_become_user"))


def test_everything_after_the_isolation_is_the_users_own() -> None:
    *before, block = yaml_of(ROOT / "roles/toolchain/tasks/main.yml")
    assert before[-1]["ansible.builtin.import_tasks"] == "isolation.yml"
    assert [task for task in before if "source" in str(task) or "dependencies" in str(task)] == []
    assert block["become_user"] == variables_of(block) == "{{ __toolchain_user }}"
    assert block["vars"]["ansible_pipelining"] is True


@pytest.mark.parametrize("name", ["dependencies", "record", "rustup", "source", "source_crate", "source_git"])
def test_no_task_of_a_suite_is_anothers(name: str) -> None:
    found = tasks(f"roles/toolchain/tasks/{name}.yml")
    assert [task for task in found if "become" in task or "become_user" in task] == []


def test_only_a_local_sources_archive_is_roots() -> None:
    found = [task for task in tasks("roles/toolchain/tasks/source_path.yml") if "become" in task]
    assert [(task["become_user"], variables_of(task)) for task in found] == [("root", "root")]
    assert all("ansible.builtin.copy" in task for task in found)


@pytest.mark.parametrize("name", ["dependencies", "record", "rustup"])
def test_what_runs_third_party_programs_can_gain_no_privileges(name: str) -> None:
    commands = [
        task["ansible.builtin.command"] for task in tasks(f"roles/toolchain/tasks/{name}.yml") if is_command(task)
    ]
    assert commands
    assert all(
        "__toolchain_confined +" in str(command) or "__toolchain_recorder +" in str(command) for command in commands
    )


def is_command(task: dict[str, Any]) -> bool:
    return "ansible.builtin.command" in task


@pytest.mark.parametrize(
    ("path", "user"), [("benchmark/tasks/record", "benchmark"), ("collect/tasks/criterion", "collect")]
)
def test_what_reads_that_users_files_is_that_user(path: str, user: str) -> None:
    (task,) = [task for task in tasks(f"roles/{path}.yml") if is_command(task)]
    assert task["become"] is True
    assert task["become_user"] == variables_of(task) == f"{{{{ __{user}_user }}}}"
    assert task["vars"]["ansible_pipelining"] is True
