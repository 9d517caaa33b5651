"""The tags of a playbook. Each tag is a stage."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks import hints
from benchmarks.errors import RefusedError

# https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_tags.html
TASK_FILES = ("ansible.builtin.import_tasks", "ansible.builtin.include_tasks")
OF_ANSIBLE = ("all", "always", "never", "tagged", "untagged")


def of_playbook(path: Path) -> list[str]:
    """The tags of its plays, blocks and tasks, including those in task files, in order of appearance."""
    return list(dict.fromkeys(_tags(yaml.safe_load(path.read_text()), path.parent)))


def _tags(content: Any, directory: Path) -> Iterator[str]:
    if isinstance(content, list):
        for each in content:
            yield from _tags(each, directory)
    elif isinstance(content, dict):
        own = content.get("tags", [])
        yield from [own] if isinstance(own, str) else own
        for name, each in content.items():
            if name in TASK_FILES:
                file = directory / (each["file"] if isinstance(each, dict) else each)
                yield from _tags(yaml.safe_load(file.read_text()), file.parent)
            elif name != "tags":
                yield from _tags(each, directory)


def check(given: Collection[str], known: Collection[str]) -> None:
    """Raises RefusedError for a tag that no task has: Ansible would run next to nothing and report success."""
    stages = [name for name in known if name not in OF_ANSIBLE]
    for name in given:
        if name not in (*stages, *OF_ANSIBLE):
            raise RefusedError(f"There is no tag {name!r}.{hints.nearest(name, stages)} Known: {', '.join(stages)}.")
