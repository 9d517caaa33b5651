"""The tags of a playbook, each of which is a stage."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from benchmarks import hints
from benchmarks.errors import RefusedError

# https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_tags.html
OF_ANSIBLE = ("all", "always", "never", "tagged", "untagged")


def of_playbook(content: Any) -> list[str]:
    """The tags of its plays, blocks and tasks, in the order in which they are met; `content` is the parsed file."""
    return list(dict.fromkeys(_tags(content)))


def _tags(content: Any) -> Iterator[str]:
    if isinstance(content, list):
        for each in content:
            yield from _tags(each)
    elif isinstance(content, dict):
        own = content.get("tags", [])
        yield from [own] if isinstance(own, str) else own
        for name, each in content.items():
            if name != "tags":
                yield from _tags(each)


def check(given: Collection[str], known: Collection[str]) -> None:
    """Raises RefusedError for a tag that no task has, at which Ansible would do next to nothing and call it success."""
    stages = [name for name in known if name not in OF_ANSIBLE]
    for name in given:
        if name not in (*stages, *OF_ANSIBLE):
            raise RefusedError(f"There is no tag {name!r}.{hints.nearest(name, stages)} Known: {', '.join(stages)}.")
