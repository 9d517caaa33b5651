"""Nothing of the developer's own account, home or run directories reaches a unit test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks import hints
from benchmarks.aws import anonymous


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, with no AWS variable set, and the tool called as in a checkout."""
    for name in [name for name in os.environ if name.startswith("AWS_") or name == hints.COMMAND_VARIABLE]:
        monkeypatch.delenv(name)
    directory = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(directory))
    return directory


@pytest.fixture(autouse=True)
def no_anonymous_requests(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """No link opens without a signature, and none is tried, but by the tests of that."""
    if "asks_anonymously" not in request.fixturenames:
        monkeypatch.setattr(anonymous, "opens", lambda *_arguments: False)
