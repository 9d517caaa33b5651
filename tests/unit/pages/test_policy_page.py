"""The page of IAM policies shows what the files have, and instances get what their file says."""

from __future__ import annotations

import json

from benchmarks.account import role
from benchmarks.pages import policy_page


def test_page_shows_the_files() -> None:
    text = policy_page.PATH.read_text()
    assert policy_page.page(text) == text, "run ./inv generate"
    for path in (policy_page.SETUP, policy_page.TEARDOWN, policy_page.RUN, policy_page.INSTANCE):
        assert f"```json\n{path.read_text()}```" in text
    assert text.count("```json") == 4


def test_page_follows_the_files() -> None:
    begin = "<!-- Made from iam-policy.json by ./inv generate. -->\n\n```json\n"
    old = f"Text\n\n{begin}{{}}\n```\n\nmore ```json\n{{}}```"
    assert policy_page.page(old) == f"Text\n\n{begin}{policy_page.RUN.read_text()}```\n\nmore ```json\n{{}}```"


def test_instances_get_the_policy_in_the_file() -> None:
    assert policy_page.INSTANCE.read_text() == policy_page.instance_policy(), "run ./inv generate"
    given = json.dumps(role.policy("aws", "benchmarks-111122223333-eu-west-1"))
    shown = policy_page.INSTANCE.read_text().replace("ACCOUNT", "111122223333").replace("REGION", "eu-west-1")
    assert json.loads(shown) == json.loads(given)
