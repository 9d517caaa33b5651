"""A host with something to publish."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """The directory of an attempt that was measured."""
    directory = tmp_path / "r1/i-1/1"
    directory.mkdir(parents=True)
    (directory / "benchmark.log").write_bytes(b"log\r\n\xff")
    (directory / "criterion.tar.gz").write_bytes(b"archive")
    (directory / "toolchain.json").write_text(json.dumps({"host": {"cpus_usable": 4}}))
    return directory
