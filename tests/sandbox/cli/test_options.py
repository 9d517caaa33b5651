"""Settings as a user gives them when a sandbox is started."""

from __future__ import annotations

from dataclasses import fields

import pytest

from sandbox.cli import options
from sandbox.settings import Settings


def test_each_value_has_the_kind_of_its_setting_and_the_last_one_counts() -> None:
    words = ["vcpu_quota=8", "tag_delay_seconds=0.5", "region=eu-north-1", "vcpu_quota=16"]
    assert options.parse(words) == {"vcpu_quota": 16, "tag_delay_seconds": 0.5, "region": "eu-north-1"}
    assert options.parse([]) == {}


def test_every_choice_is_a_setting_and_what_is_secret_is_none() -> None:
    names = {field.name for field in fields(Settings)}
    assert options.KINDS.keys() <= names
    assert options.KINDS.keys().isdisjoint({"secret_access_key", "admin_token"})


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        (
            "vcpu_qouta=3",
            r"^There is no setting 'vcpu_qouta=3'\. Did you mean vcpu_quota\? Known, as NAME=VALUE: ",
        ),
        ("vcpu_quota", r"^There is no setting 'vcpu_quota'\."),
        ("admin_token=x", r"^There is no setting 'admin_token=x'\."),
        ("vcpu_quota=1.5", r"^The setting vcpu_quota takes a number, not '1\.5'\.$"),
        ("tag_delay_seconds=", r"^The setting tag_delay_seconds takes a number, not ''\.$"),
    ],
)
def test_what_is_no_setting_is_refused_with_a_sentence(word: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        options.parse([word])
