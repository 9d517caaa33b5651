"""Tags of playbooks, and those that no task has."""

from __future__ import annotations

import pytest
import yaml

from benchmarks import tags
from benchmarks.errors import RefusedError

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
  tasks: []
"""


def test_all_tags_of_a_playbook_are_found_once() -> None:
    assert tags.of_playbook(yaml.safe_load(PLAYBOOK)) == ["preflight", "always", "launch", "report"]


@pytest.mark.parametrize("given", [["all"], [], ["launch", "report"], ["tagged", "never"]])
def test_known_tags_and_those_of_ansible_are_taken(given: list[str]) -> None:
    tags.check(given, tags.of_playbook(yaml.safe_load(PLAYBOOK)))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["launch", "lanch"], "There is no tag 'lanch'. Did you mean launch? Known: preflight, launch, report."),
        (["nonsense"], "There is no tag 'nonsense'. Known: preflight, launch, report."),
        ([""], "There is no tag ''. Known: preflight, launch, report."),
    ],
)
def test_an_unknown_tag_is_refused_with_those_that_there_are(given: list[str], sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        tags.check(given, tags.of_playbook(yaml.safe_load(PLAYBOOK)))
    assert str(refused.value) == sentence
