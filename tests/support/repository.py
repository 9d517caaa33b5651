"""The repository's own files as data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from invoke.collection import Collection
from jinja2 import Environment, nodes

import tasks
from benchmarks.cli.spec_tasks import SpecTask
from benchmarks.paths import ROOT

ROLES = tuple(sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir()))
# Preflight's spec names the public parameters, not variables of a role.
STAGES = tuple(role for role in ROLES if role != "preflight")
WIRING = ROOT / "group_vars/all.yml"
_WHOLE_EXPRESSIONS = ("when", "that", "until", "changed_when", "failed_when", "loop")


@dataclass(frozen=True)
class RoleTask:
    """One task of a role: its file, its content and its text with the comment above it."""

    path: Path
    content: Mapping[str, Any]
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}: {self.content.get('name')}"


def spec_tasks() -> dict[str, SpecTask]:
    """The Invoke tasks whose flags are parameters, by entry point."""

    def walk(collection: Collection) -> Iterator[SpecTask]:
        yield from (task for task in collection.tasks.values() if isinstance(task, SpecTask))
        for inner in collection.collections.values():
            yield from walk(inner)

    return {task.entry_point: task for task in walk(tasks.namespace)}


def yaml_of(path: Path) -> Any:
    return yaml.safe_load(path.read_text()) if path.exists() else None


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def files(*directories: str, suffixes: tuple[str, ...] = (".yml", ".py", ".j2", ".cfg")) -> list[Path]:
    """The files in directories of the repository, but for what Python has compiled."""
    found = [path for directory in directories for path in (ROOT / directory).rglob("*")]
    return sorted(path for path in found if path.suffix in suffixes and "__pycache__" not in path.parts)


def declared(role: str) -> dict[str, dict[str, Any]]:
    """The variables of a role's spec."""
    specs = yaml_of(ROOT / "roles" / role / "meta/argument_specs.yml")["argument_specs"]
    return {name: option for entry in specs.values() for name, option in entry["options"].items()}


def defaults(role: str) -> dict[str, Any]:
    return yaml_of(ROOT / "roles" / role / "defaults/main.yml") or {}


def role_files(role: str) -> list[Path]:
    """What of a role is evaluated when it runs."""
    return files(*(f"roles/{role}/{part}" for part in ("tasks", "handlers", "vars", "defaults", "templates")))


def task_files() -> list[Path]:
    return [path for role in ROLES for path in files(f"roles/{role}/tasks", f"roles/{role}/handlers")]


def role_tasks() -> Iterator[RoleTask]:
    """Every task of every role, those in blocks too."""
    for path in task_files():
        yield from _tasks_in(path, yaml_of(path) or [])


def _tasks_in(path: Path, content: list[dict[str, Any]]) -> Iterator[RoleTask]:
    lines = path.read_text().splitlines()
    for task in content:
        for part in ("block", "rescue", "always"):
            yield from _tasks_in(path, task.get(part, []))
        yield RoleTask(path, task, _text(lines, str(task.get("name"))))


def _text(lines: list[str], name: str) -> str:
    """A task's lines, from the comment above its name to the next task."""
    begin = next(n for n, line in enumerate(lines) if line.strip() == f"- name: {name}")
    end = next((n for n in range(begin + 1, len(lines)) if lines[n].lstrip().startswith("- name:")), len(lines))
    while begin and lines[begin - 1].lstrip().startswith("#"):
        begin -= 1
    return "\n".join(lines[begin:end])


def expressions(content: Any, key: str = "") -> Iterator[str]:
    """Every Jinja expression in a YAML document."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from expressions(value, str(name))
    elif isinstance(content, list):
        # A list's items are values themselves, where a text alone would be an expression.
        of_items = "" if key == "loop" else key
        for value in content:
            yield from expressions(value, of_items)
    elif isinstance(content, str):
        found = re.findall(r"{[{%](.*?)[}%]}", content, re.DOTALL)
        yield from found if found or key not in _WHOLE_EXPRESSIONS else [content]


def variables(expression: str) -> set[str]:
    """The variables that an expression reads."""
    return {node.name for node in Environment().parse(f"{{{{ {expression} }}}}").find_all(nodes.Name)}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> set[str]:
    """The names of the modules that a Python file imports, in full."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def texts_of(path: Path) -> list[str]:
    """The texts in a Python file, but for those that document it."""
    nodes = list(ast.walk(tree(path)))
    documenting = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documenting
    ]
