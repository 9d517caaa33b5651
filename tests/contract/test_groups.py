"""How tests are spread over workers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.paths import ROOT

TESTS = """
import pytest

@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return tmp_path_factory.mktemp("shared")

def test_one(shared): pass

def test_other(shared): pass

def test_apart(tmp_path): pass
"""


def test_tests_that_share_a_fixture_run_on_one_worker_and_all_others_on_any(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_collection_modifyitems\n")
    (tmp_path / "test_it.py").write_text(TESTS)
    options = ["-v", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    passed = {line.partition("::")[2].strip() for line in done.stdout.splitlines() if " PASSED " in line}
    assert passed == {"test_one@test_it.py", "test_other@test_it.py", "test_apart"}, done.stdout
