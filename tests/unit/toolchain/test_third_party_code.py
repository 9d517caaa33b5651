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


def test_everything_after_the_isolation_is_done_by_root_for_the_user() -> None:
    *before, block = yaml_of(ROOT / "roles/toolchain/tasks/main.yml")
    assert before[-1]["ansible.builtin.import_tasks"] == "isolation.yml"
    # The local directory is packed on the controller.
    on_host = [task for task in before if "pack_directory" not in task]
    assert [task for task in on_host if "source" in str(task) or "dependencies" in str(task)] == []
    assert block["become_user"] == variables_of(block) == "root"
    assert block["vars"]["ansible_pipelining"] is True


def test_what_is_known_is_looked_at_by_root_and_third_party_code_is_kept_apart_first() -> None:
    look, end = yaml_of(ROOT / "roles/toolchain/tasks/known.yml")
    assert look["become"] is True
    assert look["become_user"] == variables_of(look) == "root"
    assert "| isolation_command(" in look["look_again"]["isolation"]
    # Another run may have replaced the source.
    assert "| if_whole(__toolchain_whole) | confined(" in look["look_again"]["facts"]
    assert end["ansible.builtin.meta"] == "end_role"


def interpreter_of(task: dict[str, Any]) -> str:
    return str(task.get("vars", {}).get("ansible_python_interpreter"))


def test_modules_that_write_where_the_user_does_are_the_users() -> None:
    block = yaml_of(ROOT / "roles/toolchain/tasks/main.yml")[-1]["block"]
    guard, *others = block
    assert "ansible_python_interpreter == __toolchain_interpreter" in str(guard["ansible.builtin.assert"]["that"])
    (source,) = [task for task in others if "source.yml" in str(task)]
    assert interpreter_of(guard) == interpreter_of(source) == "{{ __toolchain_interpreter }}"
    (download,) = [task for task in tasks("roles/toolchain/tasks/rustup.yml") if "ansible.builtin.get_url" in task]
    assert interpreter_of(download) == "{{ __toolchain_interpreter }}"


@pytest.mark.parametrize("name", ["dependencies", "record", "rustup", "source", "source_crate", "source_git"])
def test_no_task_of_a_suite_is_anothers(name: str) -> None:
    found = tasks(f"roles/toolchain/tasks/{name}.yml")
    assert [task for task in found if "become" in task or "become_user" in task] == []


def test_only_a_local_sources_archive_is_roots() -> None:
    (task,) = tasks("roles/toolchain/tasks/archive.yml")
    assert "ansible.builtin.copy" in task
    others = [
        *yaml_of(ROOT / "roles/toolchain/tasks/main.yml")[-1]["block"],
        *tasks("roles/toolchain/tasks/source.yml"),
    ]
    assert [one for one in others if "ansible.builtin.copy" in one] == []


@pytest.mark.parametrize("name", ["dependencies", "record", "rustup"])
def test_what_runs_third_party_programs_can_gain_no_privileges(name: str) -> None:
    commands = [
        task["ansible.builtin.command"] for task in tasks(f"roles/toolchain/tasks/{name}.yml") if is_command(task)
    ]
    assert commands
    assert all("| confined(" in str(command["argv"]) for command in commands)


def is_command(task: dict[str, Any]) -> bool:
    return "ansible.builtin.command" in task


@pytest.mark.parametrize(
    ("path", "becoming"),
    [("benchmark/tasks/record", "| confined("), ("collect/tasks/criterion", "| pack_once_command(")],
)
def test_what_reads_that_users_files_is_that_user(path: str, becoming: str) -> None:
    (task,) = [task for task in tasks(f"roles/{path}.yml") if is_command(task)]
    assert becoming in task["ansible.builtin.command"]["argv"]
    assert task["become"] is True
    assert task["become_user"] == variables_of(task) == "root"


@pytest.mark.parametrize("path", ["toolchain/tasks/dependencies", "toolchain/tasks/rustup", "benchmark/tasks/record"])
def test_root_runs_nothing_with_the_environment_of_a_suite(path: str) -> None:
    assert [task for task in tasks(f"roles/{path}.yml") if "environment" in task] == []


def test_the_record_has_the_environment_with_which_the_build_runs() -> None:
    (write,) = [task for task in tasks("roles/toolchain/tasks/record.yml") if "write_record" in task]
    assert write["write_record"]["content"] == "{{ __toolchain_content }}"
    content = yaml_of(ROOT / "roles/toolchain/vars/main.yml")["__toolchain_content"]
    assert content["cargo"]["environment"] == "{{ __toolchain_environment }}"


def test_addresses_are_checked_before_anything_else_is_done() -> None:
    first = yaml_of(ROOT / "roles/toolchain/tasks/main.yml")[0]
    assert first["ansible.builtin.import_tasks"] == "addresses.yml"
