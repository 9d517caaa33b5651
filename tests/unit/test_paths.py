"""Where this repository is, and paths as users write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.paths import ROOT, expand


def test_the_repository_is_where_its_package_is() -> None:
    assert (ROOT / "benchmarks/paths.py").is_file()
    assert (ROOT / "pyproject.toml").is_file()


def test_a_tilde_is_the_home_directory_and_other_paths_stay_as_they_are(home: Path) -> None:
    assert expand("key_file", "~/keys/a") == home / "keys/a"
    assert expand("key_file", "keys/~a") == Path("keys/~a")


def test_the_home_of_a_user_that_there_is_not_is_refused_by_the_parameters_name() -> None:
    with pytest.raises(
        RefusedError,
        match=r"^suite is in a home directory that does not exist: '~nobody-at-all/s\.yml'\. Give an absolute path\.$",
    ):
        expand("suite", "~nobody-at-all/s.yml")
