"""Tags of playbooks, and those that no task has."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.playbook import stage_tags

PLAYBOOK = """
- hosts: localhost
  tasks:
    - import_role: {name: preflight}
      tags: [preflight, always]
    - tags: launch
      block:
        - debug: {msg: tags}
          tags: [launch, report]
- hosts: all
  tags: always
  tasks:
    - ansible.builtin.include_tasks: {file: tasks/last.yml, apply: {}}
"""
LAST = """
- debug: {msg: the end}
  tags: [always, terminate]
"""


@pytest.fixture
def playbook(tmp_path: Path) -> Path:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks/last.yml").write_text(LAST)
    path = tmp_path / "playbook.yml"
    path.write_text(PLAYBOOK)
    return path


def test_all_tags_of_a_playbook_and_its_task_files_are_found_once(playbook: Path) -> None:
    assert stage_tags.of_playbook(playbook) == ["preflight", "always", "launch", "report", "terminate"]


@pytest.mark.parametrize("given", [["all"], [], ["launch", "report"], ["tagged", "never"]])
def test_known_tags_and_those_of_ansible_are_taken(playbook: Path, given: list[str]) -> None:
    stage_tags.check(given, stage_tags.of_playbook(playbook))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            ["launch", "lanch"],
            "There is no tag 'lanch'. Did you mean launch? Known: preflight, launch, report, terminate.",
        ),
        (["nonsense"], "There is no tag 'nonsense'. Known: preflight, launch, report, terminate."),
        ([""], "There is no tag ''. Known: preflight, launch, report, terminate."),
    ],
)
def test_an_unknown_tag_is_refused_with_those_that_there_are(playbook: Path, given: list[str], sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        stage_tags.check(given, stage_tags.of_playbook(playbook))
    assert str(refused.value) == sentence
