"""A host with something to publish."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.runs import record_files
from tests.support.result_bucket import TOOLCHAIN


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """The directory of an attempt that was measured."""
    directory = tmp_path / "r1/i-1/1"
    directory.mkdir(parents=True)
    (directory / "benchmark.log").write_bytes(b"log\r\n\xff")
    (directory / "criterion.tar.gz").write_bytes(b"archive")
    record_files.write(directory, TOOLCHAIN)
    return directory
