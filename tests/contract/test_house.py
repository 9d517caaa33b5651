"""The rules of the house that a machine can check, on the files themselves."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from benchmarks import bootstrap
from benchmarks.parameters import suites
from benchmarks.paths import ROOT
from tests.support.repository import ROLES, RoleTask, files, imports, relative, role_tasks, texts_of

PRODUCT = ("benchmarks", "roles", "plugins", "playbooks", "group_vars", "inventory")
PYTHONS = ("3.11.0", "3.12.0", "3.13.0")
REQUIREMENTS = ("requirements", "requirements-dev", "sandbox/requirements", "docs/requirements")
TRAPS = (
    r"^\s*-?\s*(ansible\.builtin\.)?shell:",
    r"^\s*ignore_errors:",
    r"StrictHostKeyChecking[ =](no|off|accept-new)",
    r"host_key_checking\s*[=:]\s*(false|no)",
    r"0\.0\.0\.0/0|[\"'\s]::/0",
    r"\bami-[0-9a-f]{8,}",
    r"shell=True",
    r"os\.system\(",
)
PLUGINS = files("plugins", *(str(path.relative_to(ROOT)) for path in ROOT.glob("roles/*/*_plugins")), suffixes=(".py",))


@pytest.mark.parametrize("role", [role for role in ROLES if role != "preflight"])
def test_a_role_begins_with_a_table_of_contents(role: str) -> None:
    assert (ROOT / f"roles/{role}/tasks/main.yml").is_file()


@pytest.mark.parametrize("task", list(role_tasks()), ids=str)
def test_a_command_is_honest_and_says_why_no_module_serves(task: RoleTask) -> None:
    content = task.content
    actions = {key.removeprefix("ansible.builtin.") for key in content}
    assert actions.isdisjoint({"shell", "raw", "local_action", "ignore_errors"})
    if "command" in actions:
        arguments = content.get("ansible.builtin.command") or content["command"]
        assert "argv" in arguments
        assert "changed_when" in content or "creates" in arguments
        assert re.search(r"^ *# ", task.text, re.MULTILINE)


@pytest.mark.parametrize("path", PLUGINS, ids=relative)
def test_a_command_without_a_module_is_told_apart_from_what_its_login_prints(path: Path) -> None:
    text = path.read_text()
    read = re.findall(r"answers\.read\(self\._low_level_execute_command\(", text)
    assert len(read) == text.count("_low_level_execute_command(")


@pytest.mark.parametrize("path", files(*PRODUCT), ids=relative)
def test_traps_seen_in_the_field_are_not_there(path: Path) -> None:
    found = {trap: re.findall(trap, path.read_text(), re.MULTILINE | re.IGNORECASE) for trap in TRAPS}
    assert {trap: hits for trap, hits in found.items() if hits} == {}


@pytest.mark.parametrize("path", PLUGINS, ids=relative)
def test_a_plugin_does_not_know_of_the_sandbox(path: Path) -> None:
    assert [name for name in imports(path) if name.partition(".")[0] == "sandbox"] == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("roles/*/files/*.py")), ids=relative)
def test_a_script_for_a_host_needs_nothing_but_the_oldest_python_there(path: Path) -> None:
    """Amazon Linux 2023 has Python 3.9."""
    ast.parse(path.read_text(), feature_version=(3, 9))
    assert {name.partition(".")[0] for name in imports(path)} <= sys.stdlib_module_names


def test_commands_in_hints_come_from_one_function() -> None:
    """So that they can be typed where the tool is not called as ./inv."""
    texts = {relative(path): texts_of(path) for path in files("benchmarks", suffixes=(".py",))}
    literal = {name for name, found in texts.items() if any("./inv" in text for text in found)}
    # The function itself, and what is said of a checkout wherever it is said.
    of_a_checkout = {
        "benchmarks/aws/aws_errors.py",
        "benchmarks/pages/parameter_page.py",
        "benchmarks/pages/policy_page.py",
        "benchmarks/pages/role_pages.py",
    }
    assert literal == {"benchmarks/hints.py", *of_a_checkout}


def test_the_collection_is_the_one_that_is_pinned_wherever_it_came_from() -> None:
    (pinned,) = yaml.safe_load((ROOT / "requirements.yml").read_text())["collections"]
    manifest = bootstrap.COLLECTIONS / "ansible_collections/amazon/aws/MANIFEST.json"
    found = json.loads(manifest.read_text())["collection_info"]
    assert (f"{found['namespace']}.{found['name']}", found["version"]) == (pinned["name"], pinned["version"])


def _requirements(path: Path) -> list[Requirement]:
    lines = [line.partition(" #")[0].strip() for line in path.read_text().splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def _pins(path: Path, python: str) -> dict[str, Version]:
    """The versions that a compiled file installs on a Python."""
    pins: dict[str, Version] = {}
    for requirement in _requirements(path):
        if requirement.marker is None or requirement.marker.evaluate(_environment(python)):
            (specifier,) = requirement.specifier
            assert specifier.operator == "==", requirement
            pins[requirement.name.lower()] = Version(specifier.version)
    return pins


def _environment(python: str) -> dict[str, str]:
    return {"python_version": ".".join(python.split(".")[:2]), "python_full_version": python}


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", REQUIREMENTS)
def test_what_is_compiled_satisfies_what_is_wanted(name: str, python: str) -> None:
    pins = _pins(ROOT / f"{name}.txt", python)
    for wanted in _requirements(ROOT / f"{name}.in"):
        if wanted.marker is None or wanted.marker.evaluate(_environment(python)):
            assert pins[wanted.name.lower()] in wanted.specifier, wanted


@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_added_later_changes_nothing_that_is_installed(python: str) -> None:
    installed: dict[str, Version] = {}
    for name in REQUIREMENTS:
        pins = _pins(ROOT / f"{name}.txt", python)
        assert {package: pins[package] for package in pins.keys() & installed.keys()} == {
            package: installed[package] for package in pins.keys() & installed.keys()
        }
        installed |= pins


@pytest.mark.parametrize(("python", "series"), [("3.11.0", "==2.19.*"), ("3.12.0", "==2.21.*"), ("3.13.0", "==2.21.*")])
def test_each_python_has_its_newest_ansible(python: str, series: str) -> None:
    assert _pins(ROOT / "requirements.txt", python)["ansible-core"] in SpecifierSet(series)


@pytest.mark.parametrize("name", suites.names())
def test_a_suite_that_comes_with_the_tool_is_whole_and_repeatable(name: str) -> None:
    suite = suites.load(name)
    assert suite.expected is not None
    assert suite.expected > 0
    assert suite.minimum_memory > 0
    assert suite.minimum_disk > 0
    assert suite.source.ref
    assert suite.toolchain == "system" or re.fullmatch(r"nightly-\d{4}-\d\d-\d\d|\d+\.\d+\.\d+", suite.toolchain)


WRITING = [path for path in sorted((ROOT / "plugins/action").glob("*.py")) if "files.write" in path.read_text()]


@pytest.mark.parametrize("action", WRITING, ids=lambda path: path.name)
def test_an_action_that_writes_a_record_expects_a_full_or_closed_disk(action: Path) -> None:
    assert "except OSError" in action.read_text()
