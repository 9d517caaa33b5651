"""Finding the Pythons that the tests are run on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.bootstrap import SetupError
from tests.support import oldest_and_newest

THIS = f"{sys.version_info.major}.{sys.version_info.minor}"


def python(path: Path, *, works: bool) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {sys.executable if works else "/bin/false"} "$@"\n')
    path.chmod(0o755)
    return path


def test_a_stand_in_that_fails_is_passed_over_for_pyenvs_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = python(tmp_path / f"shims/python{THIS}", works=False)
    python(tmp_path / f"versions/{THIS}.9/bin/python", works=True)
    newest = python(tmp_path / f"versions/{THIS}.10/bin/python", works=True)
    monkeypatch.setenv("PATH", str(stand_in.parent))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert oldest_and_newest.find(THIS) == str(newest)


def test_a_python_that_is_missing_is_told_with_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    with pytest.raises(
        SetupError, match=r"^Python 3\.99 with its venv module is needed .* apt-get install python3\.99"
    ):
        oldest_and_newest.find("3.99")
