"""What an endpoint is told at its start, and the tokens that follow from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.settings import Settings

SETTINGS = Settings("AKIA", "secret", "token")


@pytest.mark.parametrize("log", [None, Path("/state/requests.log")])
def test_settings_are_read_as_they_were_written(log: Path | None) -> None:
    written = replace(SETTINGS, requests_log=log, vcpu_quota=8, tag_delay_seconds=0.5)
    assert Settings.from_json(written.to_json()) == written


@pytest.mark.parametrize("text", ["", "{}", '{"no_such_setting": 1}'])
def test_what_are_no_settings_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        Settings.from_json(text)


def test_each_instance_has_a_token_of_its_own_that_is_not_the_endpoints() -> None:
    tokens = {SETTINGS.instance_token("i-1"), SETTINGS.instance_token("i-2"), SETTINGS.admin_token}
    assert len(tokens) == 3
    assert SETTINGS.instance_token("i-1") == SETTINGS.instance_token("i-1")
    assert replace(SETTINGS, admin_token="other").instance_token("i-1") not in tokens
